"""Open cases at the present: what no tally can hold, because it changes without an event."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, func, select, text
from sqlalchemy import case as when

from dashboard.domain.periods import MINUTE
from dashboard.domain.stocks import STOCKS, Stock
from dashboard.queries.borders import Borders
from dashboard.store import schema

FEW = 500
"""Regions of which a condition may list the codes."""

_case = schema.case.c
_PENDING, _HANDLING, _VERIFYING = 1, 2, 3


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(when((condition, 1), else_=0))


def _overdue(now: int) -> ColumnElement[bool]:
    return and_(_case.handled_at.is_(None), _case.suspended_at.is_(None), _case.deadline < now)


def _within(span: tuple[int, int]) -> ColumnElement[bool]:
    return and_(_case.accepted_at >= span[0], _case.accepted_at < span[1])


def _columns(now: int, soon: int, span: tuple[int, int]) -> list[ColumnElement[Any]]:
    overdue, supervised = _overdue(now), _case.supervised_at.is_not(None)
    due_soon = and_(_case.handled_at.is_(None), _case.suspended_at.is_(None), _case.deadline.between(now, now + soon))
    counts: dict[str, ColumnElement[int]] = {
        "open": func.count(),
        "pending": _count(_case.stage == _PENDING),
        "handling": _count(_case.stage == _HANDLING),
        "verifying": _count(_case.stage == _VERIFYING),
        "suspended": _count(_case.suspended_at.is_not(None)),
        "supervised": _count(supervised),
        "overdue": _count(overdue),
        "overdue_supervised": _count(and_(overdue, supervised)),
        "due_soon": _count(due_soon),
    }
    return [*(counts[name] for name in STOCKS), _count(and_(overdue, _within(span)))]


def stock_of(
    connection: Connection, borders: Borders, region: str, span: tuple[int, int], now: int, soon_minutes: int
) -> tuple[Stock, int]:
    """Stock of a region at ``now``, and how many of its overdue cases were accepted within ``span`` (instants)."""
    columns = _columns(now, soon_minutes * MINUTE, span)
    codes = borders.ever_inside(region)
    if codes is None or len(codes) <= FEW:
        query = select(*columns).where(text(schema.OPEN), borders.inside_sql(region))
        total = [int(n or 0) for n in connection.execute(query).one()]
    else:
        found = _totals(connection, borders, [region], columns)
        total = found.get(region, [0] * len(columns))
    return Stock(*total[:-1]), total[-1]


def overdue_of(connection: Connection, borders: Borders, region: str, span: tuple[int, int], now: int) -> int:
    """Overdue open cases of a region that were accepted within ``span`` (instants)."""
    condition = and_(_overdue(now), _within(span))
    rows = _grouped(connection, borders, [func.count()], condition, lambda codes: region in codes)
    return sum(counts[0] for _, counts in rows)


def stocks_of(
    connection: Connection, borders: Borders, codes: Sequence[str], span: tuple[int, int], now: int, soon_minutes: int
) -> dict[str, tuple[Stock, int]]:
    """What ``stock_of`` tells, of many regions, none inside another; regions without open cases are absent."""
    totals = _totals(connection, borders, codes, _columns(now, soon_minutes * MINUTE, span))
    return {code: (Stock(*total[:-1]), total[-1]) for code, total in totals.items()}


def _totals(
    connection: Connection, borders: Borders, codes: Sequence[str], columns: list[ColumnElement[Any]]
) -> dict[str, list[int]]:
    """Sums over the open cases of each region, by code."""
    epoch, number = borders.epoch_sql(), {code: number for number, code in enumerate(codes)}
    query = select(_case.region, epoch, *columns).where(text(schema.OPEN)).group_by(_case.region, epoch)
    rows = connection.execute(query).all()
    owner = [next((number[code] for code in borders.above(row[0], row[1]) if code in number), -1) for row in rows]
    kept, values = np.array(owner, np.intp), np.array([row[2:] for row in rows], np.int64)
    totals = np.zeros((len(codes), len(columns)), np.int64)
    np.add.at(totals, kept[kept >= 0], values.reshape(-1, len(columns))[kept >= 0])
    return {codes[index]: totals[index].tolist() for index in np.unique(kept[kept >= 0]).tolist()}


def overdue_by_region(
    connection: Connection, borders: Borders, level: int, span: tuple[int, int], now: int
) -> dict[str, int]:
    """Overdue open cases accepted within ``span``, by region code of a level; regions without one are absent."""
    counts: dict[str, int] = {}
    condition = and_(_overdue(now), _within(span))
    latest, levels = borders.tree.latest, borders.tree.level
    for codes, (n,) in _grouped(connection, borders, [func.count()], condition, bool):
        above = next((code for code in codes if levels[latest[code]] == level), None)
        if above is not None:
            counts[above] = counts.get(above, 0) + n
    return counts


def _grouped(
    connection: Connection,
    borders: Borders,
    columns: list[ColumnElement[Any]],
    condition: ColumnElement[bool],
    wanted: Callable[[tuple[str, ...]], bool],
) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    """(codes from the case's region to the root, counts) of each group of open cases that is wanted."""
    epoch = borders.epoch_sql()
    query = select(_case.region, epoch, *columns).where(text(schema.OPEN), condition).group_by(_case.region, epoch)
    for row in connection.execute(query):
        codes = borders.above(row[0], row[1])
        if wanted(codes):
            yield codes, tuple(int(n) for n in row[2:])
