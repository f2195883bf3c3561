"""The way in for everything: a batch is checked, folded, stored, told to the feed, and only then acknowledged."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.events import BadEvent
from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import LocalDays
from dashboard.feed import Feed
from dashboard.ingest.batch import Batch, Receipt, Rejection
from dashboard.ingest.case_writer import CaseWriter
from dashboard.ingest.clock import Clock
from dashboard.ingest.group_commit import GROUP, Delivery, GroupCommit
from dashboard.ingest.items import ACCEPTED, DUPLICATE, garbage_item, read_item, waiting_item
from dashboard.ingest.places import Locate
from dashboard.ingest.rules import Rules
from dashboard.ingest.source_book import SourceBook
from dashboard.store import Store

LANE = "cases"


class PositionLane(Protocol):
    """Takes the fixes of a batch."""

    def submit(self, batch: Batch) -> Receipt:
        """Store them; returns when they are durable."""
        ...


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
        self._store, self._settings, self._clock = store, settings, clock
        self._load, self._locator, self._positions = load, locator, positions
        self.sources = sources or SourceBook()
        self.days = LocalDays(settings.zone)
        self._writer = CaseWriter(store, feed, self._read_rules, reached)
        self._commits = GroupCommit(self._writer.commit)

    @property
    def alive(self) -> bool:
        """Whether the writer runs."""
        return self._commits.alive

    @property
    def base(self) -> BaseData:
        """Base data as events are judged by it now."""
        return self._writer.rules.base

    @property
    def clock(self) -> Clock:
        """The clock of the data directory."""
        return self._clock

    def submit(self, batch: Batch) -> Receipt:
        """Store a batch and say what became of it, after the commit.

        ``StoreError`` where the database is away: then nothing is acknowledged, and the batch can be sent again whole.
        """
        deliveries = self._deliver(batch)
        receipt = _receipt(deliveries)
        if deliveries or batch.fixes is None:
            self._note(batch, receipt, deliveries)
        if batch.fixes is not None and self._positions is not None:
            return _sum(receipt, self._positions.submit(batch))
        return receipt

    def open_cases(self) -> list[Case]:
        """All open cases as they stand after the last commit."""
        return self._writer.open_cases()

    def base_changed(self) -> None:
        """Read base data again, tell everybody, and try what was refused because its region was unknown."""
        self._writer.base_changed()
        with self._store.read() as connection:
            waiting = self._store.waiting(connection, ("unknown_region",))
        items = [waiting_item(number, kept) for number, kept in waiting]
        for delivery in [self._commits.put(items[start : start + GROUP]) for start in range(0, len(items), GROUP)]:
            delivery.wait()

    def close(self) -> None:
        """Commit what waits and stop the writer; a batch that comes later is refused with ``StoreError``."""
        self._commits.close()

    def _read_rules(self) -> Rules:
        base = self._load()
        return Rules.of(base, self.days, self._locator(base) if self._locator else None)

    def _deliver(self, batch: Batch) -> list[Delivery]:
        """Parse in the caller's thread, slice by slice, while the writer is already at work on the first."""
        now, tolerance = self._clock.now(), self._settings.rules.future_tolerance
        deliveries = []
        for start in range(0, len(batch.events), GROUP):
            rows = slice(start, start + GROUP)
            raws = batch.events[rows]
            arrivals = batch.arrivals[rows] or [batch.received] * len(raws)
            items = [
                read_item(raw, batch.source, received, now, tolerance)
                for raw, received in zip(raws, arrivals, strict=True)
            ]
            deliveries.append(self._commits.put(items))
        if batch.garbage:
            garbage = [garbage_item(raw, reason, batch.source, batch.received) for raw, reason in batch.garbage]
            deliveries.append(self._commits.put(garbage))
        return deliveries

    def _note(self, batch: Batch, receipt: Receipt, deliveries: Sequence[Delivery]) -> None:
        times = [item.event.time for delivery in deliveries for item in delivery.items if item.event is not None]
        self.sources.arrived(
            batch.source, LANE, batch.received, event_time=max(times, default=None), accepted=receipt.accepted,
            duplicate=receipt.duplicate, rejected=Counter(rejection.reason for rejection in receipt.rejected),
            waited=batch.waited,
        )  # fmt: skip


def _receipt(deliveries: Sequence[Delivery]) -> Receipt:
    """What became of the items of all deliveries, numbered through; waits for them."""
    outcomes = [outcome for delivery in deliveries for outcome in delivery.wait()]
    rejected = tuple(
        Rejection(index, outcome.reason, outcome.detail)
        for index, outcome in enumerate(outcomes)
        if isinstance(outcome, BadEvent)
    )
    seq = max((delivery.seq for delivery in deliveries), default=0)
    return Receipt(outcomes.count(ACCEPTED), outcomes.count(DUPLICATE), rejected, seq)


def _sum(cases: Receipt, fixes: Receipt) -> Receipt:
    return Receipt(
        cases.accepted + fixes.accepted, cases.duplicate + fixes.duplicate, cases.rejected + fixes.rejected, cases.seq
    )
