"""Lists of cases in keyset pages, and one case with its events."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Select, and_, or_, select, text

from dashboard.domain.changes import CaseRow
from dashboard.domain.events import ORDER
from dashboard.domain.periods import LocalDays, parse_period, plus_days
from dashboard.queries.answers import CaseRecord, StoredEvent
from dashboard.queries.errors import Refused
from dashboard.store import schema
from dashboard.store.rows import CASE_COLUMNS, EventRow, case_row

_RECORD_FIELDS = tuple(name for name in CaseRecord.__struct_fields__ if name not in ("state", "overdue"))
_OPEN_STATES = ("open", "overdue", "suspended", "supervised")


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """What a list is narrowed to.

    ``period`` is that of acceptance, for ``void`` of the voiding, for ``unaccepted`` of the last step.
    ``state`` empty means every accepted case; ``category`` may be the beginning of a code.
    """

    region: str = ""
    period: str = ""
    state: str = ""
    category: str = ""
    channel: str = ""
    unit: str = ""


class _Cursor(msgspec.Struct, array_like=True):
    at: int
    id: str


def select_cases(
    connection: Connection,
    filters: CaseFilters,
    inside: ColumnElement[bool] | None,
    days: LocalDays,
    now: int,
    cursor: str,
    limit: int,
) -> tuple[list[CaseRow], str | None]:
    """One page of cases that ``inside`` holds for (None: everywhere), and the cursor of the next one."""
    order = _order_column(filters.state)
    query = select(*(schema.case.c[name] for name in CASE_COLUMNS)).where(
        order.is_not(None), *_state(filters.state, now)
    )
    query = _narrowed(query, filters)
    if inside is not None:
        query = query.where(inside)
    if filters.period:
        query = query.where(*_within(order, filters.period, days))
    if cursor:
        query = query.where(_after(order, decode_cursor(cursor)))
    query = query.order_by(order.desc(), schema.case.c.id.desc()).limit(limit + 1)
    rows = [case_row(row) for row in connection.execute(query)]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], encode_cursor(getattr(last, order.name), last.id)


def _order_column(state: str) -> Column[Any]:
    return schema.case.c[{"void": "voided_at", "unaccepted": "last_at"}.get(state, "accepted_at")]


def _state(state: str, now: int) -> list[ColumnElement[bool]]:
    case = schema.case.c
    if state in _OPEN_STATES:
        return [and_(text(schema.OPEN)), *_open_state(state, now)]
    conditions: dict[str, list[ColumnElement[bool]]] = {
        "closed": [case.closed_at.is_not(None), case.voided_at.is_(None)],
        "unaccepted": [case.accepted_at.is_(None), case.voided_at.is_(None)],
    }
    return conditions.get(state, [])


def _open_state(state: str, now: int) -> list[ColumnElement[bool]]:
    case = schema.case.c
    conditions: dict[str, list[ColumnElement[bool]]] = {
        "overdue": [case.handled_at.is_(None), case.suspended_at.is_(None), case.deadline < now],
        "suspended": [case.suspended_at.is_not(None)],
        "supervised": [case.supervised_at.is_not(None)],
    }
    return conditions.get(state, [])


def _narrowed(query: Select[Any], filters: CaseFilters) -> Select[Any]:
    case = schema.case.c
    if filters.category:
        query = query.where(case.category.startswith(filters.category, autoescape=True))
    if filters.channel:
        query = query.where(case.channel == filters.channel)
    if filters.unit:
        query = query.where(case.unit == filters.unit)
    return query


def _within(order: Column[Any], period: str, days: LocalDays) -> list[ColumnElement[bool]]:
    try:
        span = parse_period(period)
    except ValueError as problem:
        raise Refused(str(problem), "period") from problem
    return [order >= days.start(span.first), order < days.start(plus_days(span.last, 1))]


def _after(order: Column[Any], cursor: _Cursor) -> ColumnElement[bool]:
    return or_(order < cursor.at, and_(order == cursor.at, schema.case.c.id < cursor.id))


def encode_cursor(at: int, case_id: str) -> str:
    """The place after a case, as text for an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode(_Cursor(at, case_id))).decode().rstrip("=")


def decode_cursor(cursor: str) -> _Cursor:
    """Read a cursor; ``Refused`` where it is none."""
    try:
        body = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(body, type=_Cursor)
    except (binascii.Error, ValueError) as problem:
        raise Refused("the cursor is not one that a page has given", "cursor") from problem


def case_record(case: CaseRow, now: int) -> CaseRecord:
    """A case as the API shows it at an instant."""
    overdue = case.waiting and case.deadline is not None and case.deadline < now
    values = {name: getattr(case, name) for name in _RECORD_FIELDS}
    return CaseRecord(state=case_state(case), overdue=overdue, **values)


def case_state(case: CaseRow) -> str:
    """``void`` before all else, then ``unaccepted``, ``closed``, ``open``."""
    if case.voided_at is not None:
        return "void"
    if case.accepted_at is None:
        return "unaccepted"
    return "open" if case.closed_at is None else "closed"


def timeline(rows: Sequence[EventRow]) -> list[StoredEvent]:
    """Events in the order they count in: time, life-cycle order, source, id."""
    events = [_stored(row) for row in rows]
    return sorted(events, key=lambda event: (event.time, ORDER.get(event.type, len(ORDER)), event.source, event.id))


def _stored(row: EventRow) -> StoredEvent:
    raw: dict[str, Any] = msgspec.json.decode(row.raw)
    return StoredEvent(row.seq, row.time, row.received, row.type, raw["source"], raw["id"], raw.get("data") or {})
