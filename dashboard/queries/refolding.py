"""Figures that no stored row holds, by folding the events of the cases again.

Used for parts of a month below the street, and for past cut-offs: the fold is pure, so the same rules up to another
number give any past moment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from dashboard.domain.base import BaseData
from dashboard.domain.changes import CaseRow
from dashboard.domain.contributions import contributions, durations
from dashboard.domain.events import CaseEvent, parse
from dashboard.domain.life_cycle import Case, Context, fold
from dashboard.domain.periods import LocalDays, Period
from dashboard.domain.stocks import Stock, overdue, stock_counts
from dashboard.domain.tallies import COLUMN, WIDTH
from dashboard.domain.work_time import WorkClock
from dashboard.queries.borders import Borders
from dashboard.queries.errors import Refused
from dashboard.store import schema
from dashboard.store.bulk import select_in
from dashboard.store.rows import EVENT_COLUMNS, EventRow

MOST_CASES = 100_000
"""More than these are not folded for one question."""

_SIGNS = {"accepted_flow": 1, "reopened_flow": 1, "closed_flow": -1, "voided_flow": -1}
_BALANCE = {COLUMN[name]: sign for name, sign in _SIGNS.items()}


@dataclass
class Refolded:
    """What the folded cases of a region add up to, as ``counting`` and ``open_stock`` give it from stored rows."""

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(WIDTH, np.int64))
    carried: int = 0
    stock: Stock = field(default_factory=Stock)
    cohort_overdue: int = 0
    unaccepted: int = 0
    natural: dict[int, int] = field(default_factory=dict)
    work: dict[int, int] = field(default_factory=dict)


def context_of(base: BaseData, days: LocalDays) -> Context:
    """What the fold needs to know of the base data in force."""
    return Context(WorkClock(days, base.duty_hours, base.workdays), base.categories)


def fold_region(connection: Connection, base: BaseData, borders: Borders, region: str, seq: int | None) -> list[Case]:
    """Cases that lay in a region when they were accepted (those without acceptance: now), by events up to ``seq``."""
    ids = _case_ids(connection, borders.ever_inside(region))
    context = context_of(base, borders.days)
    folded = (fold(events, context) for events in _events(connection, ids, seq))
    return [case for case in folded if region in borders.above(case.region, _epoch(case, borders))]


def _epoch(case: Case, borders: Borders) -> int:
    if case.accepted_at is None:
        return len(borders.changes)
    return borders.epoch(borders.days.day(case.accepted_at))


def _case_ids(connection: Connection, codes: list[str] | None) -> list[str]:
    if codes is None:
        found = [row[0] for row in connection.execute(select(schema.case.c.id).limit(MOST_CASES + 1))]
    else:
        found = [row[0] for row in select_in(connection, 'SELECT id FROM "case" WHERE region IN {}', codes)]
    if len(found) > MOST_CASES:
        raise Refused(f"more than {MOST_CASES} cases would have to be folded: ask for a smaller region", "region")
    return found


def _events(connection: Connection, ids: list[str], seq: int | None) -> Iterator[list[CaseEvent]]:
    columns = ",".join(EVENT_COLUMNS)
    by_case: dict[str, list[CaseEvent]] = {}
    for values in select_in(connection, f"SELECT {columns} FROM event WHERE case_id IN {{}}", ids):
        row = EventRow(*values)
        event = parse(row.raw.encode()) if seq is None or row.seq <= seq else None
        if isinstance(event, CaseEvent):
            event.region = row.region
            by_case.setdefault(row.case_id, []).append(event)
    return iter(by_case.values())


def add_up(cases: Iterable[Case], days: LocalDays, period: Period, now: int, soon_minutes: int) -> Refolded:
    """The figures of a period at an instant."""
    result, rows = Refolded(), []
    for case in cases:
        _add_counts(result, case, days, period)
        _add_durations(result, case, days, period)
        rows.append(case.row(0))
    result.stock = stock_counts(rows, now, soon_minutes)
    result.unaccepted = sum(row.accepted_at is None and row.voided_at is None for row in rows)
    result.cohort_overdue = sum(overdue(row, now) and _accepted_in(row, days, period) for row in rows)
    return result


def _add_counts(result: Refolded, case: Case, days: LocalDays, period: Period) -> None:
    for (day, column), n in contributions(case, days).items():
        if period.first <= day <= period.last:
            result.counts[column] += n
        elif day < period.first:
            result.carried += _BALANCE.get(column, 0) * n


def _add_durations(result: Refolded, case: Case, days: LocalDays, period: Period) -> None:
    found = durations(case, days)
    if found is not None and period.first <= found[0] <= period.last:
        _increment(result.natural, found[1])
        _increment(result.work, found[2])


def _increment(counts: dict[int, int], index: int) -> None:
    counts[index] = counts.get(index, 0) + 1


def _accepted_in(row: CaseRow, days: LocalDays, period: Period) -> bool:
    return row.accepted_at is not None and period.first <= days.day(row.accepted_at) <= period.last
