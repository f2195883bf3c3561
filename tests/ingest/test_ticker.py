"""The present is told: ticks, moments, day ends, and a clock that goes on where it stopped."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from dashboard.domain.changes import Tick
from dashboard.domain.tallies import COLUMN
from dashboard.feed import START
from dashboard.ingest.clock import LAST_TICK, SimulatedClock, ToldClock, WallClock
from dashboard.ingest.ticker import EVERY, Ticker
from tests.ingest.city import DAY, HOUR, MINUTE, NOON, SETTINGS, accepted, event, life
from tests.ingest.lane import Lane

MIDNIGHT = NOON + 12 * HOUR
"""The end of 2026-10-17 in Shanghai."""


@pytest.fixture
def ticker(on: Lane) -> Iterator[Ticker]:
    on.clock = ToldClock(NOON)
    on.ingest.close()
    on.start()
    yield ticker_of(on)


def ticker_of(on: Lane) -> Ticker:
    def presence(at: int) -> np.ndarray:  # type: ignore[type-arg]
        tree = on.ingest.base.tree
        counts = np.zeros((len(tree), 4), np.int32)
        counts[:, 0] = at // MINUTE % 1000
        counts[tree.latest["A"], 3] = 2
        return counts

    return Ticker(on.store, on.feed, on.ingest, SETTINGS, presence, lambda: 5)


def test_a_tick_says_time_and_numbers(on: Lane, ticker: Ticker) -> None:
    on.send(*life("1", NOON - 3 * HOUR))
    assert ticker.tick() == Tick(NOON, 7, 5, on.ingest.sources.states())
    [entry] = [entry for _, entry in on.feed.read(START, 0) if isinstance(entry, Tick)]
    assert (entry.seq, entry.sources[0].accepted, entry.sources[0].event_time) == (7, 7, NOON - 3 * HOUR + 95 * MINUTE)


def test_moments_are_written_every_ten_minutes(on: Lane, ticker: Ticker) -> None:
    ticker.advance(NOON)
    on.send(accepted("1", NOON, "A111"), *life("2", NOON, "B111")[:5], accepted("3", NOON, "A211"))
    on.send(event("suspended", "3", NOON + 1), event("supervised", "1", NOON + 1))
    ticker.advance(NOON + 25 * MINUTE)
    ticker.advance(NOON + 5 * HOUR)
    found = on.store.moments(NOON, NOON + DAY)
    assert [moment.time for moment in found] == list(range(NOON + EVERY, NOON + 5 * HOUR + 1, EVERY))
    assert found[0].of("C") == {
        "open": 3, "suspended": 1, "overdue": 0, "due_soon": 0, "supervised": 1,
        "on_duty": (NOON + EVERY) // MINUTE % 1000, "moving": 0, "still": 0, "silent": 0,
    }  # fmt: skip
    by_hours = {(moment.time - NOON) // HOUR: moment.of("A1") or {} for moment in found}
    assert [by_hours[hour]["due_soon"] for hour in (1, 2, 3, 4)] == [0, 1, 1, 0]
    assert [by_hours[hour]["overdue"] for hour in (3, 4, 5)] == [0, 1, 1]
    assert found[0].of("A") is not None and found[0].of("A11") is not None and found[0].of("A111") is None
    assert [(found[0].of(code) or {})["silent"] for code in ("C", "A", "A1")] == [0, 2, 0]


def test_midnight_keeps_the_month_to_date(on: Lane, ticker: Ticker) -> None:
    ticker.advance(NOON)
    on.send(*life("1", NOON - 3 * DAY, "A111"), accepted("2", NOON, "A211"), accepted("3", NOON - 30 * DAY, "A211"))
    ticker.advance(MIDNIGHT - 1)
    assert on.store.day_end(20261017) == []
    ticker.advance(MIDNIGHT)
    rows = {row.region: row for row in on.store.day_end(20261017)}
    assert sorted(rows) == ["A", "A1", "A2", "B", "B1", "C"]
    assert [rows["C"].counts[COLUMN[name]] for name in ("accepted", "closed", "handled")] == [2, 1, 1]
    assert [rows[code].overdue for code in ("C", "A", "A1", "A2", "B")] == [1, 1, 0, 1, 0]


def test_several_midnights_are_made_up_for_each_with_its_own_days(on: Lane, ticker: Ticker) -> None:
    ticker.advance(NOON)
    on.clock.tell(MIDNIGHT + 20 * DAY)
    on.send(*(accepted(str(day), NOON + day * DAY) for day in range(3)))
    ticker.advance(MIDNIGHT + 20 * DAY)
    ends = [on.store.day_end(day, ["C"])[0] for day in (20261017, 20261018, 20261031, 20261101)]
    assert [end.counts[COLUMN["accepted"]] for end in ends] == [1, 2, 3, 0]
    assert [end.overdue for end in ends] == [1, 2, 3, 0]
    assert on.store.day_end(20261107) == []


def test_history_can_be_driven_in_steps(on: Lane, ticker: Ticker) -> None:
    ticker.advance(NOON)
    for hour in range(30):
        on.clock.tell(NOON + hour * HOUR)
        on.send(accepted(str(hour), NOON + hour * HOUR))
        ticker.advance(NOON + hour * HOUR + 30 * MINUTE)
    opened = [(moment.of("C") or {})["open"] for moment in on.store.moments(NOON, NOON + 2 * DAY)]
    assert opened == sorted(opened)
    assert (len(opened), opened[-1]) == (29 * 6 + 3, 30)


def test_time_does_not_go_back(on: Lane, ticker: Ticker) -> None:
    ticker.advance(NOON + HOUR)
    ticker.advance(NOON)
    assert on.store.get_state(LAST_TICK) == str(NOON + HOUR)


def test_a_new_process_makes_up_for_the_midnight_it_missed(on: Lane, ticker: Ticker) -> None:
    on.send(accepted("1", NOON))
    ticker.advance(NOON)
    on.restart()
    later = ticker_of(on)
    assert later.last == NOON
    later.advance(MIDNIGHT + HOUR)
    assert len(on.store.day_end(20261017)) == 6


def test_without_regions_there_is_only_time(on: Lane, ticker: Ticker) -> None:
    from dashboard.domain.base import BaseData
    from dashboard.domain.regions import RegionTree

    on.base = BaseData(0, RegionTree(()))
    on.ingest.base_changed()
    ticker.advance(NOON)
    ticker.advance(NOON + 2 * DAY)
    assert ticker.tick().seq == 0
    assert on.store.moments(0, NOON + 9 * DAY) == []


def test_it_runs_until_stopped_and_survives_a_broken_database(on: Lane, ticker: Ticker) -> None:
    from dashboard.store import StoreError

    ticks = iter([StoreError("away"), None, None])
    stop, real = threading.Event(), ticker.tick

    def tick() -> Tick:
        problem = next(ticks, None)
        if problem is not None:
            raise problem
        on.clock.tell(on.clock.now() + 1000)
        if on.clock.now() >= NOON + 3000:
            stop.set()
        return real()

    ticker.tick = tick  # type: ignore[method-assign]
    ticker.run(stop, 0.001)
    assert [entry.time - NOON for _, entry in on.feed.read(START, 0) if isinstance(entry, Tick)] == [1000, 2000, 3000]


def test_a_wall_clock_waits_for_the_last_tick() -> None:
    readings = iter([5.0, 11.0, 10.5])
    clock = WallClock(10_000, lambda: next(readings))
    assert [clock.now() for _ in range(3)] == [10_000, 11_000, 11_000]


def test_a_simulated_clock_runs_at_its_speed() -> None:
    readings = iter([100.0, 100.0, 101.5])
    clock = SimulatedClock(NOON, 60, lambda: next(readings))
    assert [clock.now() - NOON for _ in range(2)] == [0, 90_000]


def test_a_told_clock_stands_still() -> None:
    clock = ToldClock(5)
    clock.tell(9)
    clock.tell(7)
    assert clock.now() == 9


def test_a_past_filled_in_day_by_day_keeps_midnights_only(on: Lane, ticker: Ticker) -> None:
    ticker.advance(NOON)
    ticker.advance(MIDNIGHT + HOUR, moments=False)
    assert on.store.moments(0, MIDNIGHT + DAY) == []
    assert len(on.store.day_end(20261017)) == 6
