"""Roles apart over real servers: one writes, any number read, a spare one takes over."""

from pathlib import Path

import pytest
import socketio
from sqlalchemy import Engine

from dashboard.operations.installation import Installation
from dashboard.operations.presence import processes
from dashboard.security.clock import real_now
from dashboard.store.engine import reach
from tests.roles.cluster import ORIGIN, Cluster, Role, event, until

pytestmark = [pytest.mark.redis, pytest.mark.postgres]
TAKEOVER = 30.0
"""Seconds; a lease holds ten, and machines of tests are slow."""


def test_one_role_takes_in_what_another_one_shows(cluster: Cluster) -> None:
    told: list[object] = []
    screen = socketio.Client(websocket_extra_options={"origin": ORIGIN})
    screen.on("delta", told.append)
    key = {"Authorization": f"Bearer {cluster.key}"}
    screen.connect(cluster.sockets.url, transports=["websocket"], headers=key)
    answer = screen.call("subscribe", {"region": ""})
    screen.emit("got", {"edition": answer["edition"], "slab": 0})
    before = cluster.shown()

    taken = cluster.writer().ask("/api/v1/events", [event(1), event(2)], cluster.key)
    assert taken is not None and taken.status_code == 202, taken and taken.text

    until(lambda: cluster.shown() == before + 2, "the cases on the page")
    until(lambda: bool(told), "a delta on the screen")
    screen.disconnect()
    refused = cluster.web.ask("/api/v1/events", [event(9)], cluster.key)
    assert refused is not None and refused.status_code == 503, "pages take nothing in"


def running(engine: Engine) -> set[str]:
    """Roles that tell of themselves; what an earlier test killed stays in the table for a while."""
    return {one.role for one in processes(engine) if not one.gone(real_now())}


def test_every_role_tells_that_it_runs_and_who_writes(cluster: Cluster) -> None:
    """What ``/status`` of any process shows of all of them."""
    engine = reach(cluster.database)
    until(lambda: running(engine) == {"ingest", "web", "sockets", "scheduler"}, "all roles")
    (holder,) = Installation(engine, cluster.directory).holders()
    assert holder.role == "ingest" and holder.until > holder.now
    assert holder.place in {one.place for one in processes(engine) if one.role == "ingest"}
    engine.dispose()


def test_a_spare_one_takes_over_from_one_that_is_gone(cluster: Cluster) -> None:
    first, spare = cluster.writer(), cluster.spare()
    assert spare.status() == 503, "it stands by"
    refused = spare.ask("/api/v1/events", [event(4)], cluster.key)
    assert refused is not None and refused.status_code == 503
    told = first.ask("/api/v1/events", [event(3)], cluster.key)
    assert told is not None and told.status_code == 202
    until(lambda: cluster.shown() > 0, "the case on the page")
    before = cluster.shown()

    first.kill()
    until(lambda: spare.status() == 200, "its turn", TAKEOVER)
    taken = spare.ask("/api/v1/events", [event(3), event(4)], cluster.key)
    assert taken is not None and (taken.json()["accepted"], taken.json()["duplicate"]) == (1, 1)
    until(lambda: cluster.shown() == before + 1, "the case on the page")


def test_one_that_was_frozen_ends_when_it_finds_its_successor(cluster: Cluster) -> None:
    frozen, spare = cluster.writer(), cluster.spare()
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
