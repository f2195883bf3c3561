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

EARLIEST = -(2**63)
"""Before any instant."""


_CASES = 'SELECT seq, fold, {keys} FROM "case" WHERE {after} ORDER BY {keys} LIMIT {{chunk}}'
_FIRST_LAST = _CASES.format(keys="rowid", after="rowid > ?")
"""SQLite keeps cases in the order of their first events, which is nearly that of acceptance."""
_UNACCEPTED = _CASES.format(keys="id", after="accepted_at IS NULL AND id > %s")
_ACCEPTED = _CASES.format(keys="accepted_at, id", after="(accepted_at, id) > (%s, %s)")


def all_cases(store: Store) -> Iterator[tuple[Rows, float]]:
    """Every case in chunks of transactions of their own, each with the share of cases read so far.

    In the order of acceptance, so that days lie together; one that is accepted meanwhile may be told twice.
    """
    sqlite = store.engine.dialect.name == "sqlite"
    queries = [(_FIRST_LAST, (0,))] if sqlite else [(_UNACCEPTED, ("",)), (_ACCEPTED, (EARLIEST, ""))]
    done, total = 0, _count(store)
    for query, first in queries:
        for rows in _chunks(store, query, first):
            done += len(rows)
            yield rows, min(1.0, done / max(1, total))


def _chunks(store: Store, query: str, after: tuple[Any, ...]) -> Iterator[Rows]:
    while True:
        with store.read() as connection:
            rows = connection.exec_driver_sql(query.format(chunk=CHUNK), after).all()
        if not rows:
            return
        after = tuple(rows[-1][2:])
        yield [(row[0], bytes(row[1])) for row in rows]


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
