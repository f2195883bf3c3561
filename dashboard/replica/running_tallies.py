"""Counters of the periods that are still moving, as dense arrays in tree order."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.changes import TallyRow
from dashboard.domain.regions import STREET, RegionTree
from dashboard.domain.tallies import WIDTH

Counts = NDArray[np.int32]


class RunningTallies:
    """Absolute counters by period. Months cover every node, days the nodes down to the street.

    Rows of a period before the window are of no interest to a live screen and are dropped.
    """

    def __init__(self, tree: RegionTree, oldest_month: int, oldest_day: int) -> None:
        self._tree = tree
        self._oldest = (oldest_month, oldest_day)
        self._upper = np.full(len(tree), -1, np.int32)
        upper = np.flatnonzero(tree.level <= STREET)
        self._upper[upper] = np.arange(len(upper), dtype=np.int32)
        self._months: dict[int, Counts] = {}
        self._days: dict[int, Counts] = {}
        self._uppers = len(upper)
        self._versions: Counter[int] = Counter()

    def put(self, rows: Iterable[TallyRow]) -> None:
        """Take over absolute rows; unknown regions, periods before the window and counters of a newer program are left
        out: those stand behind the known ones."""
        latest = self._tree.latest
        for row in rows:
            node = latest.get(row.region)
            if node is None:
                continue
            if row.period < 1_000_000:
                if row.period >= self._oldest[0]:
                    self.month(row.period)[node] = row.counts[:WIDTH]
            elif row.period >= self._oldest[1] and self._upper[node] >= 0:
                self._day(row.period)[self._upper[node]] = row.counts[:WIDTH]
                self._versions[node] += 1

    def month(self, month: int) -> Counts:
        """Counters of a month, shape (nodes, WIDTH)."""
        found = self._months.get(month)
        if found is None:
            found = self._months[month] = np.zeros((len(self._tree), WIDTH), np.int32)
        return found

    def of_day(self, day: int, node: int) -> Counts | None:
        """Counters of one region and day, shape (WIDTH,); None below the street, where days are not kept."""
        if not self.kept_by_day(node):
            return None
        rows = self._days.get(day)
        return np.zeros(WIDTH, np.int32) if rows is None else rows[self._upper[node]]

    def version(self, node: int) -> int:
        """A number that grows whenever a day of the region may have changed."""
        return self._versions[node]

    def kept_by_day(self, node: int) -> bool:
        """Whether the store counts days for this region."""
        return bool(self._upper[node] >= 0)

    def forget_before(self, month: int, day: int) -> None:
        """Move the window: drop older periods."""
        self._oldest = (month, day)
        self._months = {key: rows for key, rows in self._months.items() if key >= month}
        self._days = {key: rows for key, rows in self._days.items() if key >= day}

    def _day(self, day: int) -> Counts:
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = np.zeros((self._uppers, WIDTH), np.int32)
        return found
