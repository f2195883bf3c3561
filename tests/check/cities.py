"""A small city with a real store behind a real ingest, for the tests of figures."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dashboard.base_data.applying import apply_rows
from dashboard.base_data.loading import load_base_data
from dashboard.base_data.rows import RegionRow, WorkerRow
from dashboard.config import Settings
from dashboard.domain.base import Category
from dashboard.domain.events import CaseEvent
from dashboard.domain.regions import Region
from dashboard.feed.memory import MemoryFeed
from dashboard.ingest.batch import Batch, Receipt
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.store import Store

SETTINGS = Settings()
REGIONS = [
    Region("c", "城", 0),
    Region("d1", "东区", 1, "c"),
    Region("d2", "西区", 1, "c"),
    Region("s1", "一街", 2, "d1"),
    Region("s2", "二街", 2, "d2"),
    Region("m1", "社区", 3, "s1"),
    Region("r1", "格一", 4, "m1", valid_to=20261015),
    Region("r1", "格一", 4, "s2", valid_from=20261016),
    Region("r2", "格二", 4, "s2"),
]
CATEGORIES = [
    Category("natural", "自然时限", limit_minutes=600),
    Category("work", "工作时限", "natural", "part", 420, "work"),
    Category("free", "无时限"),
]


class City:
    """Store, ingest and clock of one data directory."""

    def __init__(self, url: str, now: int) -> None:
        self.store = Store(url)
        apply_rows(self.store.engine, "regions", [RegionRow(region) for region in REGIONS])
        apply_rows(self.store.engine, "categories", CATEGORIES)
        apply_rows(self.store.engine, "workers", [WorkerRow("W1", "王", "r1"), WorkerRow("W2", "李", "r2")])
        self.base = load_base_data(self.store.engine, SETTINGS)
        self.clock = ToldClock(now)
        self.ingest = Ingest(self.store, MemoryFeed(), SETTINGS, self.clock, lambda: self.base)

    def send(self, raws: Iterable[bytes]) -> Receipt:
        return self.ingest.submit(Batch("test", self.clock.now(), list(raws)))


@contextmanager
def city(directory: Path, now: int) -> Iterator[City]:
    with city_at(f"sqlite:///{directory / 'yiping.db'}", now) as found:
        yield found


@contextmanager
def city_at(url: str, now: int) -> Iterator[City]:
    found = City(url, now)
    try:
        yield found
    finally:
        found.ingest.close()
        found.store.close()


def raws(number: int, stream: Sequence[CaseEvent]) -> list[bytes]:
    """The events of a stream as JSON of case ``C{number}``."""
    return [_raw(number, event) for event in stream]


def _raw(number: int, event: CaseEvent) -> bytes:
    envelope = json.loads(event.raw)
    envelope["subject"] = f"C{number}"
    envelope["id"] = f"{number}:{envelope['id']}"
    return json.dumps(envelope).encode()
