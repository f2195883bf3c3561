"""What a replica reads beyond the store's own methods: bounded look-backs by number, never whole tables."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Select, or_, select

from dashboard.domain.changes import CaseRow, Step
from dashboard.store.rows import CASE_COLUMNS, case_row
from dashboard.store.schema import case, event
from dashboard.store.store import Store

_LOOK_BACK = 20_000


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
    """The newest steps of the cases of these regions (all: None), oldest first, out of the last 20,000 events."""
    with store.read() as connection:
        query = _steps(store.last_seq(connection) - _LOOK_BACK)
        found = list(_of_regions(connection, query, None if codes is None else frozenset(codes), limit))
    return found[::-1]


def _first_received(connection: Connection, last: int, since: int) -> int:
    """First number received at or after ``since``: arrival follows the numbers, so the number is found by halving."""

    def received(seq: int) -> int:
        return connection.scalar(select(event.c.received).where(event.c.seq == seq)) or 0

    return 1 + bisect_left(range(1, last + 1), since, key=received)


def _steps(after: int) -> Select[tuple[int, int, str, str, str, str]]:
    columns = (event.c.seq, event.c.time, event.c.type, event.c.case_id, case.c.title, case.c.region)
    joined = select(*columns).join(case, case.c.id == event.c.case_id)
    return joined.where(event.c.seq > after).order_by(event.c.seq.desc())


def _of_regions(
    connection: Connection, query: Select[tuple[int, int, str, str, str, str]], codes: frozenset[str] | None, limit: int
) -> Iterator[Step]:
    if codes is None:
        query = query.limit(limit)
    for row in connection.execute(query):
        if codes is None or row.region in codes:
            yield Step(row.seq, row.time, row.type, row.case_id, row.title, row.region)
            limit -= 1
            if not limit:
                return
