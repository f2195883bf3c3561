"""Sources run apart from each other: what breaks is opened again, and nothing else stops."""

from collections.abc import Iterator
from threading import Event

import pytest

from dashboard.domain.changes import SourceState
from dashboard.ingest import run_source as module
from dashboard.ingest.batch import Batch
from dashboard.ingest.run_source import run_source, start_source
from dashboard.ingest.source_book import SourceBook, known_sources, remember_sources
from dashboard.store import StoreError
from tests.ingest.city import MINUTE, NOON, accepted, life
from tests.ingest.lane import Lane


class Pauses(Event):
    """A stop event that never waits, notes how long it should have, and is set after so many pauses."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.waited: list[float | None] = []
        self._most = most

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout)
        if len(self.waited) >= self._most:
            self.set()
        return self.is_set()


class Scripted:
    """Yields what is acknowledged last again after a failure, as a queue would."""

    name = "scripted"

    def __init__(self, raws: list[bytes], breaks: set[int]) -> None:
        self.raws, self.breaks = raws, breaks
        self.acknowledged = 0
        self.opened = 0
        self.closed = 0

    def batches(self, stop: Event) -> Iterator[Batch]:
        self.opened += 1
        try:
            while self.acknowledged < len(self.raws):
                if self.acknowledged in self.breaks:
                    self.breaks.discard(self.acknowledged)
                    raise ConnectionError("gateway away")
                yield Batch(self.name, NOON, [self.raws[self.acknowledged]])
                self.acknowledged += 1
        finally:
            self.closed += 1


def test_a_source_that_ends_is_not_opened_again(on: Lane) -> None:
    source = Scripted(life("1", NOON), set())
    run_source(source, on.ingest, Pauses(1))
    assert (source.opened, source.closed, on.store.last_seq()) == (1, 1, 7)


def test_a_broken_source_is_opened_again_after_growing_pauses(on: Lane) -> None:
    stop = Pauses(100)
    source = Scripted(life("1", NOON), {0, 3, 5})
    run_source(source, on.ingest, stop)
    assert (source.opened, source.closed, on.store.last_seq()) == (4, 4, 7)
    assert stop.waited == [1.0, 1.0, 1.0]


def test_pauses_double_up_to_a_minute_and_the_trouble_is_told(on: Lane) -> None:
    class Hopeless:
        name = "video"

        def batches(self, stop: Event) -> Iterator[Batch]:
            raise OSError("no route to host")
            yield

    stop = Pauses(8)
    run_source(Hopeless(), on.ingest, stop)
    assert stop.waited == [1, 2, 4, 8, 16, 32, 60, 60]
    [state] = on.ingest.sources.states()
    assert (state.error, state.tries) == ("OSError: no route to host", 8)
    assert state.retry_at == on.clock.now() + 60_000


def test_a_source_that_is_open_again_and_quiet_has_no_trouble(on: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    class Quiet:
        name, lane = "quiet", "positions"
        away = True

        def batches(self, stop: Event) -> Iterator[Batch]:
            if self.away:
                raise ConnectionError("gateway away")
            yield from ()
            mended.wait(20)

    source, mended, told = Quiet(), Event(), on.ingest.sources.works

    def works(name: str) -> None:
        told(name)
        mended.set()

    run_source(source, on.ingest, Pauses(1))
    [state] = on.ingest.sources.states()
    assert (state.error, state.tries) == ("ConnectionError: gateway away", 1)
    monkeypatch.setattr(on.ingest.sources, "works", works)
    monkeypatch.setattr(module, "OPEN", 0.01)
    source.away = False
    run_source(source, on.ingest, Pauses(1))
    [state] = on.ingest.sources.states()
    assert (state.error, state.tries, state.retry_at, state.arrived) == ("", 0, None, None)
    assert state.lane == "positions", "known before it delivers anything"


def test_a_database_that_is_away_makes_the_source_deliver_again(on: Lane) -> None:
    failures = iter([True, False, True])

    def reach(step: str) -> None:
        if step == "committed" and next(failures, False):
            raise StoreError("away")

    on.reach = reach
    source = Scripted(life("1", NOON), set())
    run_source(source, on.ingest, Pauses(100))
    assert (source.opened, on.store.last_seq()) == (3, 7)
    [state] = on.ingest.sources.states()
    assert (state.error, state.tries) == ("", 0)


def test_one_failing_source_does_not_stop_another(on: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.01)
    stop = Event()
    broken = start_source(Scripted([accepted("x", NOON)] * 2, set(range(1000))), on.ingest, stop)
    start_source(Scripted(life("1", NOON), set()), on.ingest, stop).join(10)
    assert on.store.last_seq() >= 7
    stop.set()
    broken.join(10)
    assert not broken.is_alive()


def test_counts_and_newest_times_add_up() -> None:
    book = SourceBook()
    book.expect("cases", "cases")
    book.arrived("cases", "cases", NOON, event_time=NOON - MINUTE, accepted=3, rejected={"future": 1})
    older = NOON - 2 * MINUTE
    rejected = {"future": 2}
    book.arrived("cases", "cases", NOON + 1, event_time=older, accepted=1, duplicate=2, rejected=rejected, waited=700)
    book.failed("cases", "cases", "away", NOON + 5)
    [state] = book.states()
    assert (state.event_time, state.arrived, state.accepted, state.duplicate) == (NOON - MINUTE, NOON + 1, 4, 2)
    assert (state.rejected, state.error, state.retry_at, state.tries) == ({"future": 3}, "away", NOON + 5, 1)
    assert state.waited == 700


def test_a_restart_remembers_how_fresh_a_source_is(on: Lane) -> None:
    book = SourceBook()
    book.arrived("cases", "cases", NOON, event_time=NOON - MINUTE, accepted=3)
    book.failed("cases", "cases", "away", NOON + 5)
    remember_sources(on.store, book)
    [state] = known_sources(on.store).states()
    assert state == SourceState("cases", "cases", NOON - MINUTE, NOON)
