"""The examination of an installation: what is well, and for each thing that is not what, where and what to do."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from sqlalchemy import text

import app
from dashboard.operations import machine, servers
from dashboard.operations.doctor import examine
from dashboard.operations.findings import Finding
from dashboard.store import open_store
from tests.servers import RedisServer, database_url, postgres_url, redis_running

__all__ = ["database_url", "postgres_url", "redis_running"]
ROWS = """CREATE TABLE row AS WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2000)
SELECT n FROM number"""


@pytest.fixture
def directory(tmp_path: Path, database_url: str) -> Path:
    open_store(database_url).close()
    made = tmp_path / "data"
    made.mkdir()
    (made / "config.toml").write_text(f'database = "{database_url}"\n')
    return made


def found(directory: Path, frontend: Callable[[], object] = lambda: "abc") -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(directory, frontend)}


def about(found: dict[str, Finding], word: str) -> Finding:
    return next(finding for name, finding in found.items() if name.startswith(word))


def test_a_sound_installation(directory: Path) -> None:
    told = found(directory)
    assert {finding.state for name, finding in told.items() if not name.startswith("disk")} == {"ok"}, told
    assert about(told, "database").said.startswith("answers, revision")
    assert {"settings", "fonts", "dash_hooks", "frontend", "quarantine"} <= told.keys()


def test_the_command_and_its_status(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (directory / "api-key").write_text("x")
    (directory / "api-key").chmod(0o644)
    assert app.main(["doctor", "--data", str(directory)]) == 1
    out = capsys.readouterr().out
    path = directory / "api-key"
    assert f"fail secret {path}: mode 644: others can read it -> chmod 600 {path}\n" in out
    assert "failures" in out.splitlines()[-1]


def test_settings_that_are_wrong_stop_nothing_else(directory: Path) -> None:
    (directory / "config.toml").write_text("zone = 7")
    told = found(directory)
    assert told["settings"].state == "fail" and "zone" in told["settings"].said
    assert told["fonts"].state == "ok"


def test_a_secret_that_is_missing_or_known_to_all(directory: Path, database_url: str) -> None:
    named = 'feed_password_file = "redis-password"\n'
    (directory / "config.toml").write_text(f'database = "{database_url}"\nfeed = "redis://127.0.0.1:1/0"\n{named}')
    told = found(directory)
    assert about(told, f"secret {directory / 'redis-password'}").state == "fail"
    (directory / "redis-password").write_text("changeme\n")
    (directory / "redis-password").chmod(0o600)
    told = found(directory)
    assert told["passwords"].state == "fail"
    assert about(told, "redis of feed").state == "fail", "nobody listens there"


def test_a_database_of_another_revision(directory: Path, database_url: str) -> None:
    store = open_store(database_url)
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    told = about(found(directory), "database")
    assert (told.state, "newer program" in told.said) == ("fail", True)
    with store.write() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert about(found(directory), "database").state == "warn"
    store.close()


def test_a_database_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('database = "postgresql://nobody@127.0.0.1:1/none"\n')
    told = found(tmp_path)["database"]
    assert told.state == "fail" and "OperationalError" in told.said


@pytest.mark.redis
def test_a_redis_that_forgets(tmp_path: Path, redis_running: RedisServer) -> None:
    url = redis_running.url
    (tmp_path / "config.toml").write_text(f'feed = "{url}"\n[redis_input]\nurl = "{url}"\n')
    client = redis.Redis.from_url(url)
    client.delete("cases", "positions")
    client.xadd("cases", {"e": "1"})
    client.config_set("maxmemory-policy", "allkeys-lru")
    client.config_set("appendonly", "no")
    try:
        said = {f"{finding.state} {finding.said}" for finding in examine(tmp_path, lambda: "abc")}
    finally:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("appendonly", "yes")
    assert "fail maxmemory-policy allkeys-lru throws away what nobody has read" in said
    assert "fail appendonly no: what senders wrote is lost with it" in said
    assert {"ok 1 entries wait", "warn not there yet"} <= said
    client.delete("cases")


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: (100 << 30, 97 << 30, 3 << 30))
    (told,) = machine.disk(tmp_path)
    assert (told.state, told.said) == ("fail", "3.0 GiB of 100.0 free")


def test_what_dash_would_load_by_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A distribution that names itself to Dash is found, and none of those that the locks install does."""
    assert [finding.state for finding in machine.hooks()] == ["ok"]
    info = tmp_path / "strange-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[dash_hooks]\nstrange = strange\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    (told,) = machine.hooks()
    assert told.state == "fail" and told.said.startswith("strange would run")


def test_a_bundle_that_is_not_built(tmp_path: Path) -> None:
    def missing() -> object:
        raise FileNotFoundError("assets/dist/wall.js")

    assert found(tmp_path, missing)["frontend"].state == "fail"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert [finding.state for finding in machine.writable(tmp_path)] == ["fail"]
    tmp_path.chmod(0o700)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'yiping.db'}").close()
    assert about(found(tmp_path), "pages").said == "whole"
    with (tmp_path / "yiping.db").open("r+b") as file:
        file.seek(3 * 4096)
        file.write(bytes(4096))
    told = about(found(tmp_path), "pages")
    assert told.state == "fail" and told.said.startswith("damaged: ") and "restore" in told.advice


def test_a_file_too_large_to_look_at_whole_is_looked_at_for_a_while(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'yiping.db'}")
    with store.engine.connect() as connection:
        connection.exec_driver_sql(ROWS)
        assert servers._pages(connection, "pages", 0).said == "nothing wrong in the first 0 s"
        assert servers._pages(connection, "pages").said == "whole"
    store.close()
