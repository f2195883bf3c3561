"""All indicators of one region and period: counts gathered here, defined in ``domain.indicators``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select, text

from dashboard.domain.histogram import FIRSTS, LONGEST
from dashboard.domain.indicators import INDICATORS, Figures, Indicator, evaluate, figures
from dashboard.domain.indicators import Figure as Evaluated
from dashboard.domain.periods import LocalDays, Period, plus_days
from dashboard.domain.tallies import COLUMN
from dashboard.queries.answers import Equation, Figure
from dashboard.queries.borders import Borders
from dashboard.queries.counting import carried_before, period_keys, sum_region, sum_regions
from dashboard.queries.handling import Handling
from dashboard.queries.kept import Kept
from dashboard.queries.open_stock import overdue_of, stock_of, stocks_of
from dashboard.queries.refolding import Refolded
from dashboard.store import schema

Histogram = Mapping[int, int]


@dataclass(frozen=True)
class Rules:
    """The thresholds that figures depend on: length of 临期 in minutes, the lowest satisfied score."""

    due_soon: int
    satisfied_score: int


def span_of(period: Period, days: LocalDays) -> tuple[int, int]:
    """First instant of a period and the first one after it."""
    return days.start(period.first), days.start(plus_days(period.last, 1))


def stored(connection: Connection, kept: Kept, region: str, period: Period, now: int, rules: Rules) -> Refolded:
    """The figures as the tallies and the open cases give them."""
    borders = kept.borders
    stock, cohort_overdue = stock_of(connection, kept.cases, region, span_of(period, borders.days), now, rules.due_soon)
    handling = _handling_of(connection, kept, [region], period).get(region, Handling())
    return Refolded(
        sum_region(connection, region, period_keys(period)),
        carried_before(connection, region, period),
        stock,
        cohort_overdue,
        _unaccepted(connection, borders, region),
        handling.natural,
        handling.work,
    )


def stored_cohort(
    connection: Connection, kept: Kept, region: str, period: Period, now: int, rules: Rules
) -> Figures:
    """Flows and cohorts of a region alone, without stocks, from stored rows; clock times of whole months only."""
    late = overdue_of(connection, kept.cases, region, span_of(period, kept.borders.days), now)
    natural = kept.handling.of(connection, [region], period.whole_months()).get(region, Handling()).natural
    counts = sum_region(connection, region, period_keys(period)).tolist()
    return figures(counts, late, satisfied_score=rules.satisfied_score, natural=natural)


def stored_below(
    connection: Connection, kept: Kept, codes: Sequence[str], period: Period, now: int, rules: Rules
) -> dict[str, Refolded]:
    """The figures of many regions, none inside another, as the tallies and the open cases give them.

    What is carried over and what is unaccepted is left out.
    """
    found = {code: Refolded(counts) for code, counts in sum_regions(connection, codes, period_keys(period)).items()}
    span = span_of(period, kept.borders.days)
    for code, (stock, late) in stocks_of(connection, kept.cases, codes, span, now, rules.due_soon).items():
        known = found.setdefault(code, Refolded())
        known.stock, known.cohort_overdue = stock, late
    for code, handling in _handling_of(connection, kept, codes, period).items():
        known = found.setdefault(code, Refolded())
        known.natural, known.work = handling.natural, handling.work
    return found


def _handling_of(connection: Connection, kept: Kept, codes: Sequence[str], period: Period) -> dict[str, Handling]:
    months = period.whole_months()
    if months:
        return kept.handling.of(connection, codes, months)
    wanted, minutes = set(codes), dict[str, list[tuple[int, int]]]()
    for region, epoch, *both in _minutes(connection, kept.borders, period):
        for code in wanted.intersection(kept.borders.above(region, epoch)):
            minutes.setdefault(code, []).append((both[0], both[1]))
    return {code: _both_binned(rows) for code, rows in minutes.items()}


def _unaccepted(connection: Connection, borders: Borders, region: str) -> int:
    case = schema.case.c
    query = select(case.region, func.count()).where(text(schema.UNACCEPTED)).group_by(case.region)
    latest = len(borders.changes)
    return sum(int(n) for code, n in connection.execute(query) if borders.lies_in(region, code, latest))


def _minutes(connection: Connection, borders: Borders, period: Period) -> Iterator[Sequence[Any]]:
    """(region, epoch, natural minutes, work minutes) of the handled cases accepted in a period."""
    case, span = schema.case.c, span_of(period, borders.days)
    epoch = borders.epoch_sql()
    query = select(case.region, epoch, case.natural_minutes, case.work_minutes).where(
        case.accepted_at >= span[0],
        case.accepted_at < span[1],
        case.voided_at.is_(None),
        case.natural_minutes.is_not(None),
        case.work_minutes.is_not(None),
    )
    return iter(connection.execute(query))


def _both_binned(rows: Sequence[tuple[int, int]]) -> Handling:
    minutes = np.array(rows, np.int64).reshape(-1, 2)
    return Handling(_binned(minutes[:, 0]), _binned(minutes[:, 1]))


def _binned(minutes: NDArray[np.int64]) -> dict[int, int]:
    index = np.searchsorted(FIRSTS, np.minimum(minutes, LONGEST), side="right") - 1
    found, n = np.unique(index, return_counts=True)
    return dict(zip(found.tolist(), n.tolist(), strict=True))


def evaluated(known: Refolded, presence: Mapping[str, int] | None, rules: Rules) -> list[Figure]:
    """Every indicator over what is known."""
    counts = figures(
        known.counts.tolist(),
        known.cohort_overdue,
        known.stock,
        presence,
        rules.satisfied_score,
        known.natural,
        known.work,
    )
    return [_figure(indicator, evaluate(indicator, counts)) for indicator in INDICATORS]


def _figure(indicator: Indicator, found: Evaluated) -> Figure:
    return Figure(
        indicator.key,
        indicator.zh,
        indicator.en,
        indicator.basis,
        indicator.unit,
        indicator.version,
        found.value,
        found.n,
        found.d,
    )


def equation(known: Refolded) -> Equation:
    """carried + accepted + reopened = closed + voided + open at the end of the period."""
    accepted, reopened, closed, voided = (
        int(known.counts[COLUMN[name]]) for name in ("accepted_flow", "reopened_flow", "closed_flow", "voided_flow")
    )
    end = known.carried + accepted + reopened - closed - voided
    return Equation(known.carried, accepted, reopened, closed, voided, end)


def beside(known: Refolded) -> dict[str, int]:
    """What is counted beside the indicators."""
    names = {
        "voided": "voided",
        "closed_before_accepted": "closed_first",
        "no_deadline": "no_deadline",
        "escalated": "escalated",
    }
    return {"unaccepted": known.unaccepted} | {name: int(known.counts[COLUMN[key]]) for name, key in names.items()}
