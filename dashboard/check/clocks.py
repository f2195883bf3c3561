"""Deadlines and durations of judged cases in arrays: the limit of the category, moved by suspensions on its clock."""

import numpy as np
from numpy.typing import NDArray

from dashboard.check.facts import Facts
from dashboard.check.judging import Ints, Judged, Mask, Pauses
from dashboard.check.ledger import NONE, Ledger
from dashboard.check.work_table import WorkTable

MINUTE = 60_000
_MORE = 10
"""Years beyond the last instant that a limit may reach."""


class Clocks:
    """Work time of a city, and the limit of each category by text number on its clock."""

    def __init__(self, facts: Facts, ledger: Ledger) -> None:
        self._facts = facts
        numbers = [ledger.number(code) for code in facts.categories.code]
        self._limit = np.full(max(numbers, default=0) + 1, NONE, np.int64)
        self._works = np.zeros(len(self._limit), np.bool_)
        self._works[numbers] = (facts.categories.clock == "work").to_numpy(bool)
        limits = facts.categories.limit_minutes.astype("Int64") * MINUTE
        self._limit[numbers] = limits.fillna(NONE).to_numpy(np.int64)
        self._years = (0, 0)
        self._table = self._counted(1970, 1970)

    def _counted(self, first: int, last: int) -> WorkTable:
        self._years = (first, last)
        return WorkTable(self._facts.zone, self._facts.duty, self._facts.workdays, first, last)

    def cover(self, judged: Judged) -> WorkTable:
        """A table that reaches over every instant of these cases and what is counted on from there."""
        known = [judged.columns[name] for name in ("accepted_at", "handled_at", "due")]
        instants = np.concatenate([column[column != NONE] for column in known])
        if len(instants):
            first, last = (_year(int(each)) for each in (instants.min(), instants.max()))
            if first - 1 < self._years[0] or last + _MORE > self._years[1]:
                both = (min(first - 1, self._years[0]), max(last + _MORE, self._years[1]))
                self._table = self._counted(*(both if self._years[0] > 1970 else (first - 1, last + _MORE)))
        return self._table

    def limit_of(self, category: Ints) -> Ints:
        """Limits of categories, ``NONE`` where there is none."""
        known = category < len(self._limit)
        return np.where(known, self._limit[np.where(known, category, 0)], NONE)

    def works_of(self, category: Ints) -> Mask:
        """Which categories count work time."""
        known = category < len(self._works)
        return known & self._works[np.where(known, category, 0)]

    def moved(self, start: Ints, begin: Ints, end: Ints, works: Mask) -> Ints:
        """Instants later by the length of a span on a clock."""
        worked = self._table.later(start, self._table.worked(end) - self._table.worked(begin))
        return np.where(works, worked, start + end - begin)


def _year(instant: int) -> int:
    return 1970 + instant // 31_556_952_000


def deadlines(judged: Judged, clocks: Clocks) -> Ints:
    """The deadline of each case, ``NONE`` where it has none."""
    due, category, accepted = (judged.columns[name] for name in ("due", "category", "accepted_at"))
    table = clocks.cover(judged)
    limit, works = clocks.limit_of(category), clocks.works_of(category)
    own = np.where(works, table.later(accepted, np.where(limit == NONE, 0, limit)), accepted + limit)
    found = np.where(due != NONE, due, np.where(limit == NONE, NONE, own))
    for batch in _in_turn(_counting(judged)):
        some = batch.case[found[batch.case] != NONE]
        rows = np.flatnonzero(found[batch.case] != NONE)
        known = np.where(due[some] != NONE, batch.category[rows], category[some])
        found[some] = clocks.moved(found[some], batch.started[rows], batch.ended[rows], clocks.works_of(known))
    return found


def _counting(judged: Judged) -> Pauses:
    """Pauses that move a deadline: those that ended after it was given."""
    pauses, columns = judged.pauses, judged.columns
    kept = (columns["due"][pauses.case] == NONE) | (pauses.turn > columns["due_turn"][pauses.case])
    return _some(pauses, np.flatnonzero(kept))


def _some(pauses: Pauses, rows: NDArray[np.intp]) -> Pauses:
    return Pauses(*(column[rows] for column in (
        pauses.case, pauses.turn, pauses.started, pauses.ended, pauses.category
    )))  # fmt: skip


def _in_turn(pauses: Pauses) -> list[Pauses]:
    """The first pause of each case, then the second of those that have one, and so on."""
    if not len(pauses.case):
        return []
    first = np.ones(len(pauses.case), np.bool_)
    first[1:] = np.diff(pauses.case) != 0
    begin = np.flatnonzero(first)[np.cumsum(first) - 1]
    number = np.arange(len(first)) - begin
    return [_some(pauses, np.flatnonzero(number == n)) for n in range(int(number.max()) + 1)]


def minutes(judged: Judged, clocks: Clocks) -> tuple[Mask, Ints, Ints]:
    """(which cases have durations, whole minutes on the natural and on the work clock)."""
    accepted, handled = judged.columns["accepted_at"], judged.columns["handled_at"]
    timed = (handled != NONE) & (handled >= accepted)
    end, table = np.where(timed, handled, accepted), clocks.cover(judged)
    work = table.worked(end) - table.worked(accepted)
    pauses = judged.pauses
    counted = pauses.turn <= judged.columns["handled_turn"][pauses.case]
    length = table.worked(pauses.ended) - table.worked(pauses.started)
    np.subtract.at(work, pauses.case[counted], length[counted])
    return timed, (end - accepted) // MINUTE, work // MINUTE
