"""What the replica of this process has seen, as the API tells it."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from dashboard.api.services import LiveWorkers, Vitals
from dashboard.domain.base import BaseData
from dashboard.domain.changes import Entry, Tick
from dashboard.domain.frames import MOVING, STILL
from dashboard.domain.raster import RasterIndex
from dashboard.replica.replica import Replica
from dashboard.replica.state import State

_PRESENCE = ("off", "moving", "still", "silent")
"""States 0 to 3 of a frame."""


class Seen:
    """Listens to a replica. Ages are of real time."""

    def __init__(self, replica: Replica, rasters: Callable[[BaseData], RasterIndex]) -> None:
        self._replica, self._rasters, self._seq = replica, rasters, 0
        self._ticked: float | None = None
        replica.listen(self._hear)

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry, Tick):
            self._ticked, self._seq = time.monotonic(), entry.seq

    def vitals(self, screens: int, ingest_alive: bool = True, warnings: Sequence[str] = ()) -> Vitals:
        """How this process is; ``screens`` are connected."""
        age = None if self._ticked is None else time.monotonic() - self._ticked
        with self._replica.reading() as state:
            lag = max(0, self._seq - state.seq)
            return Vitals(state.seq, state.workers.slab, age, ingest_alive, lag, screens, list(state.sources), warnings)

    def presence(self, region: str) -> dict[str, int] | None:
        """Workers of a region by presence (names: ``domain.indicators.PRESENCE``); None before the first frame."""
        with self._replica.reading() as state:
            tree, people, shown = state.base.tree, state.base.workers, state.workers.state
            node = tree.node(region)
            if node is None or len(shown) != len(people):
                return None
            count = np.bincount(shown[people.inside(tree, node)], minlength=len(_PRESENCE)).tolist()
            here = self._here(state, node)
        return {**dict(zip(_PRESENCE, count, strict=True)), "here": here}

    def _here(self, state: State, node: int) -> int:
        """Workers online whose place is in the region, whatever region is their own."""
        online = np.isin(state.workers.state, (MOVING, STILL))
        lon, lat = state.plane.degrees(state.workers.x[online], state.workers.y[online])
        nodes = self._rasters(state.base).locate(lon, lat)
        return int(np.count_nonzero((nodes >= node) & (nodes < state.base.tree.end[node])))

    def workers(self) -> LiveWorkers:
        """Where the workers are."""
        with self._replica.reading() as state:
            frame = state.workers
            lon, lat = state.plane.degrees(frame.x, frame.y)
            return LiveWorkers(frame.state.copy(), lon, lat)
