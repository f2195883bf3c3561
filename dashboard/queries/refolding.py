"""Figures that no stored row holds, added up from single cases.

For parts of a month below the street the cases are those that the tallies were counted from; for a past cut-off their
events are folded again: the fold is pure, so the same rules up to another number give any past moment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec
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

MOST_CASES = 100_000
"""More than these are not folded for one question."""

_unpack = msgspec.msgpack.Decoder(Case).decode

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


def counted_cases(
    connection: Connection, borders: Borders, region: str = "", since: int = 0, unit: str = ""
) -> Iterator[Case]:
    """Cases as they were counted in the tallies, with a step at or after ``since`` (epoch ms).

    ``region`` narrows them to those that lay in it when they were accepted (those without acceptance: that lie in it),
    ``unit`` to those of a handling unit.
    """
    query = select(schema.case.c.fold).where(schema.case.c.last_at >= since)
    if unit:
        query = query.where(schema.case.c.unit == unit)
    if region:
        query = query.where(borders.inside_sql(region))
    for row in connection.execute(query):
        yield _unpack(row[0])


def past_cases(connection: Connection, base: BaseData, borders: Borders, region: str, seq: int) -> list[Case]:
    """Cases of a region folded from the events up to ``seq``.

    Cases that a correction has moved out of the region since are not among them.
    """
    ids = _case_ids(connection, borders.ever_inside(region))
    context = context_of(base, borders.days)
    folded = (fold(events, context) for events in _events(connection, ids, seq))
    return [case for case in folded if borders.lies_in(region, case.region, _epoch(case, borders))]


def add_up_by_region(
    cases: Iterable[Case], borders: Borders, level: int, period: Period, now: int, soon_minutes: int
) -> dict[str, Refolded]:
    """The figures of a period at an instant, by region code of a level; regions without cases are absent."""
    latest, levels = borders.tree.latest, borders.tree.level
    grouped: dict[str, list[Case]] = {}
    for case in cases:
        codes = borders.above(case.region, _epoch(case, borders))
        above = next((code for code in codes if levels[latest[code]] == level), None)
        if above is not None:
            grouped.setdefault(above, []).append(case)
    return {code: add_up(found, borders.days, period, now, soon_minutes) for code, found in grouped.items()}


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


def _events(connection: Connection, ids: list[str], seq: int) -> Iterator[list[CaseEvent]]:
    by_case: dict[str, list[CaseEvent]] = {}
    rows = select_in(connection, "SELECT seq, case_id, region, raw FROM event WHERE case_id IN {}", ids)
    for number, case_id, region, raw in rows:
        event = parse(raw.encode()) if number <= seq else None
        if isinstance(event, CaseEvent):
            event.region = region
            by_case.setdefault(case_id, []).append(event)
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
