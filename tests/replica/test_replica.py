import tempfile
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from dashboard.base_data import apply_rows
from dashboard.base_data.rows import RegionRow
from dashboard.domain.changes import Changes
from dashboard.domain.regions import Region
from dashboard.replica.replica import Replica
from dashboard.replica.state import State
from dashboard.store import Store
from tests.ingest.city import DAY, GRIDS, HOUR, MINUTE, NOON, accepted, event, life
from tests.replica.world import World, world

SCOPES = ("C", "A", "A1", "A111")
MIDNIGHT = NOON + 12 * HOUR


def facts(replica: Replica) -> dict[str, Any]:
    """Everything a replica knows that follows from the store."""
    for code in SCOPES:
        replica.watch(code)
    with replica.reading() as state:
        whole = slice(0, len(state.base.tree))
        slots = sorted(state.open.inside(whole), key=lambda slot: state.open.row(int(slot)).id)
        days = [state.today, state.yesterday]
        return {
            "seq": state.seq,
            "time": state.time,
            "months": [state.tallies.month(month).tolist() for month in (state.last_month, state.month)],
            "days": [np.array(state.tallies.of_day(day, node)).tolist() for day in days for node in range(3)],
            "open": [state.open.row(int(slot)) for slot in slots],
            "columns": [column.tolist() for column in vars(state.open.columns(np.array(slots, np.intp))).values()],
            "accepted": state.passages.accepted(whole).tolist(),
            "closed": state.passages.closed(whole).tolist(),
            "steps": {code: state.watched[code].newest_steps() for code in SCOPES},
            "inflow": {
                code: {kind: state.watched[code].inflow(kind, 20260901, 20261031) for kind in ("category", "hour")}
                for code in SCOPES
            },
            "moments": state.moments.overdue(0, 0),
            "day_ends": {day: str(sorted(found.rows)) for day, found in state.day_ends.items()},
        }


CASES = st.sampled_from(["K1", "K2", "K3", "K4"])
TIMES = st.integers(-30 * 60, 0).map(lambda minutes: NOON + minutes * MINUTE)
KINDS = st.sampled_from(
    ["dispatched", "handled", "closed", "reopened", "suspended", "resumed", "supervised", "cancelled", "rated"]
)
EVENTS = st.one_of(
    st.builds(accepted, CASES, TIMES, st.sampled_from(GRIDS)),
    st.builds(lambda kind, case, at: event(kind, case, at, score=3), KINDS, CASES, TIMES),
    st.builds(lambda case, at, place: event("corrected", case, at, region=place), CASES, TIMES, st.sampled_from(GRIDS)),
)
STEPS = st.lists(st.lists(EVENTS, max_size=4) | st.sampled_from([10, 70, 13 * 60]), min_size=1, max_size=8)


def play(city: World, steps: list[Any]) -> None:
    """Batches of events, and minutes that pass."""
    for step in steps:
        if isinstance(step, int):
            city.tick(city.clock.now() + step * MINUTE)
        else:
            city.submit(step)


@settings(max_examples=15)
@given(STEPS, STEPS)
def test_a_fresh_replica_equals_one_that_tailed(before: list[Any], after: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as directory, world(Path(directory)) as city:
        play(city, before)
        tailed = city.flow()
        facts(tailed)
        play(city, after)
        city.tick(city.clock.now() + 1000)
        assert facts(city.flow(tailed)) == facts(city.fresh())


def test_a_hole_in_the_feed_is_filled_from_the_store(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        for number in range(5):
            city.submit(life(f"K{number}", NOON - (number + 2) * HOUR))
        entries = [entry for _, entry in city.feed.read("", 0) if isinstance(entry, Changes)]
        city.replica.take(entries[0])
        city.replica.take(entries[-1])
        city.replica.take(city.tick(NOON + 1000))
        assert facts(city.replica) == facts(city.fresh())


def test_a_lost_last_entry_shows_at_the_next_tick(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        city.submit([accepted("K1", NOON)])
        city.replica.take(city.tick(NOON + 1000))
        with city.replica.reading() as state:
            assert (state.seq, len(state.open)) == (1, 1)


def test_entries_known_already_change_nothing(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        city.submit(life("K1", NOON - 2 * HOUR))
        city.submit([accepted("K2", NOON)])
        before = facts(city.flow())
        for _, entry in city.feed.read("", 0):
            if isinstance(entry, Changes):
                city.replica.take(entry)
        assert facts(city.replica) == before


def test_midnight_starts_a_new_day_and_brings_its_end(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        city.submit(life("K1", NOON - 2 * HOUR))
        city.tick(MIDNIGHT + 1000)
        with city.flow().reading() as state:
            assert (state.yesterday, state.today) == (20261017, 20261018)
            assert state.day_ends[20261017].rows[0][0][0] == 1
            assert len(state.passages.accepted(slice(0, 99))) == 1
        city.tick(MIDNIGHT + DAY + 1000)
        with city.flow().reading() as state:
            assert len(state.passages.accepted(slice(0, 99))) == 0


def test_a_new_month_begins_at_nothing(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        city.submit([accepted("K1", NOON), *life("K2", NOON - 3 * HOUR)])
        for day in range(1, 16):
            city.tick(MIDNIGHT + (day - 1) * DAY + 1000)
        with city.flow().reading() as state:
            assert (state.month, state.last_month, state.compared_days()) == (202611, 202610, ())
            assert state.tallies.month(202611).sum() == 0
            assert state.tallies.month(202610)[0][0] == 2
        assert facts(city.replica) == facts(city.fresh())


def test_a_clock_that_jumps_reads_everything_again(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        city.submit(life("K1", NOON - 3 * HOUR))
        city.flow()
        city.tick(NOON + 40 * DAY)
        assert facts(city.flow()) == facts(city.fresh())
        with city.replica.reading() as state:
            assert state.tallies.month(202610)[0][0] == 1


def test_a_database_that_is_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([OperationalError("SELECT", {}, Exception("away"))])

    def moments(state: State, store: Store) -> None:
        for problem in failures:
            raise problem

    monkeypatch.setattr("dashboard.replica.replica.load_moments", moments)
    monkeypatch.setattr("dashboard.replica.replica._PAUSE", 0.01)
    with world(tmp_path) as city:
        told = Event()
        city.replica.listen(lambda entry: told.set())
        city.replica.start()
        city.tick(NOON + 11 * MINUTE)
        assert told.wait(10)
        city.replica.stop()
        with city.replica.reading() as state:
            assert state.time == NOON + 11 * MINUTE


def test_a_corrected_place_is_told_where_it_is_now_and_others_are_not_read_again(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        city.submit([accepted("K1", NOON - HOUR, "A111"), accepted("K2", NOON - HOUR, "B111")])
        facts(city.flow())
        with city.replica.reading() as state:
            other = state.watched["A1"]
        city.submit([event("corrected", "K2", NOON, region="A211")])
        assert facts(city.flow()) == facts(city.fresh())
        with city.replica.reading() as state:
            assert state.watched["A1"] is other


def test_imported_base_data_is_read_again(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        city.submit([accepted("K1", NOON)])
        city.flow().watch("A")
        version = city.ingest.base.version
        apply_rows(city.store.engine, "regions", [RegionRow(Region("D", "丁区", 1, "C"))])
        city.ingest.base_changed()
        with city.flow().reading() as state:
            assert state.base.version > version
            assert "D" in state.base.tree.latest
            assert list(state.watched) == ["A"]
            assert len(state.open) == 1


def test_frames_move_the_workers_and_a_gap_waits_for_a_keyframe(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        city.stand(1, [0] * 8, [0] * 8, [1] * 8)
        city.stand(2, [5] * 8, [0] * 8, [2] * 8)
        with city.flow().reading() as state:
            assert (state.workers.slab, state.workers.x.tolist()) == (2, [5] * 8)
        late = city.fresh()
        entry = city.feed.read("1", 0, "positions")[0][1]
        late.take(entry)
        with late.reading() as state:
            assert len(state.workers) == 0


def test_threads_follow_the_feed_and_stop(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        told = Event()
        city.replica.listen(lambda entry: told.set())
        city.replica.start()
        city.submit([accepted("K1", NOON)])
        assert told.wait(10)
        city.replica.stop()
        with city.replica.reading() as state:
            assert state.seq == 1
