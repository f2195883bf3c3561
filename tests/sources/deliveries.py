"""One set of deliveries for every source, and an ingest that keeps what they bring."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from sqlalchemy import select

from dashboard.base_data import apply_rows, load_base_data
from dashboard.base_data.rows import RegionRow
from dashboard.config import Settings
from dashboard.domain.regions import Region
from dashboard.feed import MemoryFeed
from dashboard.ingest.batch import Batch, Receipt
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.store import Store, open_store, schema
from data_sources.imports.cases import cloud_event
from data_sources.source import Source

NOON = 1_790_000_000_000


def event(number: int, step: str = "accepted", **data: object) -> bytes:
    """Event of one step of case ``C<number>``, a second after the one before it."""
    time = NOON + number * 1000 + ("accepted", "handled", "closed").index(step)
    data = {"region": "1", "category": "01", "title": "路灯", **data}
    return cloud_event("/test", f"{number}-{step}", f"case.{step}", f"C{number}", time, data)


EVENTS = [event(n, step) for n in range(30) for step in ("accepted", "handled", "closed")]
"""90 good events."""

DELIVERED = [*EVENTS[:50], EVENTS[3], b"garbage", event(40, region="nowhere"), *EVENTS[50:], EVENTS[0]]
"""With two repeated, one that is no JSON and one of an unknown region."""


class Kept:
    """What ingest stored: identities of events, in order of ``seq``, and the number of quarantined items by reason."""

    def __init__(self, store: Store) -> None:
        with store.read() as connection:
            self.events = [bytes(row[0]) for row in connection.execute(
                select(schema.event.c.uid).order_by(schema.event.c.seq)
            )]
            self.quarantined = sorted(row[0] for row in connection.execute(select(schema.quarantine.c.reason)))


@contextmanager
def ingest(directory: Path) -> Iterator[tuple[Ingest, Store]]:
    """An ingest over a fresh store with one region."""
    store = open_store(f"sqlite:///{directory / 'test.db'}")
    settings = Settings()
    apply_rows(store.engine, "regions", [RegionRow(Region("1", "市", 0))])
    clock = ToldClock(NOON + 3_600_000)
    running = Ingest(store, MemoryFeed(), settings, clock, lambda: load_base_data(store.engine, settings))
    try:
        yield running, store
    finally:
        running.close()
        store.close()


def deliver(source: Source, running: Ingest, until: int, crash_after: int | None = None) -> list[Receipt]:
    """Feed a source until ``until`` items were answered; ``crash_after``: abandon it once so many batches are stored.

    The abandoned batch is stored but not acknowledged: the generator is closed where it stands.
    """
    stop, receipts, answered = Event(), list[Receipt](), 0
    batches: Iterator[Batch] = source.batches(stop)
    for batch in batches:
        receipt = running.submit(batch)
        receipts.append(receipt)
        answered += receipt.accepted + receipt.duplicate + len(receipt.rejected)
        if crash_after is not None and len(receipts) >= crash_after:
            batches.close()  # type: ignore[attr-defined]
            return receipts
        if answered >= until:
            stop.set()
    return receipts
