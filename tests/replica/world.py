"""A small city that lives in a real store and feed: events go in through ingest, the clock is told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import shapely

from dashboard.base_data import apply_rows, load_base_data
from dashboard.base_data.rows import MetricRow, RegionRow, WorkerRow
from dashboard.config import Settings
from dashboard.domain.changes import Positions, Tick
from dashboard.domain.frames import Delta, FrameState, Keyframe, difference, encode
from dashboard.feed import POSITIONS, MemoryFeed
from dashboard.ingest.batch import Batch, Receipt
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.ticker import Ticker
from dashboard.replica.replica import Replica
from dashboard.store import open_store
from tests.ingest.city import CATEGORIES, GRIDS, NOON, REGIONS

WORKERS = 8


def box(number: int) -> bytes:
    """A square of about a kilometre."""
    west = 112.0 + 0.01 * number
    return bytes(shapely.to_wkb(shapely.box(west, 28.0, west + 0.01, 28.01)))


class World:
    """Everything behind a screen. ``replica`` is fed by hand with ``flow``."""

    def __init__(self, directory: Path, now: int = NOON, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(city_zh="宁川市", city_en="Ningchuan", demo=True)
        self.store = open_store(f"sqlite:///{directory / 'city.db'}")
        self.import_base()
        self.feed = MemoryFeed()
        self.clock = ToldClock(now)
        self.ingest = Ingest(
            self.store, self.feed, self.settings, self.clock, lambda: load_base_data(self.store.engine, self.settings)
        )
        self.ticker = Ticker(self.store, self.feed, self.ingest, self.settings)
        self.ticker.tick()
        self.known = FrameState()
        self.replica = self.fresh()

    def import_base(self) -> None:
        shapes = {code: box(number) for number, code in enumerate(GRIDS)}
        apply_rows(self.store.engine, "regions", [RegionRow(region, shapes.get(region.code)) for region in REGIONS])
        apply_rows(self.store.engine, "categories", list(CATEGORIES.values()))
        people = [WorkerRow(f"W{n}", f"网格员{n}", GRIDS[n % len(GRIDS)]) for n in range(WORKERS)]
        apply_rows(self.store.engine, "workers", people)
        metrics = [("persons.registered", 900.0, None), ("persons.floating", 100.0, None), ("accuracy", 0.98, 50)]
        rows = [MetricRow(region, key, 20261016, n, sample) for region in ("C", "A") for key, n, sample in metrics]
        apply_rows(self.store.engine, "metrics", [*rows, MetricRow("C", "tasks.visit", 20261016, 7, 9)])

    def fresh(self) -> Replica:
        """A replica of its own, started from the store as it is now."""
        return Replica(self.store, self.feed, self.settings)

    def submit(self, events: Iterable[bytes]) -> Receipt:
        return self.ingest.submit(Batch("test", self.clock.now(), list(events)))

    def tick(self, at: int) -> Tick:
        self.clock.tell(at)
        return self.ticker.tick()

    def stand(self, slab: int, x: list[int], y: list[int], state: list[int]) -> None:
        """Workers stand there at a slab: a keyframe the first time, deltas after it."""
        columns = np.array(x, np.int32), np.array(y, np.int32), np.array(state, np.uint8)
        time = self.clock.now()
        frame: Keyframe | Delta = difference(self.known, *columns, slab, time) if len(self.known) else Keyframe(
            slab, time, self.ingest.base.version, *columns, np.zeros(len(x), np.uint8)
        )
        self.known.apply(frame)
        self.feed.append(Positions(slab, time, isinstance(frame, Keyframe), encode(frame)), POSITIONS)

    def flow(self, replica: Replica | None = None) -> Replica:
        """Bring a replica to the end of the feed."""
        replica = replica or self.replica
        replica.catch_up()
        return replica

    def close(self) -> None:
        self.ingest.close()
        self.feed.close()
        self.store.close()


@contextmanager
def world(directory: Path, now: int = NOON, settings: Settings | None = None) -> Iterator[World]:
    made = World(directory, now, settings)
    try:
        yield made
    finally:
        made.close()
