"""Open cases at the present: what no tally can hold, because it changes without an event."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Connection, and_, bindparam, func, or_, select, text, true
from sqlalchemy import case as when

from dashboard.domain.stocks import STOCKS, Stock
from dashboard.queries.borders import Borders
from dashboard.queries.open_columns import Moment, OpenCases
from dashboard.store import schema

FEW = 100
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


def _numbers(at: Moment) -> dict[str, int]:
    return {"now": at.now, "soon": at.soon, "first": at.first, "last": at.last}


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
    connection: Connection, cases: OpenCases, region: str, span: tuple[int, int], now: int, soon_minutes: int
) -> tuple[Stock, int]:
    """Stock of a region at ``now``, and how many of its overdue cases were accepted within ``span`` (instants)."""
    inside = _listed(cases.borders, [region])
    if inside is None:
        return stocks_of(connection, cases, [region], span, now, soon_minutes).get(region, (Stock(), 0))
    query = select(*_COLUMNS).where(text(schema.OPEN), inside)
    total = [int(n or 0) for n in connection.execute(query, _numbers(Moment.of(now, soon_minutes, span))).one()]
    return Stock(*total[:-1]), total[-1]


def overdue_of(connection: Connection, cases: OpenCases, region: str, span: tuple[int, int], now: int) -> int:
    """Overdue open cases of a region that were accepted within ``span`` (instants)."""
    inside, at = _listed(cases.borders, [region]), Moment.of(now, 0, span)
    if inside is None:
        columns = cases.columns(connection)
        return int(np.count_nonzero(columns.late(at) & (cases.places(columns, [region]) == 0)))
    query = select(func.count()).where(text(schema.OPEN), _OVERDUE, _WITHIN, inside)
    return int(connection.scalar(query, _numbers(at)) or 0)


def stocks_of(
    connection: Connection, cases: OpenCases, codes: Sequence[str], span: tuple[int, int], now: int, soon_minutes: int
) -> dict[str, tuple[Stock, int]]:
    """What ``stock_of`` tells, of many regions, none inside another; regions without open cases are absent."""
    at, listed = Moment.of(now, soon_minutes, span), _listed(cases.borders, codes)
    if listed is None:
        columns = cases.columns(connection)
        totals = columns.counted(cases.places(columns, codes), len(codes), at)
    else:
        totals = _totals(connection, cases.borders, codes, listed, at)
    return {
        codes[index]: (Stock(*total[:-1]), total[-1])
        for index, total in zip(np.flatnonzero(totals[:, 0]).tolist(), totals[totals[:, 0] > 0].tolist(), strict=True)
    }


def _totals(
    connection: Connection, borders: Borders, codes: Sequence[str], listed: ColumnElement[bool], at: Moment
) -> NDArray[np.int64]:
    """Sums over the open cases of each region."""
    epoch = borders.epoch_sql()
    query = select(_case.region, epoch, *_COLUMNS).where(text(schema.OPEN), listed).group_by(_case.region, epoch)
    totals = np.zeros((len(codes), len(_COLUMNS)), np.int64)
    owner = {code: number for number, code in enumerate(codes)}
    for region, epoch_of, *counts in connection.execute(query, _numbers(at)).all():
        index = next((owner[code] for code in borders.above(region, epoch_of) if code in owner), None)
        if index is not None:
            totals[index] += np.array(counts, np.int64)
    return totals


def overdue_by_region(
    connection: Connection, cases: OpenCases, level: int, span: tuple[int, int], now: int
) -> dict[str, int]:
    """Overdue open cases accepted within ``span``, by region code of a level; regions without one are absent."""
    columns, regions = cases.columns(connection), cases.borders.tree.regions
    nodes = columns.node[columns.late(Moment.of(now, 0, span)), level]
    found, counts = np.unique(nodes[nodes >= 0], return_counts=True)
    return {regions[node].code: n for node, n in zip(found.tolist(), counts.tolist(), strict=True)}
