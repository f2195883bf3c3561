"""Roles apart over real servers: one writes, any number read, a spare one takes over."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio

from tests.browser.town import write_town
from tests.program import ROOT
from tests.roles.cluster import Role, until
from tests.servers import RedisServer, emptied, postgres_url, redis_running

__all__ = ["postgres_url", "redis_running"]

pytestmark = [pytest.mark.redis, pytest.mark.postgres, pytest.mark.xdist_group("roles")]
TAKEOVER = 30.0
"""Seconds; a lease holds ten, and machines of tests are slow."""


def event(number: int) -> dict[str, object]:
    data = {"region": "410101", "category": "01", "title": f"案件{number}"}
    return {
        "specversion": "1.0", "id": f"e-{number}", "source": "/test", "type": "case.accepted", "subject": f"K{number}",
        "time": "2026-10-17T09:12:00+08:00", "data": data,
    }  # fmt: skip


class Cluster:
    """A directory with settings, and the roles that were started over it."""

    def __init__(self, directory: Path, database: str, feed: str) -> None:
        self.directory = directory
        self.roles: list[Role] = []
        directory.mkdir()
        settings = f'database = "{database}"\nfeed = "{feed}"\n'
        (directory / "config.toml").write_text(settings, encoding="utf-8")

    def role(self, *words: str) -> Role:
        self.roles.append(Role(self.directory, *words))
        return self.roles[-1]

    @property
    def key(self) -> str:
        return (self.directory / "api-key").read_text().strip()

    def stored(self, role: Role) -> int:
        """How many cases a role tells of."""
        answer = role.ask("/api/v1/kpis?region=41&period=2026-10", key=self.key)
        assert answer is not None and answer.status_code == 200, answer and answer.text
        (accepted,) = (one for one in answer.json()["figures"] if one["key"] == "accepted")
        return int(accepted["value"])


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, redis_running: RedisServer
) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("roles")
    made = Cluster(folder / "data", emptied(postgres_url), redis_running.url)
    regions = write_town(folder / "town")["regions"]
    place = ["--data", str(made.directory)]
    subprocess.run([sys.executable, str(ROOT / "app.py"), "import", "regions", str(regions), *place], check=True)
    try:
        yield made
    finally:
        for role in made.roles:
            role.kill()


def test_one_role_takes_in_what_another_one_shows(cluster: Cluster) -> None:
    ingest, web, sockets = cluster.role("ingest"), cluster.role("web"), cluster.role("web", "--sockets")
    for role in (ingest, web, sockets):
        role.ready()
    told: list[object] = []
    screen = socketio.Client()
    screen.on("delta", told.append)
    screen.connect(sockets.url, transports=["websocket"], headers={"Authorization": f"Bearer {cluster.key}"})
    answer = screen.call("subscribe", {"region": ""})
    screen.emit("got", {"edition": answer["edition"], "slab": 0})
    before = cluster.stored(web)

    taken = ingest.ask("/api/v1/events", [event(1), event(2)], cluster.key)
    assert taken is not None and taken.status_code == 202, taken and taken.text

    until(lambda: cluster.stored(web) == before + 2, "the cases on the page")
    until(lambda: bool(told), "a delta on the screen")
    screen.disconnect()
    refused = web.ask("/api/v1/events", [event(3)], cluster.key)
    assert refused is not None and refused.status_code == 503, "pages take nothing in"


def test_a_spare_ingest_takes_over_from_one_that_is_gone(cluster: Cluster) -> None:
    first, web = cluster.roles[0], cluster.roles[1]
    spare = cluster.role("ingest")
    until(lambda: spare.status("/healthz") == 200, "the spare one")
    assert spare.status() == 503, "it stands by"
    refused = spare.ask("/api/v1/events", [event(4)], cluster.key)
    assert refused is not None and refused.status_code == 503
    before = cluster.stored(web)

    first.kill()
    until(lambda: spare.status() == 200, "its turn", TAKEOVER)
    taken = spare.ask("/api/v1/events", [event(1), event(4)], cluster.key)
    assert taken is not None and (taken.json()["accepted"], taken.json()["duplicate"]) == (1, 1)
    until(lambda: cluster.stored(web) == before + 1, "the case on the page")


def test_one_that_was_frozen_ends_when_it_finds_its_successor(cluster: Cluster) -> None:
    frozen = cluster.roles[-1]
    spare = cluster.role("ingest")
    until(lambda: spare.status("/healthz") == 200, "the spare one")
    frozen.pause()
    until(lambda: spare.status() == 200, "its turn", TAKEOVER)
    taken = spare.ask("/api/v1/events", [event(5)], cluster.key)
    assert taken is not None and taken.status_code == 202
    frozen.resume()
    until(lambda: "another process writes" in frozen.log.read_text(), "its end", TAKEOVER)
    until(lambda: frozen.status() == 503, "its new life as a spare one")
    assert spare.status() == 200


def test_a_role_says_what_its_settings_lack(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    directory.mkdir()
    role = Role(directory, "web")
    assert role.process is not None and role.process.wait(60) == 1
    assert 'need feed = "redis://..."' in role.log.read_text()


def test_a_password_that_everybody_knows_is_refused(tmp_path: Path, postgres_url: str) -> None:
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "database-password").write_text("changeme\n")
    settings = f'database = "{postgres_url}"\ndatabase_password_file = "database-password"\n'
    (directory / "config.toml").write_text(settings)
    role = Role(directory, "ingest")
    assert role.process is not None and role.process.wait(60) == 1
    assert "one that everybody knows" in role.log.read_text()
