"""All indicators of one region and period: counts gathered here, defined in ``domain.indicators``."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from dashboard.domain.histogram import FIRSTS, LONGEST
from dashboard.domain.indicators import INDICATORS, Indicator, evaluate, figures
from dashboard.domain.indicators import Figure as Evaluated
from dashboard.domain.periods import LocalDays, Period, plus_days
from dashboard.domain.tallies import COLUMN
from dashboard.queries.answers import Equation, Figure
from dashboard.queries.borders import Borders
from dashboard.queries.counting import carried_before, period_keys, sum_histogram, sum_region
from dashboard.queries.open_stock import stock_of
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


def stored(connection: Connection, borders: Borders, region: str, period: Period, now: int, rules: Rules) -> Refolded:
    """The figures as the tallies and the open cases give them."""
    span = span_of(period, borders.days)
    stock, cohort_overdue = stock_of(connection, borders, region, span, now, rules.due_soon)
    natural, work = _histograms(connection, borders, region, period)
    return Refolded(
        sum_region(connection, region, period_keys(period)),
        carried_before(connection, region, period),
        stock,
        cohort_overdue,
        _unaccepted(connection, borders, region),
        natural,
        work,
    )


def _unaccepted(connection: Connection, borders: Borders, region: str) -> int:
    case = schema.case.c
    query = (
        select(case.region, func.count())
        .where(case.accepted_at.is_(None), case.voided_at.is_(None))
        .group_by(case.region)
    )
    latest = len(borders.changes)
    return sum(int(n) for code, n in connection.execute(query) if borders.lies_in(region, code, latest))


def _histograms(
    connection: Connection, borders: Borders, region: str, period: Period
) -> tuple[dict[int, int], dict[int, int]]:
    months = period.whole_months()
    if months:
        natural, work = (sum_histogram(connection, region, months, clock) for clock in ("natural", "work"))
        return natural, work
    case, span = schema.case.c, span_of(period, borders.days)
    epoch = borders.epoch_sql()
    query = select(case.region, epoch, case.natural_minutes, case.work_minutes).where(
        case.accepted_at >= span[0],
        case.accepted_at < span[1],
        case.voided_at.is_(None),
        case.natural_minutes.is_not(None),
        case.work_minutes.is_not(None),
    )
    rows = [(row[2], row[3]) for row in connection.execute(query) if region in borders.above(row[0], row[1])]
    minutes = np.array(rows, np.int64).reshape(-1, 2)
    return _binned(minutes[:, 0]), _binned(minutes[:, 1])


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
