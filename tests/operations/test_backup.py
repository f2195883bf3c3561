"""A backup taken while the system writes, brought back and recounted, on both databases."""

import io
import json
import stat
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from sqlalchemy import create_engine, make_url

import app
from dashboard.check import check_command
from dashboard.config import Settings
from dashboard.domain.periods import LocalDays
from dashboard.domain.track import Track
from dashboard.operations.backup import FILES, back_up, last_seq, restore
from dashboard.operations.copies import copy_files
from dashboard.operations.databases import DUMP, SQLITE, dump
from dashboard.operations.fault import OperationFault
from dashboard.operations.manifest import FILE, write_manifest
from dashboard.store import open_store
from dashboard.store.migrating import newest
from dashboard.store.slabs import Slabs
from dashboard.tracks.tracks import Tracks
from tests.check.cities import City, city_at, raws
from tests.domain.happenings import at, event
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]
NOW = at(40_000)
SECRETS = ("api-key", "form-secret", "database-password")


@pytest.fixture
def directory(tmp_path: Path, database_url: str) -> Path:
    """A data directory with settings, secrets, a report and what must not be copied."""
    made = tmp_path / "data"
    (made / "reports" / "report-1").mkdir(parents=True)
    (made / "reports" / "report-1" / "a.pdf").write_bytes(b"%PDF")
    for name in (*SECRETS, "lock", "extract-8051.duckdb"):
        (made / name).write_text("no\n")
    (made / "config.toml").write_text(f'database = "{database_url}"\ndatabase_password_file = "database-password"\n')
    return made


def elsewhere(url: str, tmp_path: Path) -> str:
    """An empty database of the same kind."""
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'restored.db'}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS restored")
        connection.exec_driver_sql("CREATE DATABASE restored")
    engine.dispose()
    return make_url(url).set(database="restored").render_as_string(hide_password=False)


def prepared(target: Path, url: str) -> Path:
    """A directory with nothing in it but settings and the secret they name."""
    target.mkdir()
    (target / "config.toml").write_text(f'database = "{url}"\ndatabase_password_file = "database-password"\n')
    (target / "database-password").write_text("another\n")
    return target


def writing(town: City, stop: Event) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        town.send(raws(number, [event("accepted", 0), event("handled", 20), event("closed", 30)]))


def test_what_was_told_before_is_in_it_and_every_figure_agrees(
    directory: Path, database_url: str, tmp_path: Path
) -> None:
    target, stop = elsewhere(database_url, tmp_path), Event()
    with city_at(database_url, NOW) as town:
        worker = Thread(target=writing, args=(town, stop))
        worker.start()
        try:
            while town.store.last_seq() < 60:
                stop.wait(0.01)
            told = town.store.last_seq()
            made = back_up(directory, tmp_path / "backup", lambda: NOW)
            after = town.store.last_seq()
            assert worker.is_alive() and after > told, "nothing was written meanwhile"
        finally:
            stop.set()
            worker.join()
    into = prepared(tmp_path / "new", target)
    restore(tmp_path / "backup", into)
    out = io.StringIO()
    assert check_command(into, out) == 0, out.getvalue()
    assert told <= made.seq <= last_seq(target) <= after
    assert (into / "reports" / "report-1" / "a.pdf").read_bytes() == b"%PDF"
    assert (into / "database-password").read_text() == "another\n" and target in (into / "config.toml").read_text()


def test_secrets_are_not_in_it_and_only_its_owner_reads_it(directory: Path, database_url: str, tmp_path: Path) -> None:
    with city_at(database_url, NOW):
        made = back_up(directory, tmp_path / "backup", lambda: NOW)
    database = SQLITE if database_url.startswith("sqlite") else DUMP
    assert set(made.files) == {database, "files/config.toml", "files/reports/report-1/a.pdf"}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "backup").rglob("*") if path.is_file()}
    assert modes == {0o600} and stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700


@pytest.fixture
def backup(directory: Path, database_url: str, tmp_path: Path) -> Path:
    with city_at(database_url, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        back_up(directory, tmp_path / "backup", lambda: NOW)
    return tmp_path / "backup"


def test_what_has_something_is_not_written_over(
    backup: Path, directory: Path, tmp_path: Path, database_url: str
) -> None:
    with pytest.raises(OperationFault, match="is not empty"):
        restore(backup, directory)
    with pytest.raises(OperationFault, match=r"exists|has \d+ tables"):
        restore(backup, prepared(tmp_path / "new", database_url))
    with pytest.raises(OperationFault, match="is not empty"):
        back_up(directory, backup, lambda: NOW)


def test_a_backup_that_is_damaged_or_unfinished_is_refused(
    backup: Path, tmp_path: Path, database_url: str
) -> None:
    with (backup / "files" / "config.toml").open("a") as file:
        file.write("\n")
    with pytest.raises(OperationFault, match=r"config\.toml is missing or is not as it was written"):
        restore(backup, tmp_path / "new")
    (backup / FILE).unlink()
    with pytest.raises(OperationFault, match="no complete backup"):
        restore(backup, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_manifest_names_nothing_outside(backup: Path, tmp_path: Path) -> None:
    told = json.loads((backup / FILE).read_text())
    told["files"]["../data/config.toml"] = "0" * 64
    (backup / FILE).write_text(json.dumps(told))
    with pytest.raises(OperationFault, match="missing or is not"):
        restore(backup, tmp_path / "new")


def test_positions_that_move_into_files_meanwhile_are_in_it_once(tmp_path: Path) -> None:
    """The database first, files after: a compaction in between puts them into both, and a day counts each fix once."""
    directory, backup, days = tmp_path / "data", tmp_path / "backup", LocalDays("Asia/Shanghai")
    address = f"sqlite:///{directory / 'yiping.db'}"
    directory.mkdir()
    backup.mkdir()
    store = open_store(address)
    slabs = Slabs(store.engine)
    (key,) = slabs.keys_of(["W1"])
    place = np.full(50, 345_000_000, np.int32)
    slabs.append(Track(np.full(50, key, np.uint32), NOW + np.arange(50) * 1000, place, place), NOW)
    kind = dump(address, backup)
    assert Tracks(directory / "tracks", slabs, days).compact(NOW + 1, 10**9) == 50
    store.close()
    copy_files(directory, Settings(), backup / FILES)
    write_manifest(backup, NOW, kind, newest(), 0)
    restore(backup, tmp_path / "new")
    again = open_store(f"sqlite:///{tmp_path / 'new' / 'yiping.db'}")
    restored = Slabs(again.engine)
    assert sum(len(slab.track) for slab in restored.after(0)) == 50, "still in the database"
    found = Tracks(tmp_path / "new" / "tracks", restored, days)
    assert len(found.files(days.day(NOW))) == 1 and len(found.track_of("W1", days.day(NOW))) == 50
    again.close()


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = tmp_path / "data"
    directory.mkdir()
    with city_at(f"sqlite:///{directory / 'yiping.db'}", NOW) as town:
        town.send(raws(1, [event("accepted", 0), event("closed", 30)]))
    assert app.main(["backup", str(tmp_path / "backup"), "--data", str(directory)]) == 0
    assert app.main(["restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new")]) == 0
    assert "all agree" in capsys.readouterr().out
    assert app.main(["restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new")]) == 1
    assert "restore: " in capsys.readouterr().err
