"""The history a live screen compares itself with: stocks of a day, month-to-date counters at two midnights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.regions import RegionTree
from dashboard.store.clock_tables import DayEnd, Moment
from dashboard.store.schema import STOCKS

_OVERDUE = STOCKS.index("overdue")
_MOVING = STOCKS.index("moving")
_STILL = STOCKS.index("still")


@dataclass(frozen=True)
class DayEndCounts:
    """Month-to-date counters at the end of a day by node: ``counts`` (tallies order) and the cohort's ``overdue``."""

    day: int
    rows: dict[int, tuple[NDArray[np.int32], int]]


def day_end_counts(day: int, rows: Sequence[DayEnd], tree: RegionTree) -> DayEndCounts | None:
    """Rows of the store by node of the present tree; None where the system kept nothing of that day."""
    if not rows:
        return None
    placed = ((tree.latest.get(row.region), row) for row in rows)
    return DayEndCounts(
        day, {node: (np.array(row.counts, np.int32), row.overdue) for node, row in placed if node is not None}
    )


class Moments:
    """Overdue cases and workers online by region, every ten minutes of the last day or so."""

    def __init__(self, tree: RegionTree) -> None:
        self._tree = tree
        self._nodes: dict[tuple[str, ...], NDArray[np.intp]] = {}
        self._times: list[int] = []
        self._stocks: list[NDArray[np.int32]] = []

    @property
    def last(self) -> int | None:
        """Time of the newest moment (epoch ms)."""
        return self._times[-1] if self._times else None

    def add(self, moments: Sequence[Moment]) -> None:
        """Take over moments in order of time; those at or before the newest one are known already."""
        for moment in moments:
            if self.last is None or moment.time > self.last:
                self._times.append(moment.time)
                self._stocks.append(self._placed(moment))

    def forget_before(self, time: int) -> None:
        """Drop moments before an instant."""
        while self._times and self._times[0] < time:
            del self._times[0], self._stocks[0]

    def overdue(self, node: int, since: int) -> list[list[int]]:
        """``[[time, overdue cases], ...]`` of a region from ``since`` on; a moment without the region is left out."""
        return self._series(node, 0, since)

    def online(self, node: int, since: int) -> list[list[int]]:
        """``[[time, workers online], ...]`` of a region from ``since`` on."""
        return self._series(node, 1, since)

    def _series(self, node: int, column: int, since: int) -> list[list[int]]:
        stocks = zip(self._times, self._stocks, strict=True)
        told = ((time, int(rows[node, column])) for time, rows in stocks if time >= since and node < len(rows))
        return [[time, count] for time, count in told if count >= 0]

    def _placed(self, moment: Moment) -> NDArray[np.int32]:
        nodes = self._nodes.get(moment.codes)
        if nodes is None:
            latest = self._tree.latest
            nodes = self._nodes[moment.codes] = np.array([latest.get(code, -1) for code in moment.codes], np.intp)
        known = nodes >= 0
        placed = np.full((int(nodes.max(initial=-1)) + 1, 2), -1, np.int32)
        online = moment.counts[:, _MOVING] + moment.counts[:, _STILL]
        placed[nodes[known]] = np.column_stack([moment.counts[:, _OVERDUE], online])[known]
        return placed
