"""The counters of every region and period, changed by differences and told as absolute rows.

A difference of one case touches five levels and two kinds of period; done row by row in Python that would cost more
than all else together. So the running periods are held as dense arrays (regions x counters) and a whole group of
differences is added at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.changes import TallyRow
from dashboard.domain.contributions import Contributions
from dashboard.domain.regions import STREET, RegionTree
from dashboard.domain.tallies import WIDTH

Read = Callable[[int], list[TallyRow]]
"""Stored rows of one period."""

KEPT = 100
"""Periods of each kind held in memory; the ones used longest ago go first."""

DEEPEST = 8
"""More levels than any tree of regions has."""


class Chains:
    """Which rows a region counts in: itself and all above it, as the borders stood on a day. Rows are region codes."""

    def __init__(self, tree: RegionTree) -> None:
        self._tree = tree
        self.codes = list(tree.versions)
        self._row = {code: row for row, code in enumerate(self.codes)}
        levels = [tree.regions[tree.latest[code]].level for code in self.codes]
        self.shallow = np.array(levels, np.int32) <= STREET
        self._versions = len(tree.latest) != len(tree)
        self._numbers: dict[tuple[str, int], int] = {}
        self._above: list[tuple[str, ...]] = []
        self._above_street: list[tuple[str, ...]] = []
        self._rows = np.full((0, DEEPEST), -1, np.int32)

    def number(self, code: str, day: int) -> int:
        """A number for the chain of a region on a day, to be looked up in ``rows``."""
        key = (code, day if self._versions else 0)
        found = self._numbers.get(key)
        return self._numbered(code, day, key) if found is None else found

    def above(self, code: str, day: int) -> tuple[str, ...]:
        """Codes of the region and all above it on a day; the latest borders where it was not valid then."""
        return self._above[self.number(code, day)]

    def above_street(self, code: str, day: int) -> tuple[str, ...]:
        """Of ``above`` the streets and what is over them."""
        return self._above_street[self.number(code, day)]

    def _numbered(self, code: str, day: int, key: tuple[str, int]) -> int:
        found = self._numbers[key] = len(self._numbers)
        above = self._climb(code, day)
        self._above.append(above)
        self._above_street.append(tuple(name for name in above if self.shallow[self._row[name]]))
        if found == len(self._rows):
            self._rows = np.concatenate([self._rows, np.full((max(256, found), DEEPEST), -1, np.int32)])
        self._rows[found, : len(above)] = [self._row[name] for name in above]
        return found

    def _climb(self, code: str, day: int) -> tuple[str, ...]:
        node = self._tree.node(code, day)
        if node is None:
            node = self._tree.latest[code]
        return tuple(self._tree.regions[n].code for n in self._tree.chain(node, day))

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.int32]:
        """Rows of chains, (len(numbers), DEEPEST), -1 beyond the root."""
        return self._rows[numbers]


class _Rows:
    """One kind of period: which of all rows it keeps, and the arrays of the periods in memory."""

    def __init__(self, chains: Chains, kept: NDArray[np.bool_]) -> None:
        self.codes = [code for code, keep in zip(chains.codes, kept.tolist(), strict=True) if keep]
        self._own = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1).astype(np.int32)
        self._row = {code: row for row, code in enumerate(self.codes)}
        self._counts: dict[int, NDArray[np.int32]] = {}

    def own(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Rows of this kind for rows of all; -1 where it keeps none."""
        return self._own[rows]

    def of(self, period: int, read: Read) -> NDArray[np.int32]:
        """Counters of a period, (len(codes), WIDTH), to be changed in place."""
        counts = self._counts.pop(period, None)
        if counts is None:
            counts = np.zeros((len(self.codes), WIDTH), np.int32)
            for stored in read(period):
                if stored.region in self._row:
                    counts[self._row[stored.region]] = stored.counts
        self._counts[period] = counts
        while len(self._counts) > KEPT:
            del self._counts[next(iter(self._counts))]
        return counts


@dataclass(frozen=True, slots=True)
class _Noted:
    """Differences as columns: row of each level (n, DEEPEST), period, counter, amount."""

    rows: NDArray[np.int32]
    periods: NDArray[np.int64]
    columns: NDArray[np.int64]
    amounts: NDArray[np.int32]

    def of(self, period: int) -> "_Noted":
        """The differences of one period."""
        own = self.periods == period
        return _Noted(self.rows[own], self.periods[own], self.columns[own], self.amounts[own])


class Counting:
    """Adds differences of cases and names the rows that changed. Not thread-safe; one writer owns it."""

    def __init__(self, tree: RegionTree) -> None:
        self.chains = Chains(tree)
        self._months = _Rows(self.chains, np.ones(len(self.chains.codes), np.bool_))
        self._days = _Rows(self.chains, self.chains.shallow)
        self._noted: list[tuple[int, int, int, int]] = []

    def add(self, code: str, accepted: int, changes: Contributions, sign: int = 1) -> None:
        """Note what a case of a region, accepted on a day, adds to (day, column)."""
        number = self.chains.number(code, accepted)
        self._noted += [(number, day, column, sign * amount) for (day, column), amount in changes.items()]

    def settle(self, read: Read) -> list[TallyRow]:
        """Add everything noted and return the changed rows as they stand now; ``read`` brings periods not in memory."""
        if not self._noted:
            return []
        numbers, days, columns, amounts = np.array(self._noted, np.int64).T
        self._noted = []
        rows = self.chains.rows(numbers)
        by_day = _Noted(self._days.own(rows), days, columns, amounts.astype(np.int32))
        by_month = _Noted(rows, days // 100, columns, by_day.amounts)
        return _settled(self._days, by_day, read) + _settled(self._months, by_month, read)


def _settled(kind: _Rows, noted: _Noted, read: Read) -> list[TallyRow]:
    changed: list[TallyRow] = []
    for period in np.unique(noted.periods).tolist():
        counts = kind.of(period, read)
        net = _net(noted.of(period), counts.shape)
        counts += net
        touched = np.flatnonzero(net.any(axis=1))
        values = zip(touched.tolist(), counts[touched].tolist(), strict=True)
        changed += [TallyRow(kind.codes[row], period, numbers) for row, numbers in values]
    return changed


def _net(noted: _Noted, shape: tuple[int, ...]) -> NDArray[np.int32]:
    """The sum of differences for each row and counter."""
    net = np.zeros(shape, np.int32)
    for level in range(DEEPEST):
        rows = noted.rows[:, level]
        kept = rows >= 0
        np.add.at(net, (rows[kept], noted.columns[kept]), noted.amounts[kept])
    return net
