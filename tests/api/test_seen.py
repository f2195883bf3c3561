from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

from dashboard.api.seen import Seen
from dashboard.domain.base import BaseData, Ring, Workers
from dashboard.domain.plane import Plane
from dashboard.domain.raster_build import raster_of
from dashboard.domain.regions import Region, RegionTree


class StandingReplica:
    """Live state that does not move."""

    def __init__(self, base: BaseData, states: list[int]) -> None:
        shown = SimpleNamespace(
            state=np.array(states, np.uint8), x=np.arange(len(states)) * 1000, y=np.zeros(len(states), np.int32)
        )
        self._state = SimpleNamespace(base=base, workers=shown, plane=Plane(113.0, 34.0))

    def listen(self, hear: Any) -> None:
        pass

    @contextmanager
    def reading(self) -> Iterator[Any]:
        yield self._state


def box(west: float, east: float) -> Ring:
    return Ring(np.array([(west, 33.0), (east, 33.0), (east, 35.0), (west, 35.0), (west, 33.0)]))


def test_presence_is_counted_by_home_and_by_place() -> None:
    tree = RegionTree([Region("c", "城", 0), Region("a", "甲", 1, "c"), Region("b", "乙", 1, "c")])
    people = Workers(tuple("12345"), home=np.array([1, 1, 1, 2, 2], np.int32))
    base = BaseData(1, tree, {1: (box(113.005, 114.0),), 2: (box(112.0, 113.005),)}, people)
    seen = Seen(StandingReplica(base, [1, 1, 2, 3, 0]), raster_of)  # type: ignore[arg-type]
    assert seen.presence("c") == {"off": 1, "moving": 2, "still": 1, "silent": 1, "here": 3}
    assert seen.presence("b") == {"off": 1, "moving": 0, "still": 0, "silent": 1, "here": 1}
    assert seen.presence("elsewhere") is None
    assert Seen(StandingReplica(base, []), raster_of).presence("c") is None  # type: ignore[arg-type]
