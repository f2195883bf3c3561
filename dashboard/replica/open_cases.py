"""All open cases of the city as columns, so that a region's stocks are one mask."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.changes import CaseRow
from dashboard.domain.periods import LocalDays
from dashboard.domain.plane import UNSEEN, Plane
from dashboard.domain.regions import RegionTree

NO_DEADLINE = np.iinfo(np.int64).max
COLUMNS = np.dtype(
    [
        ("node", np.int32),  # -1: slot not in use, or region unknown
        ("deadline", np.int64),  # NO_DEADLINE where there is none
        ("accepted", np.int32),  # local day of acceptance
        ("waiting", np.bool_),  # unhandled and not suspended: its deadline counts down
        ("suspended", np.bool_),
        ("supervised", np.bool_),
        ("stage", np.int8),  # domain.life_cycle.Stage
        ("x", np.int32),  # metres of the plane, UNSEEN without a place
        ("y", np.int32),
    ]
)
_FIRST_CAPACITY = 1024


class OpenCases:
    """Open cases by slot; a slot is reused once its case has left. ``columns`` may be longer than what is in use."""

    def __init__(self, tree: RegionTree, days: LocalDays, plane: Plane | None) -> None:
        self._tree, self._days, self._plane = tree, days, plane
        self._slots: dict[str, int] = {}
        self._free: list[int] = []
        self.rows: list[CaseRow | None] = []
        self.columns = _empty(_FIRST_CAPACITY)

    def __len__(self) -> int:
        return len(self._slots)

    def put(self, rows: Iterable[CaseRow]) -> None:
        """Take over cases as they stand: open ones are kept, all others leave."""
        for row in rows:
            if row.open:
                self._keep(row)
            else:
                self._drop(row.id)

    def ids(self) -> frozenset[str]:
        """Ids of all open cases."""
        return frozenset(self._slots)

    def inside(self, region: slice) -> NDArray[np.intp]:
        """Slots of the open cases of a subtree."""
        node = self.columns["node"]
        return np.flatnonzero((node >= region.start) & (node < region.stop))

    def row(self, slot: int) -> CaseRow:
        """The case of a slot in use."""
        row = self.rows[slot]
        if row is None:
            raise KeyError(slot)
        return row

    def _keep(self, row: CaseRow) -> None:
        slot = self._slots.get(row.id)
        if slot is None:
            slot = self._slots[row.id] = self._take_slot()
        self.rows[slot] = row
        day = self._days.day(row.accepted_at or 0)
        node = self._tree.node(row.region, day)
        if node is None:
            node = self._tree.latest.get(row.region, -1)
        self.columns[slot] = (
            node,
            NO_DEADLINE if row.deadline is None else row.deadline,
            day,
            row.waiting,
            row.suspended,
            row.supervised_at is not None,
            row.stage,
            *self._place(row),
        )

    def _place(self, row: CaseRow) -> tuple[int, int]:
        if self._plane is None or row.lon is None or row.lat is None:
            return UNSEEN, UNSEEN
        x, y = self._plane.metres(row.lon, row.lat)
        return int(x), int(y)

    def _drop(self, case: str) -> None:
        slot = self._slots.pop(case, None)
        if slot is not None:
            self.rows[slot] = None
            self.columns["node"][slot] = -1
            self._free.append(slot)

    def _take_slot(self) -> int:
        if self._free:
            return self._free.pop()
        if len(self.rows) == len(self.columns):
            self.columns = np.concatenate([self.columns, _empty(len(self.columns))])
        self.rows.append(None)
        return len(self.rows) - 1


def _empty(capacity: int) -> NDArray[np.void]:
    columns = np.zeros(capacity, COLUMNS)
    columns["node"] = -1
    return columns
