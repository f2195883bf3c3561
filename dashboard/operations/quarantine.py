"""Refused items by hand: look at them, hand them in again, or throw them away."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, func, insert, select

from dashboard.store.base_schema import import_spool
from dashboard.store.engine import writing
from dashboard.store.schema import quarantine

SHOWN = 4000
"""Characters of an item that are shown."""


class Refused(msgspec.Struct, frozen=True):
    """One refused item; ``raw`` as text, what is no UTF-8 in it replaced.

    ``received`` is epoch ms, ``size`` in bytes; ``cut``: only the beginning is here.
    """

    id: int
    received: int
    source: str
    reason: str
    detail: str
    case_id: str
    raw: str
    size: int
    cut: bool


def refused(engine: Engine, limit: int, before: int = 0, reason: str = "") -> list[Refused]:
    """The newest items, older than the one numbered ``before`` (0: the newest of all), of one reason or of all."""
    table = quarantine.c
    query = select(quarantine).order_by(table.id.desc()).limit(limit)
    if before:
        query = query.where(table.id < before)
    if reason:
        query = query.where(table.reason == reason)
    with engine.connect() as connection:
        return [_refused(row) for row in connection.execute(query)]


def counts(engine: Engine) -> dict[str, int]:
    """How many items are kept, by reason, the most frequent first."""
    query = select(quarantine.c.reason, func.count()).group_by(quarantine.c.reason).order_by(func.count().desc())
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def drop(engine: Engine, ids: Sequence[int]) -> int:
    """Throw items away; how many there were."""
    with writing(engine) as connection:
        return connection.execute(delete(quarantine).where(quarantine.c.id.in_(ids))).rowcount


def replay(engine: Engine, ids: Sequence[int]) -> int:
    """Hand items in again by the spool, whoever ingests: what is still wrong with them comes back here."""
    with writing(engine) as connection:
        rows = _of(connection, ids)
        if rows:
            lines = b"\n".join(raw.replace(b"\r", b" ").replace(b"\n", b" ") for raw in rows)
            connection.execute(insert(import_spool).values(source="quarantine", events=lines))
            connection.execute(delete(quarantine).where(quarantine.c.id.in_(ids)))
        return len(rows)


def _of(connection: Connection, ids: Sequence[int]) -> list[bytes]:
    query = select(quarantine.c.raw).where(quarantine.c.id.in_(ids)).order_by(quarantine.c.id)
    return [bytes(raw) for raw in connection.scalars(query)]


def _refused(row: Row[Any]) -> Refused:
    raw = bytes(row.raw).decode("utf-8", "replace")
    kept = (row.id, row.received, row.source, row.reason, row.detail, row.case_id)
    return Refused(*kept, raw[:SHOWN], len(row.raw), len(raw) > SHOWN)
