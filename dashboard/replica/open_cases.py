"""All open cases of the city as columns that follow each change, so that a region's stocks are one mask."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.changes import CaseRow
from dashboard.domain.periods import LocalDays
from dashboard.domain.plane import UNSEEN, Plane
from dashboard.domain.regions import RegionTree
from dashboard.domain.stocks import NEVER, OpenCases

Slots = NDArray[np.intp]
Place = tuple[int, int]
"""Metres of the plane."""
COLUMNS = np.dtype(
    [
        ("node", np.int32),  # -1: slot not in use, or region unknown
        ("accepted", np.int32),  # this and the following as domain.stocks.OpenCases
        ("deadline", np.int64),
        ("stage", np.uint8),
        ("suspended", np.bool_),
        ("supervised", np.bool_),
        ("x", np.int32),  # metres of the plane, UNSEEN without a place
        ("y", np.int32),
    ]
)
_FIRST_CAPACITY = 1024


class CaseTable:
    """Open cases by slot; a slot is reused once its case has left."""

    def __init__(self, tree: RegionTree, days: LocalDays, plane: Plane | None) -> None:
        self._tree, self._days, self._plane = tree, days, plane
        self._slots: dict[str, int] = {}
        self._free: list[int] = []
        self._rows: list[CaseRow | None] = []
        self._columns = _empty(_FIRST_CAPACITY)

    def __len__(self) -> int:
        return len(self._slots)

    def put(self, rows: Iterable[CaseRow]) -> None:
        """Take over cases as they stand: open ones are kept, all others leave."""
        rows = list(rows)
        for row, place in zip(rows, self._places(rows), strict=True):
            if row.open:
                self._keep(row, place)
            else:
                self._drop(row.id)

    def ids(self) -> frozenset[str]:
        """Ids of all open cases."""
        return frozenset(self._slots)

    def inside(self, region: slice) -> Slots:
        """Slots of the open cases of a subtree."""
        node = self._columns["node"]
        return np.flatnonzero((node >= region.start) & (node < region.stop))

    def columns(self, slots: Slots) -> OpenCases:
        """What the stocks of these cases are counted from."""
        cut = self._columns[slots]
        return OpenCases(*(cut[name] for name in OpenCases.__dataclass_fields__))

    def places(self, slots: Slots) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Metres of the plane east and north, ``UNSEEN`` for a case without a place."""
        cut = self._columns[slots]
        return cut["x"], cut["y"]

    def find(self, case: str) -> CaseRow | None:
        """An open case by its id."""
        slot = self._slots.get(case)
        return None if slot is None else self._rows[slot]

    def row(self, slot: int) -> CaseRow:
        """The case of a slot; ``KeyError`` where it is not in use."""
        row = self._rows[slot]
        if row is None:
            raise KeyError(slot)
        return row

    def _keep(self, row: CaseRow, place: Place) -> None:
        slot = self._slots.get(row.id)
        if slot is None:
            slot = self._slots[row.id] = self._take_slot()
        self._rows[slot] = row
        day = self._days.day(row.accepted_at or 0)
        node = self._tree.node(row.region, day)
        if node is None:
            node = self._tree.latest.get(row.region, -1)
        self._columns[slot] = (
            node,
            day,
            NEVER if row.deadline is None or not row.waiting else row.deadline,
            row.stage,
            row.suspended,
            row.supervised_at is not None,
            *place,
        )

    def _places(self, rows: Sequence[CaseRow]) -> Iterable[Place]:
        """Of all rows at once: a start has tens of thousands, and each by itself takes 40 µs."""
        if self._plane is None:
            return [(UNSEEN, UNSEEN)] * len(rows)
        known = [row.lon is not None and row.lat is not None for row in rows]
        degrees = [(row.lon, row.lat) if placed else (0.0, 0.0) for row, placed in zip(rows, known, strict=True)]
        lon, lat = np.array(degrees, np.float64).reshape(-1, 2).T
        metres = (np.where(known, column, UNSEEN).tolist() for column in self._plane.metres(lon, lat))
        return zip(*metres, strict=True)

    def _drop(self, case: str) -> None:
        slot = self._slots.pop(case, None)
        if slot is not None:
            self._rows[slot] = None
            self._columns["node"][slot] = -1
            self._free.append(slot)

    def _take_slot(self) -> int:
        if self._free:
            return self._free.pop()
        if len(self._rows) == len(self._columns):
            self._columns = np.concatenate([self._columns, _empty(len(self._columns))])
        self._rows.append(None)
        return len(self._rows) - 1


def _empty(capacity: int) -> NDArray[np.void]:
    columns = np.zeros(capacity, COLUMNS)
    columns["node"] = -1
    return columns
