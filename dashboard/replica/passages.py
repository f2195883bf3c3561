"""When cases were accepted and closed since yesterday's midnight, for comparisons up to the same time of day."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.changes import CaseRow
from dashboard.domain.regions import RegionTree

Passed = tuple[int, int]
"""A tree node, and when a case of it passed."""
FEW = 64
"""Changes put into their places one by one: sorting 20,000 cases anew takes 200 times as long as one of them."""


@dataclass
class _Times:
    """Times by case; ``columns`` are their nodes and times in order, shape (2, n), None before they are asked for."""

    by_case: dict[str, Passed] = field(default_factory=dict)
    columns: NDArray[np.int64] | None = None
    changes: list[tuple[Passed | None, Passed | None]] = field(default_factory=list)

    def set(self, case: str, node: int, at: int | None, since: int) -> None:
        told = None if at is None or at < since else (node, at)
        before = self.by_case.get(case)
        if before == told:
            return
        self._note(before, told)
        if told is None:
            self.by_case.pop(case, None)
        else:
            self.by_case[case] = told

    def _note(self, before: Passed | None, told: Passed | None) -> None:
        if self.columns is not None:
            self.changes.append((before, told))
        if len(self.changes) > FEW:
            self._forget_order()

    def _forget_order(self) -> None:
        self.columns = None
        self.changes.clear()

    def inside(self, region: slice) -> NDArray[np.int64]:
        nodes, times = self._settled()
        first, last = np.searchsorted(nodes, [region.start, region.stop])
        return np.sort(times[first:last])

    def _settled(self) -> NDArray[np.int64]:
        if self.columns is None:
            rows = np.array(list(self.by_case.values()), np.int64).reshape(-1, 2)
            self.columns = np.ascontiguousarray(rows[np.lexsort((rows[:, 1], rows[:, 0]))].T)
        else:
            for before, told in self.changes:
                self.columns = _replaced(self.columns, before, told)
        self.changes.clear()
        return self.columns

    def forget_before(self, since: int) -> None:
        self.by_case = {case: passed for case, passed in self.by_case.items() if passed[1] >= since}
        self._forget_order()


def _replaced(columns: NDArray[np.int64], before: Passed | None, told: Passed | None) -> NDArray[np.int64]:
    if before is not None:
        columns = np.delete(columns, _place(columns, before), axis=1)
    return columns if told is None else np.insert(columns, _place(columns, told), told, axis=1)


def _place(columns: NDArray[np.int64], passed: Passed) -> int:
    """Where a time stands or belongs."""
    first, last = np.searchsorted(columns[0], [passed[0], passed[0] + 1])
    return int(first + np.searchsorted(columns[1, first:last], passed[1]))


class Passages:
    """Acceptance and closing times (epoch ms) of cases since an instant, by region."""

    def __init__(self, tree: RegionTree, since: int) -> None:
        self._tree, self._since = tree, since
        self._accepted = _Times()
        self._closed = _Times()

    def put(self, rows: Iterable[CaseRow]) -> None:
        """Take over cases as they stand; void ones keep their acceptance, which happened."""
        for row in rows:
            node = self._tree.latest.get(row.region, -1)
            self._accepted.set(row.id, node, row.accepted_at, self._since)
            self._closed.set(row.id, node, row.closed_at, self._since)

    def accepted(self, region: slice) -> NDArray[np.int64]:
        """Acceptance times inside a subtree, ascending."""
        return self._accepted.inside(region)

    def closed(self, region: slice) -> NDArray[np.int64]:
        """Closing times of closed cases inside a subtree, ascending."""
        return self._closed.inside(region)

    def forget_before(self, since: int) -> None:
        """Drop what happened before ``since`` (epoch ms)."""
        self._since = since
        self._accepted.forget_before(since)
        self._closed.forget_before(since)
