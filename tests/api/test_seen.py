from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

from dashboard.api.seen import Seen
from dashboard.domain.base import BaseData, Workers
from dashboard.domain.regions import Region, RegionTree


class StandingReplica:
    """Live state that does not move."""

    def __init__(self, base: BaseData, states: list[int]) -> None:
        self._state = SimpleNamespace(base=base, workers=SimpleNamespace(state=np.array(states, np.uint8)))

    def listen(self, hear: Any) -> None:
        pass

    @contextmanager
    def reading(self) -> Iterator[Any]:
        yield self._state


def test_presence_is_counted_by_home() -> None:
    tree = RegionTree([Region("c", "城", 0), Region("a", "甲", 1, "c"), Region("b", "乙", 1, "c")])
    people = Workers(tuple("12345"), home=np.array([1, 1, 1, 2, 2], np.int32))
    base = BaseData(1, tree, workers=people)
    seen = Seen(StandingReplica(base, [1, 1, 2, 3, 0]))  # type: ignore[arg-type]
    assert seen.presence("c") == {"off": 1, "moving": 2, "still": 1, "silent": 1}
    assert seen.presence("b") == {"off": 1, "moving": 0, "still": 0, "silent": 1}
    assert seen.presence("elsewhere") is None
    assert Seen(StandingReplica(base, [])).presence("c") is None  # type: ignore[arg-type]
