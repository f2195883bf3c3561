"""The way in for everything: a batch is checked, folded, stored, told to the feed, and only then acknowledged.

One thread writes. Batches that wait while it commits go into the next transaction together, so the cost of a commit is
shared by all who wait for it.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.changes import BaseChanged, Changes
from dashboard.domain.events import BadEvent
from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import LocalDays
from dashboard.feed import Feed, FeedError
from dashboard.ingest.batch import Batch, Receipt, Rejection
from dashboard.ingest.clock import Clock
from dashboard.ingest.items import ACCEPTED, DUPLICATE, Item, Outcome, garbage_item, read_item, waiting_item
from dashboard.ingest.ledger import Entry, Ledger
from dashboard.ingest.places import Locate
from dashboard.ingest.restating import counted_by, restate, token
from dashboard.ingest.rules import Rules
from dashboard.ingest.source_book import SourceBook
from dashboard.store import Store, StoreError

log = logging.getLogger(__name__)

GROUP = 5_000
"""Events in one transaction, about."""

TOLD = 2_000
"""Rows that one entry of the feed may carry; of a larger transaction only the number is told."""

LANE = "cases"


class PositionLane(Protocol):
    """Takes the fixes of a batch."""

    def submit(self, batch: Batch) -> Receipt:
        """Store them; returns when they are durable."""
        ...


class _Delivery:
    """Items that somebody waits for."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.done = Event()
        self.outcomes: Sequence[Outcome] = ()
        self.seq = 0
        self.error: Exception | None = None

    def wait(self) -> Sequence[Outcome]:
        self.done.wait()
        if self.error is not None:
            raise self.error
        return self.outcomes


class Ingest:
    """Thread-safe. ``close`` it to stop the writer.

    ``load`` reads base data; ``locator`` makes from it what finds the region of a point; ``reached`` is called with the
    name of each step of a transaction (``written``, ``committed``), for tests that break it there.
    """

    def __init__(
        self, store: Store, feed: Feed, settings: Settings, clock: Clock, load: Callable[[], BaseData],
        locator: Callable[[BaseData], Locate] | None = None, positions: PositionLane | None = None,
        sources: SourceBook | None = None, reached: Callable[[str], None] = lambda step: None,
    ) -> None:
        self._store, self._feed, self._settings, self._clock = store, feed, settings, clock
        self._load, self._locator, self._positions, self._reached = load, locator, positions, reached
        self.sources = sources or SourceBook()
        self.days = LocalDays(settings.zone)
        self._rules = self._read_rules()
        self._ledger: Ledger | None = None
        self._token: str | None = None
        self._restated = False
        self._closed = False
        self._gate = Lock()
        self._writing = Lock()
        self._queue: SimpleQueue[_Delivery | None] = SimpleQueue()
        self._writer = Thread(target=self._write_groups, name="ingest-writer", daemon=True)
        self._writer.start()

    @property
    def base(self) -> BaseData:
        """Base data as events are judged by it now."""
        return self._rules.base

    @property
    def clock(self) -> Clock:
        """The clock of the data directory."""
        return self._clock

    def submit(self, batch: Batch) -> Receipt:
        """Store a batch and say what became of it, after the commit.

        ``StoreError`` where the database is away: then nothing is acknowledged, and the batch can be sent again whole.
        """
        deliveries = self._deliver(batch)
        outcomes = [outcome for delivery in deliveries for outcome in delivery.wait()]
        rejected = tuple(
            Rejection(index, outcome.reason, outcome.detail)
            for index, outcome in enumerate(outcomes)
            if isinstance(outcome, BadEvent)
        )
        seq = max((delivery.seq for delivery in deliveries), default=0)
        receipt = Receipt(outcomes.count(ACCEPTED), outcomes.count(DUPLICATE), rejected, seq)
        if deliveries or batch.fixes is None:
            self._note(batch, receipt, deliveries)
        if batch.fixes is not None and self._positions is not None:
            return _sum(receipt, self._positions.submit(batch))
        return receipt

    def open_cases(self) -> list[Case]:
        """All open cases as they stand after the last commit."""
        with self._writing:
            with self._store.write() as connection:
                cases = list(self._current_ledger(connection).cases)
            self._tell_restated()
            return cases

    def base_changed(self) -> None:
        """Read base data again, tell everybody, and try what was refused because its region was unknown."""
        with self._writing:
            self._rules = self._read_rules()
            self._ledger = None
        self.open_cases()
        self._tell(BaseChanged(self._rules.base.version))
        with self._store.read() as connection:
            waiting = self._store.waiting(connection, ("unknown_region",))
        items = [waiting_item(number, kept) for number, kept in waiting]
        for delivery in [self._enqueued(items[start : start + GROUP]) for start in range(0, len(items), GROUP)]:
            delivery.wait()

    def close(self) -> None:
        """Commit what waits and stop the writer; a batch that comes later is refused with ``StoreError``."""
        with self._gate:
            self._closed = True
            self._queue.put(None)
        self._writer.join()

    def _read_rules(self) -> Rules:
        base = self._load()
        return Rules.of(base, self.days, self._locator(base) if self._locator else None)

    def _deliver(self, batch: Batch) -> list[_Delivery]:
        """Parse in the caller's thread, slice by slice, while the writer is already at work on the first."""
        now, tolerance = self._clock.now(), self._settings.rules.future_tolerance
        deliveries = []
        for start in range(0, len(batch.events), GROUP):
            raws = batch.events[start : start + GROUP]
            items = [read_item(raw, batch.source, batch.received, now, tolerance) for raw in raws]
            deliveries.append(self._enqueued(items))
        if batch.garbage:
            garbage = [garbage_item(raw, reason, batch.source, batch.received) for raw, reason in batch.garbage]
            deliveries.append(self._enqueued(garbage))
        return deliveries

    def _enqueued(self, items: list[Item]) -> _Delivery:
        delivery = _Delivery(items)
        with self._gate:
            if self._closed:
                raise StoreError("ingest is closed")
            self._queue.put(delivery)
        return delivery

    def _note(self, batch: Batch, receipt: Receipt, deliveries: Sequence[_Delivery]) -> None:
        times = [item.event.time for delivery in deliveries for item in delivery.items if item.event is not None]
        self.sources.arrived(
            batch.source, LANE, batch.received, event_time=max(times, default=None), accepted=receipt.accepted,
            duplicate=receipt.duplicate, rejected=Counter(rejection.reason for rejection in receipt.rejected),
        )  # fmt: skip

    def _write_groups(self) -> None:
        while (first := self._queue.get()) is not None:
            group, size, last = [first], len(first.items), False
            while size < GROUP and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    last = True
                    break
                group.append(following)
                size += len(following.items)
            self._write_group(group)
            if last:
                return

    def _write_group(self, group: Sequence[_Delivery]) -> None:
        try:
            outcomes = self._commit([item for delivery in group for item in delivery.items])
        except Exception as problem:  # it is raised again where the delivery is waited for
            for delivery in group:
                delivery.error = problem
                delivery.done.set()
            return
        start = 0
        for delivery in group:
            delivery.outcomes = outcomes[start : start + len(delivery.items)]
            start += len(delivery.items)
            delivery.seq = self._ledger.seq if self._ledger else 0
            delivery.done.set()

    def _commit(self, items: Sequence[Item]) -> list[Outcome]:
        """Write items in one transaction; where that is impossible for one of them, in several, without that one."""
        try:
            return self._transact(items)
        except (OperationalError, InterfaceError) as problem:
            raise StoreError(f"the database cannot be written: {problem.orig}") from problem
        except StoreError:
            raise
        except Exception as problem:
            if len(items) == 1 and items[0].refusal is None:
                return self._set_aside(items[0], problem)
            if len(items) < 2:
                raise
        half = len(items) // 2
        return [*self._commit(items[:half]), *self._commit(items[half:])]

    def _set_aside(self, item: Item, problem: Exception) -> list[Outcome]:
        """An event that breaks the program must not stop those behind it."""
        log.error("event set aside: %r", item.raw[:500], exc_info=problem)
        item.refusal = BadEvent("internal_error", f"{type(problem).__name__}: {problem}"[:500])
        item.event = None
        return self._transact([item])

    def _transact(self, items: Sequence[Item]) -> list[Outcome]:
        with self._writing:
            try:
                entry = self._stored(items)
            except BaseException:
                self._ledger = None
                raise
        if entry.changes.first <= entry.changes.last:
            self._tell(_short(entry.changes))
        return entry.outcomes

    def _stored(self, items: Sequence[Item]) -> Entry:
        with self._store.write() as connection:
            ledger = self._current_ledger(connection)
            entry = ledger.write(connection, items)
            self._reached("written")
        self._tell_restated()
        self._reached("committed")
        ledger.confirm(entry)
        return entry

    def _current_ledger(self, connection: Connection) -> Ledger:
        """The ledger as it is, or anew from the database where somebody else wrote to it.

        Before that, figures are made to agree with the rules of the newest base data.
        """
        now = (self._store.last_seq(connection), token(connection))
        if self._ledger is not None and now == (self._ledger.seq, self._token):
            return self._ledger
        counted = counted_by(self._store, connection)
        if counted is not None and counted.version > self._rules.base.version:
            self._rules = self._read_rules()
        self._restated = restate(self._store, connection, self._rules)
        self._token = token(connection)
        self._ledger = Ledger(self._store, self._rules, connection)
        return self._ledger

    def _tell_restated(self) -> None:
        """Figures were counted again without events of their own: everybody has to read them anew."""
        if self._restated:
            self._restated = False
            self._tell(BaseChanged(self._rules.base.version))

    def _tell(self, entry: Changes | BaseChanged) -> None:
        """What is stored is stored: a reader that misses this sees the hole and asks the store."""
        try:
            self._feed.append(entry)
        except FeedError as problem:
            log.warning("the feed was not told: %s", problem)


def _short(changes: Changes) -> Changes:
    """The entry itself, or for a large one an empty entry, a hole that every reader fills from the store."""
    rows = len(changes.cases) + len(changes.tallies) + len(changes.inflow) + len(changes.steps)
    return changes if rows <= TOLD else Changes(changes.last + 1, changes.last)


def _sum(cases: Receipt, fixes: Receipt) -> Receipt:
    return Receipt(
        cases.accepted + fixes.accepted, cases.duplicate + fixes.duplicate, cases.rejected + fixes.rejected, cases.seq
    )
