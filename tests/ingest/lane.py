"""A whole case lane on a database, for tests: store, memory feed, told clock, ingest."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from dashboard.domain.base import BaseData
from dashboard.domain.changes import CaseRow, Changes, Inflow, TallyRow
from dashboard.feed import START, MemoryFeed
from dashboard.ingest.batch import Batch, Receipt
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.places import Locate
from dashboard.store import Store, open_store
from dashboard.store.base_schema import base_version
from tests.ingest.city import DAY, NOON, SETTINGS, base_data


class Lane:
    """``base`` can be replaced before ``ingest.base_changed``; ``reach`` before a submit."""

    def __init__(self, url: str, locate: Locate | None = None) -> None:
        self.url = url
        self.base: BaseData = base_data()
        self.reach: Callable[[str], None] = lambda step: None
        self.store: Store = open_store(url)
        self.feed = MemoryFeed()
        self.clock = ToldClock(NOON + 40 * DAY)
        self._locate = locate
        self.start()

    def start(self) -> None:
        locate = self._locate
        self.ingest = Ingest(
            self.store, self.feed, SETTINGS, self.clock, lambda: self.base,
            locator=None if locate is None else lambda base: locate, reached=lambda step: self.reach(step),
        )  # fmt: skip

    def restart(self) -> None:
        """What a new process would see: nothing but the database."""
        self.close()
        self.store = open_store(self.url)
        self.feed = MemoryFeed()
        self.start()

    def send(self, *raws: bytes, source: str = "cases") -> Receipt:
        return self.ingest.submit(Batch(source, self.clock.now(), list(raws)))

    def imported(self, base: BaseData) -> None:
        """What an import of another process leaves: rows and their version, and nobody told."""
        self.base = base
        with self.store.write() as connection:
            connection.execute(base_version.update().values(version=base.version))

    def told(self) -> list[Changes]:
        return [entry for _, entry in self.feed.read(START, 0, limit=10_000) if isinstance(entry, Changes)]

    def close(self) -> None:
        self.ingest.close()
        self.store.close()


@contextmanager
def lane(url: str, locate: Locate | None = None) -> Iterator[Lane]:
    made = Lane(url, locate)
    try:
        yield made
    finally:
        made.close()


def figures(store: Store) -> dict[str, Any]:
    """Everything that is derived from events, without the numbers that depend on the order of arrival."""
    with store.read() as connection:
        histogram = connection.exec_driver_sql("SELECT region, period, clock, bin, n FROM histogram WHERE n <> 0").all()
    return projections(store.changes_since(0, 1_000_000)) | {"histogram": sorted(map(tuple, histogram))}


def projections(changes: Changes) -> dict[str, Any]:
    return {
        "cases": {row.id: msgspec.structs.replace(row, seq=0) for row in changes.cases},
        "tallies": {(row.region, row.period): row.counts for row in changes.tallies if any(row.counts)},
        "inflow": {(row.region, row.day, row.dimension, row.key): row.count for row in changes.inflow if row.count},
    }


def merged(entries: Iterable[Changes]) -> dict[str, Any]:
    """What a reader holds who applies entry after entry."""
    cases: dict[str, CaseRow] = {}
    tallies: dict[tuple[str, int], TallyRow] = {}
    inflow: dict[tuple[str, int, str, str], Inflow] = {}
    for entry in entries:
        cases |= {row.id: row for row in entry.cases}
        tallies |= {(row.region, row.period): row for row in entry.tallies}
        inflow |= {(row.region, row.day, row.dimension, row.key): row for row in entry.inflow}
    return projections(Changes(1, 0, list(cases.values()), list(tallies.values()), list(inflow.values())))
