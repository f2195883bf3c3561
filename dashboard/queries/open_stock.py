"""Open cases at the present: what no tally can hold, because it changes without an event."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Connection, and_, bindparam, func, or_, select, text, true
from sqlalchemy import case as when

from dashboard.domain.periods import MINUTE
from dashboard.domain.stocks import STOCKS, Stock
from dashboard.queries.borders import Borders
from dashboard.store import schema

FEW = 500
"""Regions of which a condition may list the codes."""

_case = schema.case.c
_PENDING, _HANDLING, _VERIFYING = 1, 2, 3


_NOW, _SOON = bindparam("now", type_=BigInteger), bindparam("soon", type_=BigInteger)
_FIRST, _LAST = bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)
_WAITING = and_(_case.handled_at.is_(None), _case.suspended_at.is_(None))
_OVERDUE = and_(_WAITING, _case.deadline < _NOW)
_WITHIN = and_(_case.accepted_at >= _FIRST, _case.accepted_at < _LAST)
_SUPERVISED = _case.supervised_at.is_not(None)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(when((condition, 1), else_=0))


_COUNTS: dict[str, ColumnElement[int]] = {
    "open": func.count(),
    "pending": _count(_case.stage == _PENDING),
    "handling": _count(_case.stage == _HANDLING),
    "verifying": _count(_case.stage == _VERIFYING),
    "suspended": _count(_case.suspended_at.is_not(None)),
    "supervised": _count(_SUPERVISED),
    "overdue": _count(_OVERDUE),
    "overdue_supervised": _count(and_(_OVERDUE, _SUPERVISED)),
    "due_soon": _count(and_(_WAITING, _case.deadline.between(_NOW, _SOON))),
}
_COLUMNS = [*(_COUNTS[name] for name in STOCKS), _count(and_(_OVERDUE, _WITHIN))]
"""The columns of a ``Stock``, and the overdue cases of a cohort; built once, building takes longer than asking."""


def _numbers(now: int, soon_minutes: int, span: tuple[int, int]) -> dict[str, int]:
    return {"now": now, "soon": now + soon_minutes * MINUTE, "first": span[0], "last": span[1]}


def _listed(borders: Borders, codes: Sequence[str]) -> ColumnElement[bool] | None:
    """Condition of cases that lay in one of these regions; None where it would have to list too many codes."""
    listed = 0
    for code in codes:
        inside = borders.ever_inside(code)
        if inside is None:
            return true()
        listed += len(inside)
        if listed > FEW:
            return None
    return or_(*(borders.inside_sql(code) for code in codes))


def stock_of(
    connection: Connection, borders: Borders, region: str, span: tuple[int, int], now: int, soon_minutes: int
) -> tuple[Stock, int]:
    """Stock of a region at ``now``, and how many of its overdue cases were accepted within ``span`` (instants)."""
    numbers, inside = _numbers(now, soon_minutes, span), _listed(borders, [region])
    if inside is None:
        total = _totals(connection, borders, [region], numbers).get(region, [0] * len(_COLUMNS))
    else:
        query = select(*_COLUMNS).where(text(schema.OPEN), inside)
        total = [int(n or 0) for n in connection.execute(query, numbers).one()]
    return Stock(*total[:-1]), total[-1]


def overdue_of(connection: Connection, borders: Borders, region: str, span: tuple[int, int], now: int) -> int:
    """Overdue open cases of a region that were accepted within ``span`` (instants)."""
    inside, numbers = _listed(borders, [region]), _numbers(now, 0, span)
    if inside is None:
        rows = _grouped(connection, borders, numbers)
        return sum(n for codes, n in rows if region in codes)
    query = select(func.count()).where(text(schema.OPEN), _OVERDUE, _WITHIN, inside)
    return int(connection.scalar(query, numbers) or 0)


def stocks_of(
    connection: Connection, borders: Borders, codes: Sequence[str], span: tuple[int, int], now: int, soon_minutes: int
) -> dict[str, tuple[Stock, int]]:
    """What ``stock_of`` tells, of many regions, none inside another; regions without open cases are absent."""
    totals = _totals(connection, borders, codes, _numbers(now, soon_minutes, span))
    return {code: (Stock(*total[:-1]), total[-1]) for code, total in totals.items()}


def _totals(
    connection: Connection, borders: Borders, codes: Sequence[str], numbers: Mapping[str, int]
) -> dict[str, list[int]]:
    """Sums over the open cases of each region, by code."""
    epoch, listed = borders.epoch_sql(), _listed(borders, codes)
    query = select(_case.region, epoch, *_COLUMNS).where(text(schema.OPEN)).group_by(_case.region, epoch)
    rows = connection.execute(query if listed is None else query.where(listed), numbers).all()
    owner = {code: number for number, code in enumerate(codes)}
    kept = np.array([_owner(borders.above(row[0], row[1]), owner) for row in rows], np.intp)
    values = np.array([row[2:] for row in rows], np.int64).reshape(-1, len(_COLUMNS))
    totals = np.zeros((len(codes), len(_COLUMNS)), np.int64)
    np.add.at(totals, kept[kept >= 0], values[kept >= 0])
    return {codes[index]: totals[index].tolist() for index in np.unique(kept[kept >= 0]).tolist()}


def _owner(above: Sequence[str], owner: Mapping[str, int]) -> int:
    for code in above:
        if code in owner:
            return owner[code]
    return -1


def overdue_by_region(
    connection: Connection, borders: Borders, level: int, span: tuple[int, int], now: int
) -> dict[str, int]:
    """Overdue open cases accepted within ``span``, by region code of a level; regions without one are absent."""
    counts: dict[str, int] = {}
    latest, levels = borders.tree.latest, borders.tree.level
    for codes, n in _grouped(connection, borders, _numbers(now, 0, span)):
        above = next((code for code in codes if levels[latest[code]] == level), None)
        if above is not None:
            counts[above] = counts.get(above, 0) + n
    return counts


def _grouped(
    connection: Connection, borders: Borders, numbers: Mapping[str, int]
) -> Iterator[tuple[tuple[str, ...], int]]:
    """(codes from the case's region to the root, count) of each group of overdue cases of a cohort."""
    epoch = borders.epoch_sql()
    query = select(_case.region, epoch, func.count()).where(text(schema.OPEN), _OVERDUE, _WITHIN)
    for row in connection.execute(query.group_by(_case.region, epoch), numbers):
        yield borders.above(row[0], row[1]), int(row[2])
