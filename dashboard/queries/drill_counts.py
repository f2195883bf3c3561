"""The counts behind all indicators, summed over cases of the extract: the same definitions from another source."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.histogram import BINS, FIRSTS, LONGEST
from dashboard.domain.indicators import Figures, figures
from dashboard.domain.periods import MINUTE, Period
from dashboard.domain.stocks import STOCKS, Stock
from dashboard.domain.tallies import COHORT, COLUMN, FLOW
from dashboard.extract import View
from dashboard.extract.conditions import Test
from dashboard.extract.months import UNKNOWN, Columns
from dashboard.queries.drill_where import Condition
from dashboard.queries.refolding import Refolded

_BALANCE = "accepted_flow + reopened_flow - closed_flow - voided_flow"
_FLOWS = ", ".join(f"sum({name})" for name in FLOW)
_STOCK = {
    "open": "count(*)",
    "pending": "count(*) FILTER (stage = 1)",
    "handling": "count(*) FILTER (stage = 2)",
    "verifying": "count(*) FILTER (stage = 3)",
    "suspended": "count(*) FILTER (suspended)",
    "supervised": "count(*) FILTER (supervised)",
    "overdue": "count(*) FILTER (waiting < $now)",
    "overdue_supervised": "count(*) FILTER (waiting < $now AND supervised)",
    "due_soon": "count(*) FILTER (waiting BETWEEN $now AND $soon)",
}
_FIRST_FLOW = COLUMN[FLOW[0]]
_BIN_OF = (np.searchsorted(FIRSTS, np.arange(LONGEST + 1), side="right") - 1).astype(np.int16)
"""Bin by whole minutes: looked up ten times as fast as searched for."""


@dataclass(frozen=True)
class Moment:
    """The present (epoch ms) and the length of 临期 in minutes."""

    now: int
    soon: int

    def put(self, query: str) -> str:
        """A query with ``$now`` and ``$soon`` filled in; both are numbers of our own."""
        return query.replace("$now", str(int(self.now))).replace("$soon", str(int(self.now + self.soon * MINUTE)))


def gather(view: View, where: Condition, period: Period, at: Moment, by: str = "0") -> dict[int, Refolded]:
    """Counts by a column (a region's number), or of everything under 0; what has nothing may be absent."""
    found: dict[int, Refolded] = {} if by != "0" else {0: Refolded()}
    cohort = view.cases(period, where.tests)
    _add_cohort(found, cohort, at, by)
    _add_flows(found, view, where, period, by)
    _add_stock(found, view, where, at, by)
    for clock in ("natural", "work"):
        _add_minutes(found, cohort, clock, by)
    return found


def gather_scored(view: View, where: Condition, period: Period, at: Moment, by: str) -> dict[int, Refolded]:
    """Flows and cohorts by a column, all that a score is made of; what has nothing may be absent."""
    found: dict[int, Refolded] = {}
    _add_cohort(found, view.cases(period, where.tests), at, by)
    _add_flows(found, view, where, period, by)
    return found


def gather_one(view: View, where: Condition, period: Period, at: Moment) -> Refolded:
    """All counts of one selection, also those that are told beside the indicators."""
    known = gather(view, where, period, at)[0]
    known.unaccepted = int(view.rows(f"SELECT count(*) FROM cases WHERE stage = 0 AND {where.sql}", where.values)[0][0])
    # every case that came in and did not go out is open, so what was open before is what is open less what came since
    later = f"SELECT coalesce(sum({_BALANCE}), 0) FROM flows WHERE on_day >= ? AND {where.sql}"
    known.carried = known.stock.open - int(view.rows(later, (period.first, *where.values))[0][0])
    return known


def gather_cohort(view: View, where: Condition, period: Period, at: Moment, satisfied_score: int) -> Figures:
    """Flows and cohorts of one selection, without stocks and work time."""
    found = {0: Refolded()}
    cohort = view.cases(period, where.tests)
    _add_cohort(found, cohort, at, "0")
    _add_flows(found, view, where, period, "0")
    _add_minutes(found, cohort, "natural", "0")
    known = found[0]
    counts, late = known.counts.tolist(), known.cohort_overdue
    return figures(counts, late, satisfied_score=satisfied_score, natural=known.natural)


def binned(table: NDArray[np.int64]) -> dict[int, int]:
    """Rows of (minutes, count) as bins of ``domain.histogram``."""
    counts = np.bincount(_bins(table[:, 0]), table[:, 1]).astype(np.int64)
    return {index: int(counts[index]) for index in np.flatnonzero(counts).tolist()}


def _bins(minutes: NDArray[np.integer]) -> NDArray[np.int16]:
    found: NDArray[np.int16] = _BIN_OF[np.minimum(minutes, LONGEST)]
    return found


def accepted_in(period: Period, where: Condition) -> Condition:
    """Narrowed to the cohort of a period, void cases included."""
    accepted = Test("day", "between", (period.first, period.last))
    return Condition((accepted.sql, *where.parts), where.values, (accepted, *where.known))


def _add_cohort(found: dict[int, Refolded], cohort: Columns, at: Moment, by: str) -> None:
    groups, place = _groups(cohort, by)
    sums = [np.bincount(place, cohort[name], len(groups)) for name in COHORT]
    late = np.bincount(place, cohort["waiting"] < at.now, len(groups)).astype(int).tolist()
    for group, counts, overdue in zip(groups, np.stack(sums, axis=1).astype(np.int64), late, strict=True):
        known = found.setdefault(group, Refolded())
        known.counts[: len(COHORT)] = counts
        known.cohort_overdue = overdue


def _groups(cohort: Columns, by: str) -> tuple[list[int], NDArray[np.intp]]:
    """The groups of the cases, and which of them each case is in."""
    if by == "0":
        return [0], np.zeros(len(cohort["day"]), np.intp)
    numbers = cohort[by].astype(np.intp) + 1  # regions that are not known have -1
    groups = np.flatnonzero(np.bincount(numbers))
    place = np.zeros(int(groups[-1]) + 1 if len(groups) else 0, np.intp)
    place[groups] = np.arange(len(groups))
    return (groups - 1).tolist(), place[numbers]


def _add_flows(found: dict[int, Refolded], view: View, where: Condition, period: Period, by: str) -> None:
    query = f"SELECT {by}, {_FLOWS} FROM flows WHERE on_day BETWEEN ? AND ? AND {where.sql} GROUP BY ALL"
    for group, *sums in _grouped(view, query, (period.first, period.last, *where.values)):
        found.setdefault(group, Refolded()).counts[_FIRST_FLOW:] = sums


def _add_stock(found: dict[int, Refolded], view: View, where: Condition, at: Moment, by: str) -> None:
    counts = ", ".join(_STOCK[name] for name in STOCKS)
    query = f"SELECT {by}, {counts} FROM {view.open_cases} WHERE stage BETWEEN 1 AND 3 AND {where.sql} GROUP BY ALL"
    for group, *sums in _grouped(view, at.put(query), where.values):
        found.setdefault(group, Refolded()).stock = Stock(*map(int, sums))


def _add_minutes(found: dict[int, Refolded], cohort: Columns, clock: str, by: str) -> None:
    passed = (cohort["accepted"] == 1) & (cohort["natural_minutes"] != UNKNOWN) & (cohort["work_minutes"] != UNKNOWN)
    groups, place = _groups(cohort, by)
    bins = _bins(cohort[f"{clock}_minutes"][passed])
    counts = np.bincount(place[passed] * BINS + bins)
    cells = np.flatnonzero(counts)
    bounds = np.searchsorted(cells, np.arange(len(groups) + 1) * BINS).tolist()
    table = list(zip((cells % BINS).tolist(), counts[cells].tolist(), strict=True))
    for group, first, last in zip(groups, bounds[:-1], bounds[1:], strict=True):
        if first < last:
            getattr(found.setdefault(group, Refolded()), clock).update(table[first:last])


def _grouped(view: View, query: str, values: Sequence[object]) -> Iterable[tuple[Any, ...]]:
    """Rows whose sums are known: without a group there is one row even over nothing."""
    return (row for row in view.rows(query, values) if row[1] is not None)


def by_code(found: Mapping[int, Refolded], codes: Sequence[str]) -> dict[str, Refolded]:
    """Counts by region code instead of number."""
    return {codes[number]: known for number, known in found.items() if number >= 0}
