"""Steps of cases that name a worker as their actor, found by when they were told: no index knows actors."""

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from dashboard.domain.periods import DAY, MINUTE
from dashboard.store import schema

EARLIEST = 5 * MINUTE
"""An event may be ahead of the clock by this much when it comes."""
LATEST = 2 * DAY
AT_LEAST = 100_000
"""Events that came within ``LATEST`` after the end of the day are looked at, and ``AT_LEAST`` in any case; a step told
later than that is not found. So the search is short where there are many events and whole where there are few."""


class WorkerStep(msgspec.Struct, frozen=True):
    """A stored step of a case: when it happened (epoch ms) and its type."""

    time: int
    type: str
    case: str


def steps_by(connection: Connection, actor: str, begin: int, end: int) -> list[WorkerStep]:
    """Steps that happened in ``begin <= time < end`` and whose ``data.actor`` is exactly ``actor``, by time."""
    if not actor:
        return []
    event = schema.event.c
    first = _first_received(connection, begin - EARLIEST)
    after = max(_first_received(connection, end + LATEST), first + AT_LEAST)
    quoted = msgspec.json.encode(actor).decode()
    found = connection.execute(
        select(event.time, event.type, event.case_id, event.raw)
        .where(event.seq >= first, event.seq < after, event.time >= begin, event.time < end)
        .where(event.raw.contains(quoted, autoescape=True), event.type.startswith("case."))
        .order_by(event.time, event.seq)
    )
    return [WorkerStep(row.time, row.type, row.case_id) for row in found if _actor(row.raw) == actor]


def _actor(raw: str) -> Any:
    data = msgspec.json.decode(raw).get("data")
    return data.get("actor") if isinstance(data, dict) else None


def _first_received(connection: Connection, at: int) -> int:
    """Number of the first event received at or after an instant: numbers grow with the time of arrival."""
    event = schema.event.c
    low, high = 1, _last(connection) + 1
    while low < high:
        middle = (low + high) // 2
        here = select(event.received).where(event.seq >= middle).order_by(event.seq).limit(1)
        received = connection.scalar(here)
        if received is not None and received < at:
            low = middle + 1
        else:
            high = middle
    return low


def _last(connection: Connection) -> int:
    return connection.scalar(select(schema.event.c.seq).order_by(schema.event.c.seq.desc()).limit(1)) or 0
