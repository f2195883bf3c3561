from dataclasses import dataclass, field

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.periods import LocalDays
from dashboard.domain.track import Track, joined, track_from_bytes
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.housekeeping import Housekeeping
from dashboard.store.slabs import Slabs
from dashboard.tracks import files, tracks
from dashboard.tracks.tracks import Tracks
from tests.positions.city import NOW, Lane, batch

DAYS = LocalDays()
DAY, MINUTE = 86_400_000, 60_000
TODAY = DAYS.day(NOW)
MIDNIGHT = DAYS.start(TODAY)


def track(*rows):
    """Rows (key, epoch ms, lon, lat) with degrees x 1e7."""
    key, time, lon, lat = np.array(rows, np.int64).reshape(-1, 4).T
    return Track(key.astype(np.uint32), time, lon.astype(np.int32), lat.astype(np.int32))


def rows(found):
    return list(zip(found.key.tolist(), found.time.tolist(), found.lon.tolist(), found.lat.tolist(), strict=True))


@dataclass(eq=False)
class Slab:
    id: int
    track: Track
    received: int


@dataclass
class MemorySlabs:
    """Slabs without a database."""

    slabs: list = field(default_factory=list)

    def add(self, *given, received=0):
        self.slabs.append(Slab(len(self.slabs) + 1, track(*given), received))

    def received_before(self, at, limit, upto):
        return [slab for slab in self.slabs if slab.received < at and slab.id <= upto]

    def between(self, first, last):
        return list(self.slabs)

    def delete(self, slabs):
        self.slabs = [slab for slab in self.slabs if slab not in slabs]

    def key_of(self, worker):
        return {"a": 1, "b": 2}.get(worker)


@pytest.fixture
def slabs():
    return MemorySlabs()


@pytest.fixture
def history(tmp_path, slabs):
    return Tracks(tmp_path / "tracks", slabs, DAYS)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20), st.integers(-9, 9), st.integers(-9, 9))))
def test_order_keeps_the_first_of_each_instant_and_bytes_come_back(given_rows):
    found = track(*given_rows)
    expected = {}
    for row in given_rows:
        expected.setdefault(row[:2], row)
    assert rows(found.in_order()) == sorted(expected.values())
    assert rows(track_from_bytes(found.to_bytes())) == given_rows


def test_a_day_is_read_from_files_and_slabs_together(history, slabs):
    slabs.add((1, MIDNIGHT, 10, 20), (2, MIDNIGHT + 1, 1, 1), (1, MIDNIGHT - 1, 9, 9))
    assert history.compact(before=1, upto=1) == 3
    slabs.add((1, MIDNIGHT + 5000, 11, 21), (1, MIDNIGHT, 10, 20), (1, MIDNIGHT + DAY, 8, 8))
    assert rows(history.worker_day(1, TODAY)) == [(1, MIDNIGHT, 10, 20), (1, MIDNIGHT + 5000, 11, 21)]
    assert rows(history.worker_day(1, DAYS.day(MIDNIGHT - 1))) == [(1, MIDNIGHT - 1, 9, 9)]
    assert rows(history.worker_day(3, TODAY)) == []
    day = history.track_of("a", TODAY)
    assert (day.time, day.lon, day.lat) == ([MIDNIGHT, MIDNIGHT + 5000], [10 / 1e7, 11 / 1e7], [20 / 1e7, 21 / 1e7])
    assert len(history.track_of("nobody", TODAY)) == 0


def test_only_slabs_that_are_old_and_saved_are_compacted(history, slabs):
    slabs.add((1, MIDNIGHT, 0, 0), received=100)
    slabs.add((1, MIDNIGHT + 1, 0, 0), received=200)
    slabs.add((1, MIDNIGHT + 2, 0, 0), received=100)
    assert history.compact(before=150, upto=2) == 1
    assert [slab.id for slab in slabs.slabs] == [2, 3]


def test_late_fixes_of_a_finished_day_come_in_a_second_file_that_is_merged(history, slabs):
    slabs.add((1, MIDNIGHT, 0, 0), (2, MIDNIGHT, 0, 0))
    history.compact(1, 9)
    slabs.add((1, MIDNIGHT + 7, 7, 7))
    history.compact(1, 9)
    before = rows(history.worker_day(1, TODAY))
    assert len(history.files(TODAY)) == 2
    assert history.merge(TODAY) == 0
    assert history.merge(TODAY + 1) == 2
    assert len(history.files(TODAY)) == 1
    assert rows(history.worker_day(1, TODAY)) == before == [(1, MIDNIGHT, 0, 0), (1, MIDNIGHT + 7, 7, 7)]


class CrashError(Exception):
    pass


@pytest.mark.parametrize("step", ["replace", "delete"])
def test_a_crash_in_compaction_neither_loses_nor_doubles(history, slabs, tmp_path, monkeypatch, step):
    def crash(*_):
        raise CrashError

    slabs.add((1, MIDNIGHT, 1, 1), (2, MIDNIGHT, 2, 2))
    target = (files.Path, "rename") if step == "replace" else (MemorySlabs, "delete")
    with monkeypatch.context() as patch:
        patch.setattr(*target, crash)
        with pytest.raises(CrashError):
            history.compact(1, 9)
    again = Tracks(tmp_path / "tracks", slabs, DAYS)
    assert not list((tmp_path / "tracks").glob("*/*.unfinished"))
    for _ in range(2):
        assert rows(again.worker_day(1, TODAY)) == [(1, MIDNIGHT, 1, 1)]
        again.compact(1, 9)
    again.merge(TODAY + 1)
    assert [rows(files.read_track(path)) for path in again.files(TODAY)] == [[(1, MIDNIGHT, 1, 1), (2, MIDNIGHT, 2, 2)]]


def test_a_crash_in_merging_neither_loses_nor_doubles(history, slabs, monkeypatch):
    for second in range(3):
        slabs.add((1, MIDNIGHT + second, second, 0))
        history.compact(1, 9)

    def crash(*_):
        raise CrashError

    with monkeypatch.context() as patch:
        patch.setattr(tracks.Path, "unlink", crash)
        with pytest.raises(CrashError):
            history.merge(TODAY + 1)
    expected = [(1, MIDNIGHT + second, second, 0) for second in range(3)]
    assert len(history.files(TODAY)) == 4
    assert rows(history.worker_day(1, TODAY)) == expected
    history.merge(TODAY + 1)
    assert [rows(files.read_track(path)) for path in history.files(TODAY)] == [expected]


def test_retention_drops_whole_days(history, slabs):
    slabs.add((1, MIDNIGHT, 0, 0), (1, MIDNIGHT - DAY, 0, 0))
    history.compact(1, 9)
    assert history.drop_before(TODAY) == 1
    assert history.days() == [TODAY]


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_one_worker_out_of_many_row_groups(tmp_path_factory, seed):
    random = np.random.default_rng(seed)
    size, workers = 30_000, 40
    key = random.integers(1, workers, size).astype(np.uint32)
    lon, lat = random.integers(-(2**31), 2**31 - 1, (2, size)).astype(np.int32)
    time = random.integers(MIDNIGHT, MIDNIGHT + DAY, size)
    whole = Track(key, time, lon, lat).in_order()
    path = tmp_path_factory.mktemp("day") / "20261120" / "1.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "ROW_GROUP", 512)
        files.write_track(path, whole)
    assert pq.read_metadata(path).num_row_groups == -(-len(whole) // 512)
    reader = files.TrackReader()
    for wanted in (1, 17, workers - 1, workers):
        assert rows(reader.read(path, wanted)) == rows(whole.take(whole.key == wanted))
    assert rows(files.read_track(path)) == rows(whole)


@pytest.mark.parametrize(("step", "column"), [(10, "lon_e6"), (1, "lon_e7")])
def test_degrees_come_back_exactly_in_the_unit_that_loses_nothing(tmp_path, step, column):
    given_rows = [(1, MIDNIGHT + i, -(2**31) // 10 * 10 + 10 + i * step, -i * step) for i in range(100)]
    path = tmp_path / "day" / "1.parquet"
    files.write_track(path, track(*given_rows))
    assert column in pq.read_schema(path).names
    assert rows(files.read_track(path)) == given_rows


def test_a_damaged_or_foreign_file_stops_no_other_day_and_no_retention(tmp_path):
    lane = Lane(tmp_path)
    kept = Tracks(tmp_path / "tracks", Slabs(lane.store.engine), DAYS)
    old, yesterday = DAYS.day(NOW - 9 * DAY), DAYS.day(NOW - DAY)
    for day in (old, yesterday, TODAY):
        files.write_track(tmp_path / "tracks" / str(day) / "copy of one.parquet", track((1, 0, 0, 0)))
        files.write_track(tmp_path / "tracks" / str(day) / "00000007.parquet", track((2, 0, 0, 0)))
    (tmp_path / "tracks" / str(old) / "00000008.parquet").write_bytes(b"half")
    damaged = tmp_path / "tracks" / str(yesterday) / "00000008.parquet"
    damaged.write_bytes(b"half")
    housekeeping = Housekeeping(Slabs(lane.store.engine), kept, ToldClock(NOW + 2 * DAY), DAYS, retention_days=7)
    housekeeping.tidy()
    assert kept.days() == [yesterday, TODAY] and damaged.exists()
    assert [path.name for path in kept.files(TODAY)] == ["00000008.parquet"]
    lane.close()


def test_the_lane_and_its_history_from_fix_to_file(tmp_path):
    lane = Lane(tmp_path)
    store = Slabs(lane.store.engine)
    kept = Tracks(tmp_path / "tracks", store, DAYS)
    clock = ToldClock(NOW + 50 * MINUTE)
    housekeeping = Housekeeping(store, kept, clock, DAYS, retention_days=2)
    for minute in range(0, 50, 10):
        lane.lane.submit(batch(("a", minute * MINUTE, minute, 0), after=minute * MINUTE))
    assert housekeeping.tidy() == 0
    lane.lane.save()
    assert housekeeping.tidy() == 3
    assert len(lane.stored()) == 2
    day = kept.track_of("a", TODAY)
    assert [time - NOW for time in day.time] == [minute * MINUTE for minute in range(0, 50, 10)]
    assert housekeeping.tidy() == 0
    clock.tell(NOW + 4 * DAY)
    housekeeping.tidy()
    assert kept.days() == [] and lane.stored() == []
    again = Lane(tmp_path)
    assert (again.lane.presence_counts(NOW + 45 * MINUTE)[0] == [4, 0, 1, 3]).all()
    lane.close()
    again.close()


def test_joining_nothing_is_empty():
    assert len(joined([]).in_order()) == 0
