import gzip
import json
from pathlib import Path
from threading import Event

import numpy as np
import pandas as pd
import pytest

from dashboard.ingest.clock import ToldClock
from data_sources.file_replay import AtOnce, AtSpeed, ByClock, FileReplay, Progress
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping, Times
from data_sources.replay_files import case_timeline, fix_timeline
from tests.shared_data import shared_data
from tests.sources.deliveries import EVENTS, NOON


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "cases.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(reversed(EVENTS))))
    return path


def now() -> int:
    return NOON


def test_at_once_delivers_all_by_time_and_ends(recording: Path) -> None:
    batches = list(FileReplay("r", case_timeline(recording), AtOnce(), now, at_once=40).batches(Event()))
    assert [len(batch.events) for batch in batches] == [40, 40, 10]
    assert [raw for batch in batches for raw in batch.events] == EVENTS


def test_clock_decides_what_is_due(recording: Path) -> None:
    clock, stop = ToldClock(NOON + 2_500), Event()
    batches = FileReplay("r", case_timeline(recording), ByClock(clock.now), clock.now).batches(stop)
    assert next(batches).events == EVENTS[:9]
    clock.tell(NOON + 3_000)
    assert next(batches).events == EVENTS[9:10]


def test_while_nothing_is_due_an_empty_batch_says_so(recording: Path) -> None:
    replay = FileReplay("r", case_timeline(recording), ByClock(lambda: NOON - 1), now, wait=0.001)
    batch = next(replay.batches(Event()))
    assert (batch.events, batch.fixes, batch.garbage, batch.received) == ([], None, [], NOON)


def test_speed_decides_what_is_due(recording: Path) -> None:
    seconds = [0.0]
    pace = AtSpeed(NOON, 10, lambda: seconds[0])
    batches = FileReplay("r", case_timeline(recording), pace, now).batches(Event())
    assert next(batches).events == EVENTS[:1]
    seconds[0] = 1.0
    assert next(batches).events == EVENTS[1:31]


def test_file_time_becomes_the_time_of_the_system(recording: Path) -> None:
    clock = ToldClock()
    replay = FileReplay("r", case_timeline(recording), AtOnce(), clock.now, tell=clock.tell, at_once=30)
    batch = next(replay.batches(Event()))
    assert clock.now() == batch.received == NOON + 9_002


def test_restart_goes_on_behind_what_was_stored(recording: Path, tmp_path: Path) -> None:
    def replay(name: str = "a") -> FileReplay:
        kept = Progress(tmp_path / "progress.json", name)
        return FileReplay("r", case_timeline(recording), AtOnce(), now, progress=kept, at_once=30)

    batches = replay().batches(Event())
    next(batches)
    assert next(batches).events == EVENTS[30:60]
    assert next(replay().batches(Event())).events == EVENTS[30:60]
    assert next(replay("another recording").batches(Event())).events == EVENTS[:30]


def test_lines_that_are_no_events_are_garbage_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"\n".join([EVENTS[0], b'{"specversion": "1.0"}', b"\xff\xfe", EVENTS[1]]))
    batch = next(FileReplay("r", case_timeline(path), AtOnce(), now).batches(Event()))
    assert batch.events == EVENTS[:2]
    assert [reason for _raw, reason in batch.garbage] == ["missing_field", "malformed"]


def test_cases_of_a_table_with_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("no,at,done,kind,where\n7,2026-10-17 09:00,2026-10-17 11:00,Pothole,1\n")
    mapping = Mapping(columns={"id": "no", "accepted": "at", "closed": "done", "category": "kind", "region": "where"})
    timeline = case_timeline(path, mapping)
    events = [json.loads(raw) for raw, _reason in timeline.items]
    assert [(event["type"], event["time"]) for event in events] == [
        ("case.accepted", "2026-10-17T01:00:00Z"), ("case.closed", "2026-10-17T03:00:00Z"),
    ]


@pytest.mark.parametrize("ending", ["csv", "parquet", "csv.gz"])
def test_fixes_of_a_table_stand_in_order_of_time(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"f.{ending}"
    frame = pd.DataFrame({"Who": ["b", "a", "c"], "time": ["2026-10-17 09:00:02", "2026-10-17 09:00:01", "never"],
                          "Lng": [113.2, 113.1, 113.3], "lat": [27.2, 27.1, 27.3]})
    frame.to_parquet(path) if ending == "parquet" else frame.to_csv(path, index=False)
    fixes = fix_timeline(path, Mapping(columns={"worker": "Who"}, crs="gcj02")).fixes
    assert list(fixes.worker) == ["a", "b"]
    np.testing.assert_array_equal(fixes.time, [1792198801000, 1792198802000])
    np.testing.assert_array_equal(fixes.lon, [113.1, 113.2])
    assert fixes.crs == "gcj02"


def test_template_makes_worker_ids_and_bad_degrees_are_nan(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("car,t,lon,lat\n9,09/10/2026 10:00,abc,27\n")
    mapping = Mapping(columns={"time": "t"}, templates={"worker": "T-{car}"}, time=Times("%d/%m/%Y %H:%M", "UTC"))
    fixes = fix_timeline(path, mapping).fixes
    assert (list(fixes.worker), int(fixes.time[0])) == (["T-9"], 1791540000000)
    assert np.isnan(fixes.lon[0])


def test_fix_timeline_is_cut_into_columns(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("worker,time,lon,lat\n" + "".join(f"w{n},2026-10-17T09:00:0{n}Z,113,27\n" for n in range(5)))
    replay = FileReplay("fixes", fix_timeline(path), AtOnce(), now, at_once=2)
    sizes = [len(batch.fixes) for batch in replay.batches(Event()) if batch.fixes is not None]
    assert sizes == [2, 2, 1]


def test_files_that_are_no_recording(tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_text("<gpx><trk/></gpx>")
    (tmp_path / "b.gpx").write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><gpx/>")
    (tmp_path / "c.gpx").write_text("no xml")
    (tmp_path / "far.gpx").write_text(f"<!--{'.' * 5000}--><!DOCTYPE x [<!ENTITY a 'b'>]><gpx/>", encoding="utf-16")
    (tmp_path / "d.bin").write_text("?")
    for name in ("a.gpx", "b.gpx", "c.gpx", "far.gpx", "d.bin", "absent.csv"):
        with pytest.raises(ImportFileError, match=name):
            fix_timeline(tmp_path / name)


@pytest.mark.real_data
def test_real_gpx() -> None:
    fixes = fix_timeline(shared_data("formats", "strava_304.gpx")).fixes
    assert (len(fixes), set(fixes.worker)) == (2144, {"304.1"})
    assert (fixes.lon[0], fixes.lat[0]) == (-8.661746, 52.629151)
    assert fixes.time[0] == 1550475950000


def test_fixes_of_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    fix = {"worker_id": "W1", "time": "2026-10-17T09:00:02+08:00", "lon": 113.2, "lat": 27.2}
    path.write_text(json.dumps(fix) + "\n{broken\n" + json.dumps({**fix, "time": "2026-10-17T09:00:01+08:00"}))
    fixes = fix_timeline(path).fixes
    np.testing.assert_array_equal(fixes.time, [1792198801000, 1792198802000])
