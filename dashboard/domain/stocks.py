"""Stocks of open cases at one moment: what depends on the present and is therefore counted, never stored.

Two forms that agree: over case rows, and over numpy columns grouped by region node.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.domain.changes import CaseRow
from dashboard.domain.periods import MINUTE, LocalDays


class Stock(msgspec.Struct, frozen=True, gc=False):
    """Open cases at one moment. ``overdue`` and ``due_soon`` are unhandled, not suspended, with a deadline."""

    open: int = 0
    pending: int = 0
    handling: int = 0
    verifying: int = 0
    suspended: int = 0
    supervised: int = 0
    overdue: int = 0
    overdue_supervised: int = 0
    due_soon: int = 0


STOCKS = Stock.__struct_fields__
NEVER = np.iinfo(np.int64).max
"""Deadline of a case that counts down to nothing."""


def overdue(row: CaseRow, now: int) -> bool:
    """Unhandled, not suspended and past its deadline (超期未办结); the deadline itself is still in time."""
    return row.deadline is not None and row.deadline < now and row.waiting


def due_soon(row: CaseRow, now: int, minutes: int) -> bool:
    """Unhandled, not suspended, the deadline within ``minutes`` natural minutes from now (临期)."""
    return row.deadline is not None and now <= row.deadline <= now + minutes * MINUTE and row.waiting


def stock_counts(rows: Iterable[CaseRow], now: int, due_soon_minutes: int = 120) -> Stock:
    """Stock among any case rows; those that are not open count nowhere."""
    counts = dict.fromkeys(STOCKS, 0)
    for row in rows:
        if row.open:
            for name in _flags(row, now, due_soon_minutes):
                counts[name] += 1
    return Stock(**counts)


def _flags(row: CaseRow, now: int, minutes: int) -> list[str]:
    late, watched = overdue(row, now), row.supervised_at is not None
    flags = {
        "open": True,
        _STAGES[row.stage]: True,
        "suspended": row.suspended_at is not None,
        "supervised": watched,
        "overdue": late,
        "overdue_supervised": late and watched,
        "due_soon": due_soon(row, now, minutes),
    }
    return [name for name, holds in flags.items() if holds]


_STAGES = {1: "pending", 2: "handling", 3: "verifying"}


@dataclass(frozen=True)
class OpenCases:
    """Open cases as columns of equal length.

    ``node`` is the region (int32), ``accepted`` the local day of acceptance (int32), ``deadline`` epoch ms or ``NEVER``
    for cases that do not count down (int64), ``stage`` 1-3 (uint8).
    """

    node: NDArray[np.int32]
    accepted: NDArray[np.int32]
    deadline: NDArray[np.int64]
    stage: NDArray[np.uint8]
    suspended: NDArray[np.bool_]
    supervised: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.node)

    def accepted_in(self, first: int, last: int) -> "OpenCases":
        """The part accepted on local days ``first`` .. ``last``: the open cases of a cohort."""
        inside = (self.accepted >= first) & (self.accepted <= last)
        return OpenCases(
            self.node[inside],
            self.accepted[inside],
            self.deadline[inside],
            self.stage[inside],
            self.suspended[inside],
            self.supervised[inside],
        )

    def overdue(self, now: int) -> NDArray[np.bool_]:
        """Which of them are overdue."""
        return self.deadline < now

    def due_soon(self, now: int, minutes: int) -> NDArray[np.bool_]:
        """Which of them are due within ``minutes`` natural minutes."""
        return (self.deadline >= now) & (self.deadline <= now + minutes * MINUTE)


def open_cases(rows: Iterable[CaseRow], days: LocalDays, node: Callable[[str, int], int]) -> OpenCases:
    """Columns of the open ones among the rows; ``node(region code, day of acceptance)`` finds the tree node."""
    kept = [(row, days.day(row.accepted_at)) for row in rows if row.open and row.accepted_at is not None]
    return OpenCases(
        np.array([node(row.region, day) for row, day in kept], np.int32),
        np.array([day for _, day in kept], np.int32),
        np.array([row.deadline if row.waiting and row.deadline is not None else NEVER for row, _ in kept], np.int64),
        np.array([row.stage for row, _ in kept], np.uint8),
        np.array([row.suspended_at is not None for row, _ in kept], np.bool_),
        np.array([row.supervised_at is not None for row, _ in kept], np.bool_),
    )


def stocks_by_node(cases: OpenCases, now: int, due_soon_minutes: int, nodes: int) -> NDArray[np.int64]:
    """Stock of each region's own cases, shape (nodes, len(STOCKS)); ``RegionTree.totals`` sums them up the tree."""
    late = cases.overdue(now)
    columns: Sequence[NDArray[np.bool_]] = (
        np.ones(len(cases), np.bool_),
        cases.stage == 1,
        cases.stage == 2,
        cases.stage == 3,
        cases.suspended,
        cases.supervised,
        late,
        late & cases.supervised,
        cases.due_soon(now, due_soon_minutes),
    )
    return np.stack([np.bincount(cases.node[column], minlength=nodes) for column in columns], axis=1)
