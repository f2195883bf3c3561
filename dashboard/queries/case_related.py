"""Cases that may be about the same trouble: close by, or of the same kind in the same street."""

from collections.abc import Callable, Sequence
from math import cos, hypot, radians

from sqlalchemy import ColumnElement, Connection, select

from dashboard.domain.changes import CaseRow
from dashboard.domain.periods import DAY
from dashboard.store import schema
from dashboard.store.rows import CASE_COLUMNS, case_row

METRES, WINDOW, MOST = 300.0, 30 * DAY, 8
"""How far away and how long before or after a related case may be, and how many are shown."""

LOOKED_AT = 500
"""More candidates than these are not looked at: so many stand at one point only where a place is made up."""

_DEGREE = 111_195.0
"""Metres of one degree of latitude on a sphere of 6,371 km."""

Seen = Callable[[CaseRow], bool]


def near(connection: Connection, case: CaseRow, seen: Seen) -> list[CaseRow]:
    """Cases within ``METRES`` and ``WINDOW``, the nearest first; none where the place or the acceptance is unknown."""
    if case.lon is None or case.lat is None:
        return []
    table = schema.case.c
    lat = METRES / _DEGREE
    lon = lat / max(0.01, cos(radians(case.lat)))
    box = [table.lat.between(case.lat - lat, case.lat + lat), table.lon.between(case.lon - lon, case.lon + lon)]
    rows = [(metres(case, row), row) for row in _around(connection, case, box) if seen(row)]
    close = sorted((far, row.id, row) for far, row in rows if far <= METRES)
    return [row for _, _, row in close[:MOST]]


def metres(one: CaseRow, other: CaseRow) -> float:
    """Distance of two cases with places, right to a metre within a kilometre."""
    assert one.lon is not None and one.lat is not None and other.lon is not None and other.lat is not None
    east = (other.lon - one.lon) * cos(radians(one.lat))
    return hypot(east, other.lat - one.lat) * _DEGREE


def same_kind(connection: Connection, case: CaseRow, codes: Sequence[str], seen: Seen) -> list[CaseRow]:
    """Cases of the same category in these regions within ``WINDOW``: open ones first, then the newest."""
    if not case.category or not codes:
        return []
    table = schema.case.c
    found = _around(connection, case, [table.category == case.category, table.region.in_(codes)])
    rows = [row for row in found if seen(row)]
    return sorted(rows, key=lambda row: (not row.open, -(row.accepted_at or 0), row.id))[:MOST]


def _around(connection: Connection, case: CaseRow, conditions: Sequence[ColumnElement[bool]]) -> list[CaseRow]:
    if case.accepted_at is None:
        return []
    table = schema.case.c
    within = table.accepted_at.between(case.accepted_at - WINDOW, case.accepted_at + WINDOW)
    others = (table.id != case.id, table.voided_at.is_(None))
    query = select(*(table[name] for name in CASE_COLUMNS)).where(within, *conditions, *others).limit(LOOKED_AT)
    return [case_row(row) for row in connection.execute(query.order_by(table.accepted_at.desc()))]
