"""A small invented city for the position lane: two districts side by side, four workers, and a lane over SQLite."""

import numpy as np

from dashboard.config import Settings
from dashboard.domain.base import BaseData, Ring, Workers
from dashboard.domain.fixes import Fixes
from dashboard.domain.plane import Plane
from dashboard.domain.regions import Region, RegionTree
from dashboard.feed import POSITIONS, START
from dashboard.feed.memory import MemoryFeed
from dashboard.ingest.batch import Batch
from dashboard.ingest.positions import PositionLane
from dashboard.store.store import Store

NOW = 1_790_000_000_000
PLANE = Plane(113.1, 27.8)
TREE = RegionTree([Region("c", "c", 0), Region("w", "w", 1, "c"), Region("e", "e", 1, "c")])
EAST, WEST = 1, 2  # depth-first order is by code


def square(west, east):
    return (Ring(np.array([[west, 27.7], [east, 27.7], [east, 27.9], [west, 27.9], [west, 27.7]])),)


GEOMETRY = {WEST: square(113.0, 113.1), EAST: square(113.1, 113.2)}


def base_data(ids=("a", "b", "c", "d"), homes=(EAST, EAST, WEST, WEST), version=1, **more):
    workers = Workers(tuple(ids), home=np.array(homes, np.int32), slots={id_: slot for slot, id_ in enumerate(ids)})
    return BaseData(version, TREE, GEOMETRY, workers, **more)


def fixes(*rows, crs="wgs84"):
    """Rows (worker, ms after NOW, metres east, metres north)."""
    worker, time, x, y = zip(*rows, strict=True) if rows else ((), (), (), ())
    lon, lat = PLANE.degrees(x, y)
    return Fixes(np.array(worker, object), NOW + np.array(time, np.int64), lon, lat, crs)


def batch(*rows, source="test", after=0):
    return Batch(source, NOW + after, fixes=fixes(*rows))


class Lane:
    """A lane with what stands around it."""

    def __init__(self, directory, base=None, settings=None, feed=None):
        self.store = Store(f"sqlite:///{directory / 'lane.db'}")
        self.feed = feed or MemoryFeed()
        self.lane = PositionLane(self.store, self.feed, settings or Settings(), base or base_data(), PLANE)

    def told(self):
        return [entry for _, entry in self.feed.read(START, 0, POSITIONS)]

    def stored(self):
        """All stored fixes as (key, ms after NOW), in the order they were stored."""
        slabs = self.lane._slabs.after(0)
        return [(int(k), int(t) - NOW) for s in slabs for k, t in zip(s.track.key, s.track.time, strict=True)]

    def close(self):
        self.store.close()
