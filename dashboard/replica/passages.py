"""When cases were accepted and closed since yesterday's midnight, for comparisons up to the same time of day."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.changes import CaseRow
from dashboard.domain.regions import RegionTree


@dataclass
class _Times:
    """Times by case, with their columns built again only after a change."""

    by_case: dict[str, tuple[int, int]] = field(default_factory=dict)
    columns: NDArray[np.int64] | None = None

    def set(self, case: str, node: int, at: int | None, since: int) -> None:
        told = None if at is None or at < since else (node, at)
        if self.by_case.get(case) == told:
            return
        self.columns = None
        if told is None:
            self.by_case.pop(case, None)
        else:
            self.by_case[case] = told

    def inside(self, region: slice) -> NDArray[np.int64]:
        if self.columns is None:
            self.columns = np.array(sorted(self.by_case.values()), np.int64).reshape(-1, 2)
        first, last = np.searchsorted(self.columns[:, 0], [region.start, region.stop])
        return np.sort(self.columns[first:last, 1])

    def forget_before(self, since: int) -> None:
        self.by_case = {case: passed for case, passed in self.by_case.items() if passed[1] >= since}
        self.columns = None


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
