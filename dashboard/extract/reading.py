"""What the extract reads from the store: folded cases, the last number, and what its figures were counted by."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from dashboard.domain.base import BaseData
from dashboard.extract.layout import VERSION
from dashboard.store import schema
from dashboard.store.store import Store

Rows = list[tuple[int, bytes]]
"""(seq, fold) of cases."""

CHUNK = 120_000
"""Cases read at once: a row group of DuckDB, which goes to the file without a detour through its log."""


def all_cases(store: Store) -> Iterator[tuple[Rows, float]]:
    """Every case in chunks of transactions of their own, each with the share of cases read so far.

    On SQLite in the order of the table, which is that of first events; so days of acceptance lie together.
    """
    key = "rowid" if store.engine.dialect.name == "sqlite" else "id"
    after: Any = 0 if key == "rowid" else ""
    mark = "?" if key == "rowid" else "%s"
    query = f'SELECT seq, fold, {key} FROM "case" WHERE {key} > {mark} ORDER BY {key} LIMIT {CHUNK}'
    done, total = 0, _count(store)
    while True:
        with store.read() as connection:
            rows = connection.exec_driver_sql(query, (after,)).all()
        if not rows:
            return
        after, done = rows[-1][2], done + len(rows)
        yield [(row[0], bytes(row[1])) for row in rows], min(1.0, done / max(1, total))


def _count(store: Store) -> int:
    with store.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.case)) or 0


def cases_after(connection: Connection, seq: int, last: int) -> Rows:
    """Cases that changed last after ``seq`` and up to ``last``."""
    case = schema.case.c
    query = select(case.seq, case.fold).where(case.seq > seq, case.seq <= last)
    return [(row[0], bytes(row[1])) for row in connection.execute(query)]


def mark_of(connection: Connection, seq: int) -> str:
    """The identity of a stored event: a database that has another one there is not the one that was read."""
    found = connection.scalar(select(schema.event.c.uid).where(schema.event.c.seq == seq))
    return "" if found is None else bytes(found).hex()


def counted_by(connection: Connection) -> str:
    """What the store's figures were counted by, without the version of base data: JSON, empty before any event."""
    kept = connection.scalar(select(schema.state.c.value).where(schema.state.c.key == schema.COUNTED_BY))
    if kept is None:
        return ""
    meaning: dict[str, Any] = msgspec.json.decode(kept)
    meaning.pop("version", None)
    return msgspec.json.encode(meaning, order="deterministic").decode()


def fingerprint(base: BaseData, zone: str, meaning: str) -> str:
    """A digest of all that the columns depend on besides cases."""
    regions = [(r.code, r.parent, r.level, r.valid_from, r.valid_to) for r in base.tree.regions]
    parents = sorted((category.code, category.parent) for category in base.categories.values())
    return blake2b(repr((VERSION, zone, regions, parents, meaning)).encode(), digest_size=16).hexdigest()
