"""Counters of cohorts and flows by any column of the extract, and what corrections add to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from dashboard.domain.indicators import Figures, figures
from dashboard.domain.periods import Period
from dashboard.domain.regions import LEVELS
from dashboard.domain.tallies import COHORT, COUNTERS, FLOW
from dashboard.extract import View
from dashboard.queries.drill_counts import accepted_in
from dashboard.queries.drill_where import Condition
from dashboard.reports.snapshot import Correction, Cut

OVERDUE = "overdue_cohort"
COUNTED = (*COUNTERS, OVERDUE)
Counts = dict[str, int]
"""A number for each name of ``COUNTED``."""

_COHORT = ", ".join(f"sum({name})" for name in COHORT)
_FLOWS = ", ".join(f"sum({name})" for name in FLOW)
_DESCRIBED = (*(f"l{level}" for level in range(len(LEVELS))), "unit", "category", "main", "channel", "kind", "hour")


def counts_by(view: View, where: Condition, period: Period, cut: Cut, by: str = "0") -> dict[int, Counts]:
    """Counters of a period by a column (``l2``, ``unit``), of everything under 0; groups without any are absent."""
    found: dict[int, Counts] = {}
    cohort, late = accepted_in(period, where), f"count(*) FILTER (waiting < {int(cut.time)})"
    query = f"SELECT {by}, {_COHORT}, {late} FROM cases WHERE {cohort.sql} GROUP BY ALL HAVING count(*) > 0"
    _add(found, view.rows(query, cohort.values), (*COHORT, OVERDUE))
    query = f"SELECT {by}, {_FLOWS} FROM flows WHERE on_day BETWEEN ? AND ? AND {where.sql} GROUP BY ALL"
    values = (period.first, period.last, *where.values)
    _add(found, view.rows(f"{query} HAVING count(*) > 0", values), FLOW)
    return found


def _add(found: dict[int, Counts], rows: Iterable[Sequence[int]], names: Sequence[str]) -> None:
    for group, *sums in rows:
        counts = found.setdefault(int(group), nothing())
        counts.update(zip(names, map(int, sums), strict=True))


def nothing() -> Counts:
    """Counters of no case at all."""
    return dict.fromkeys(COUNTED, 0)


def known_of(counts: Mapping[str, int], satisfied_score: int, extended: int | None = None) -> Figures:
    """Figures that indicators and scores are evaluated over."""
    found = figures([counts[name] for name in COUNTERS], counts[OVERDUE], satisfied_score=satisfied_score)
    return found if extended is None else Figures({**found.counts, "extended": extended})


@dataclass(frozen=True)
class Corrected:
    """A correction and where its case counts: numbers of ``_DESCRIBED`` columns."""

    correction: Correction
    of: Mapping[str, int]


def corrected_in(view: View, where: Condition, corrections: Sequence[Correction]) -> list[Corrected]:
    """The corrections whose case a condition holds for, in order of case."""
    found: list[Corrected] = []
    for one in sorted(corrections, key=lambda one: (one.case, one.appeal)):
        wanted = where.also("id = ?", one.case)
        query = f"SELECT {', '.join(_DESCRIBED)} FROM cases WHERE {wanted.sql}"
        for row in view.rows(query, wanted.values):
            numbers = (-1 if number is None else int(number) for number in row)
            found.append(Corrected(checked(one), dict(zip(_DESCRIBED, numbers, strict=True))))
    return found


def checked(correction: Correction) -> Correction:
    """The correction with its changes in order; ``ValueError`` where one is of no counter."""
    if unknown := set(correction.changes) - set(COUNTED):
        raise ValueError(f"the correction of {correction.case} changes {', '.join(sorted(unknown))}: no such counter")
    return msgspec.structs.replace(correction, changes=dict(sorted(correction.changes.items())))


def correct(counts: dict[int, Counts], corrected: Iterable[Corrected], by: str) -> None:
    """Add what corrections change to the counters by a column (``0``: of everything)."""
    for one in corrected:
        group = one.of[by] if by != "0" else 0
        into = counts.setdefault(group, nothing())
        for name, n in one.correction.changes.items():
            into[name] += n
