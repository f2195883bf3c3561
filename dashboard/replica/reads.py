"""What a replica reads beyond the store's own methods: bounded look-backs by number, never whole tables."""

from bisect import bisect_left
from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from dashboard.domain.changes import CaseRow, Step
from dashboard.store.rows import CASE_COLUMNS, case_row
from dashboard.store.schema import case, event
from dashboard.store.store import Store

_LOOK_BACK = 10_000


def cases_passed_since(store: Store, since: int) -> list[CaseRow]:
    """Cases accepted or closed at or after ``since`` (epoch ms).

    Such a case was last touched by an event received since, so only numbers from there on are read.
    """
    with store.read() as connection:
        first = _first_received(connection, store.last_seq(connection), since)
        columns = [case.c[name] for name in CASE_COLUMNS]
        recent = select(*columns).where(case.c.seq >= first)
        passed = recent.where(or_(case.c.accepted_at >= since, case.c.closed_at >= since))
        return [case_row(tuple(row)) for row in connection.execute(passed)]


def recent_steps(store: Store, codes: Sequence[str] | None, limit: int) -> list[Step]:
    """The newest steps of the cases of these regions (all: None), oldest first, out of the last 10,000 events."""
    columns = (event.c.seq, event.c.time, event.c.type, event.c.case_id, case.c.title, case.c.region)
    joined = select(*columns).join(case, case.c.id == event.c.case_id)
    with store.read() as connection:
        recent = joined.where(event.c.seq > store.last_seq(connection) - _LOOK_BACK)
        inside = recent if codes is None else recent.where(case.c.region.in_(codes))
        rows = connection.execute(inside.order_by(event.c.seq.desc()).limit(limit))
        return [Step(row.seq, row.time, row.type, row.case_id, row.title, row.region) for row in rows][::-1]


def _first_received(connection: Connection, last: int, since: int) -> int:
    """First number received at or after ``since``: arrival follows the numbers, so the number is found by halving."""

    def received(seq: int) -> int:
        return connection.scalar(select(event.c.received).where(event.c.seq == seq)) or 0

    return 1 + bisect_left(range(1, last + 1), since, key=received)

