"""Cases by what citizens told of themselves: no table knows it, so the newest events are read."""

import json
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select

from dashboard.queries.drill_answers import TOLD_EVENTS
from dashboard.store import schema

FIELDS = ("address", "phone", "reporter")
SHORTEST = 2
_OPENING = ("case.reported", "case.accepted", "case.corrected")


def told(connection: Connection, q: str, limit: int) -> list[str]:
    """Ids of cases in whose address, phone or reporter the text stands, newest first.

    Personal data: only for callers with the right ``personal``.
    """
    if len(q) < SHORTEST:
        return []
    event = schema.event.c
    last = connection.scalar(select(func.max(event.seq))) or 0
    rows = connection.execute(
        select(event.case_id, event.raw)
        .where(event.seq > last - TOLD_EVENTS, event.type.in_(_OPENING), or_(*_written(q)))
        .order_by(event.seq.desc())
    )
    found: dict[str, None] = {}
    for case, raw in rows:
        if _holds(raw, q):
            found[case] = None
        if len(found) == limit:
            break
    return list(found)


def _written(q: str) -> list[ColumnElement[bool]]:
    """The text as JSON may hold it: as it is or with every sign beyond ASCII as a number."""
    forms = {json.dumps(q, ensure_ascii=plain)[1:-1] for plain in (False, True)}
    return [schema.event.c.raw.contains(form, autoescape=True) for form in sorted(forms)]


def _holds(raw: str, q: str) -> bool:
    data: Any = msgspec.json.decode(raw).get("data")
    return isinstance(data, dict) and any(q in str(data.get(name) or "") for name in FIELDS)
