from pathlib import Path
from threading import Event

import pytest

from dashboard.config import Settings, load_settings
from data_sources.configured import configured_sources
from data_sources.imports.errors import ImportFileError
from tests.sources.deliveries import EVENTS, NOON


def settings(directory: Path, text: str) -> Settings:
    (directory / "config.toml").write_text(text, encoding="utf-8")
    return load_settings(directory)


def test_nothing_is_configured_by_default(tmp_path: Path) -> None:
    assert configured_sources(Settings(), tmp_path, lambda: NOON) == []


def test_streams_of_redis(tmp_path: Path) -> None:
    found = settings(tmp_path, '[redis_input]\nurl = "redis://127.0.0.1:1/0"\n')
    assert [source.name for source in configured_sources(found, tmp_path, lambda: NOON)] == ["cases", "positions"]
    found = settings(tmp_path, '[redis_input]\nurl = "redis://127.0.0.1:1/0"\ncases = ""\n')
    assert [source.name for source in configured_sources(found, tmp_path, lambda: NOON)] == ["positions"]


@pytest.mark.parametrize("pace", ["at_once", "clock", "speed"])
def test_recorded_files_go_on_after_a_restart(tmp_path: Path, pace: str) -> None:
    (tmp_path / "c.jsonl").write_bytes(b"\n".join(EVENTS))
    found = settings(tmp_path, f'[[replays]]\nlane = "cases"\nfile = "c.jsonl"\npace = "{pace}"\nspeed = 1e9\n')
    for expected in (EVENTS, []):
        (source,) = configured_sources(found, tmp_path, lambda: NOON + 10**9)
        delivered = [raw for batch in source.batches(Event()) for raw in batch.events]
        assert delivered == expected


def test_recordings_that_are_absent_and_settings_that_are_wrong(tmp_path: Path) -> None:
    found = settings(tmp_path, '[[replays]]\nlane = "positions"\nfile = "no.csv"\n')
    with pytest.raises(ImportFileError, match=r"no\.csv"):
        configured_sources(found, tmp_path, lambda: NOON)
    with pytest.raises(ValueError, match="lane"):
        settings(tmp_path, '[[replays]]\nlane = "other"\nfile = "x"\n')
