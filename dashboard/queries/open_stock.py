"""Open cases at the present: what no tally can hold, because it changes without an event."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, select, text
from sqlalchemy import case as when

from dashboard.domain.periods import MINUTE
from dashboard.domain.stocks import STOCKS, Stock
from dashboard.queries.borders import Borders
from dashboard.store import schema

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
    total = [0] * len(columns)
    for row in _grouped(connection, borders, columns, literal(True), lambda codes: region in codes):
        total = [have + more for have, more in zip(total, row[1], strict=True)]
    return Stock(*total[:-1]), total[-1]


def stocks_of(
    connection: Connection, borders: Borders, codes: Sequence[str], span: tuple[int, int], now: int, soon_minutes: int
) -> dict[str, tuple[Stock, int]]:
    """What ``stock_of`` tells, of many regions at once; regions without open cases are absent."""
    columns, wanted = _columns(now, soon_minutes * MINUTE, span), set(codes)
    totals: dict[str, list[int]] = {}
    for above, counts in _grouped(connection, borders, columns, literal(True), bool):
        for code in wanted.intersection(above):
            have = totals.get(code, [0] * len(columns))
            totals[code] = [one + more for one, more in zip(have, counts, strict=True)]
    return {code: (Stock(*total[:-1]), total[-1]) for code, total in totals.items()}


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
