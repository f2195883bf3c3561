"""Stocks at one instant by region code, counted from the open cases: what moments and day ends keep."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import LEVELS, STREET, RegionTree
from dashboard.domain.stocks import STOCKS, open_cases, stocks_by_node

KEPT = [STOCKS.index(name) for name in ("open", "suspended", "overdue", "due_soon", "supervised")]
OVERDUE = STOCKS.index("overdue")
GRID = LEVELS.index("grid")


class Stocks:
    """The open cases of one commit. ``codes`` are the regions above the grid, ``streets`` those down to the street."""

    def __init__(self, tree: RegionTree, cases: Iterable[Case], days: LocalDays) -> None:
        self._tree = tree
        self._cases = open_cases([case.row(0) for case in cases], days, self._node)
        self.codes = self._down_to(GRID - 1)
        self.streets = self._down_to(STREET)

    def counts(self, at: int, due_soon: int) -> NDArray[np.int64]:
        """(open, suspended, overdue, due soon, supervised) of ``codes`` at an instant; ``due_soon`` in minutes."""
        found = stocks_by_node(self._cases, at, due_soon, len(self._tree))
        return self.of(self.codes, self._tree.totals(found[:, KEPT]))

    def overdue_of(self, first: int, last: int, at: int) -> NDArray[np.int64]:
        """Cases accepted on the days ``first`` .. ``last`` that are overdue at an instant, of ``streets``."""
        found = stocks_by_node(self._cases.accepted_in(first, last), at, 0, len(self._tree))
        return self.of(self.streets, self._tree.totals(found[:, OVERDUE]))

    def of(self, codes: list[str], by_node: NDArray[np.int64]) -> NDArray[np.int64]:
        """Values of codes out of values of nodes: all versions of a region together."""
        values = by_node[[self._tree.latest[code] for code in codes]]
        for index, code in enumerate(codes):
            for node in self._tree.versions[code][:-1]:
                values[index] += by_node[node]
        return values

    def _node(self, code: str, day: int) -> int:
        found = self._tree.node(code, day)
        return self._tree.latest[code] if found is None else found

    def _down_to(self, level: int) -> list[str]:
        return [code for code, node in self._tree.latest.items() if self._tree.regions[node].level <= level]
