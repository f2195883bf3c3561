"""What is open at one instant: stocks of every region above the grid, counted from the open cases."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import MINUTE, LocalDays
from dashboard.domain.regions import LEVELS, STREET, RegionTree
from dashboard.ingest.counting import Chains

GRID = LEVELS.index("grid")
NEVER = np.iinfo(np.int64).max


class Stocks:
    """The open cases as columns. ``codes`` are the regions of ``counts``, ``streets`` those of ``overdue_of``."""

    def __init__(self, tree: RegionTree, cases: Sequence[Case], days: LocalDays, chains: Chains | None = None) -> None:
        chains = chains or Chains(tree)
        levels = np.array([tree.regions[tree.latest[code]].level for code in chains.codes], np.int32)
        self.codes, self._rows_above = _kept(chains, levels < GRID)
        self.streets, self._rows_streets = _kept(chains, levels <= STREET)
        accepted = [days.day(case.accepted_at or 0) for case in cases]
        numbers = [chains.number(case.region, day) for case, day in zip(cases, accepted, strict=True)]
        self._chains = chains.rows(np.array(numbers, np.int64))
        self._accepted = np.array(accepted, np.int64)
        self._suspended = np.array([case.suspended_at is not None for case in cases], np.bool_)
        self._supervised = np.array([case.supervised_at is not None for case in cases], np.bool_)
        self._deadline = np.array([_waiting_until(case) for case in cases], np.int64)

    def counts(self, at: int, due_soon: int) -> NDArray[np.int32]:
        """(open, suspended, overdue, due soon, supervised) of ``codes`` at an instant; ``due_soon`` in minutes."""
        overdue = self._deadline < at
        soon = ~overdue & (self._deadline <= at + due_soon * MINUTE)
        everything = np.ones(len(overdue), np.bool_)
        columns = (everything, self._suspended, overdue, soon, self._supervised)
        return np.stack([self._sum(column, self._rows_above, len(self.codes)) for column in columns], axis=1)

    def overdue_of(self, first: int, last: int, at: int) -> NDArray[np.int32]:
        """Cases accepted on the days ``first`` .. ``last`` that are overdue at an instant, of ``streets``."""
        cohort = (self._accepted >= first) & (self._accepted <= last)
        return self._sum(cohort & (self._deadline < at), self._rows_streets, len(self.streets))

    def _sum(self, chosen: NDArray[np.bool_], rows: NDArray[np.int32], size: int) -> NDArray[np.int32]:
        own = rows[self._chains[chosen]].ravel()
        return np.bincount(own[own >= 0], minlength=size).astype(np.int32)


def _kept(chains: Chains, kept: NDArray[np.bool_]) -> tuple[list[str], NDArray[np.int32]]:
    """Codes that are kept, and the row among them of each row of all (-1: not kept; the last stands for "no row")."""
    rows = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1).astype(np.int32)
    return [code for code, keep in zip(chains.codes, kept.tolist(), strict=True) if keep], rows


def _waiting_until(case: Case) -> int:
    if case.deadline is None or case.handled_at is not None or case.suspended_at is not None:
        return int(NEVER)
    return case.deadline
