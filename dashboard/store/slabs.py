"""Durable fixes: slabs, worker keys, the state of the position lane."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Select, bindparam, func, select

from dashboard.domain.track import Track, joined, track_from_bytes
from dashboard.store import slab_schema as tables
from dashboard.store.bulk import put
from dashboard.store.engine import writing
from dashboard.store.slab_schema import create_slab_tables

Keys = NDArray[np.uint32]

JOINED_FROM, SMALL = 8, 1_000
"""Slabs are joined where there are at least so many, of so few fixes on average."""


@dataclass(frozen=True, slots=True)
class Slab:
    """The fixes of one commit."""

    id: int
    track: Track


@dataclass(frozen=True, slots=True)
class LaneState:
    """Number of the last frame, the last slab that is in ``newest``, and the newest fix of every worker."""

    slab: int
    upto: int
    newest: Track


class Slabs:
    """The position lane's part of the database; thread-safe. Database errors pass through."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        create_slab_tables(engine)

    def append(self, track: Track, received: int) -> int:
        """Store fixes; returns the slab's id when they are durable."""
        row = _row(track, received)
        with self._write() as connection:
            key = connection.execute(tables.slab.insert().values(row)).inserted_primary_key
        return int(key[0]) if key else 0

    def between(self, first: int, last: int) -> list[Slab]:
        """Slabs that hold fixes of a span (epoch ms, both included), in the order they were stored."""
        columns = tables.slab.c
        query = select(columns.id, columns.columns).where(columns.last >= first, columns.first <= last)
        return self._slabs(query.order_by(columns.id))

    def after(self, slab: int) -> list[Slab]:
        """Slabs stored after one, in order."""
        columns = tables.slab.c
        return self._slabs(select(columns.id, columns.columns).where(columns.id > slab).order_by(columns.id))

    def received_before(self, at: int, limit: int, upto: int) -> list[Slab]:
        """The oldest slabs up to an id that were received before an instant, about ``limit`` fixes together."""
        columns = tables.slab.c
        query = select(columns.id, columns.fixes).where(columns.received < at, columns.id <= upto).order_by(columns.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        fixes = np.cumsum([row[1] for row in rows])
        chosen = rows[: int(np.searchsorted(fixes, limit, "right")) + 1]
        if not chosen:
            return []
        query = select(columns.id, columns.columns).where(columns.received < at, columns.id <= chosen[-1][0])
        return self._slabs(query.order_by(columns.id))

    def delete(self, slabs: Sequence[Slab]) -> None:
        """Forget slabs, all or none; one that has grown since it was read (``join``) stays."""
        columns = tables.slab.c
        statement = tables.slab.delete().where(columns.id == bindparam("id_"), columns.fixes == bindparam("fixes_"))
        if slabs:
            with self._write() as connection:
                connection.execute(statement, [{"id_": slab.id, "fixes_": len(slab.track)} for slab in slabs])

    def join(self, after: int, upto: int) -> None:
        """Make one slab, under the last number, of those behind ``after`` up to ``upto``, where many and small.

        They are counted before they are read: where 500,000 fixes a second come in, the half minute since the last time
        is 300 MB, and reading it held every frame up for 4 s.
        """
        columns = tables.slab.c
        chosen = (columns.id > after) & (columns.id <= upto)
        with self._write() as connection:
            count, fixes = connection.execute(select(func.count(), func.sum(columns.fixes)).where(chosen)).one()
            if count < JOINED_FROM or fixes > SMALL * count:
                return
            query = select(columns.columns, columns.received).where(chosen).order_by(columns.id)
            rows = connection.execute(query).all()
            connection.execute(tables.slab.delete().where(chosen))
            row = _row(joined([track_from_bytes(row[0]) for row in rows]), max(row[1] for row in rows)) | {"id": upto}
            connection.execute(tables.slab.insert().values(row))

    def delete_before(self, at: int) -> None:
        """Forget slabs all of whose fixes are older than an instant."""
        with self._write() as connection:
            connection.execute(tables.slab.delete().where(tables.slab.c.last < at))

    def last(self) -> int:
        """Id of the newest slab, 0 where there is none."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.max(tables.slab.c.id))) or 0

    def key_of(self, worker: str) -> int | None:
        """Key of a worker id, None where no fix of it was ever expected."""
        with self._engine.connect() as connection:
            found = connection.scalar(select(tables.worker_key.c.key).where(tables.worker_key.c.id == worker))
        return None if found is None else int(found)

    def keys_of(self, workers: Sequence[str]) -> Keys:
        """Keys of worker ids, new ones for those seen for the first time."""
        with self._engine.connect() as connection:
            known = _known_keys(connection)
        if any(worker not in known for worker in workers):
            with self._write() as connection:
                known = _known_keys(connection)
                new = sorted(set(workers) - known.keys())
                rows = list(enumerate(new, max(known.values(), default=0) + 1))
                put(connection, tables.worker_key, ("key", "id"), rows, "fail")
                known |= {worker: key for key, worker in rows}
        return np.array([known[worker] for worker in workers], np.uint32)

    def save(self, state: LaneState) -> None:
        """Remember the state of the lane."""
        row = (1, state.slab, state.upto, state.newest.to_bytes())
        with self._write() as connection:
            put(connection, tables.lane, ("id", "slab", "upto", "columns"), [row], "replace")

    def load(self) -> LaneState | None:
        """The state remembered last."""
        columns = tables.lane.c
        with self._engine.connect() as connection:
            row = connection.execute(select(columns.slab, columns.upto, columns.columns)).first()
        return None if row is None else LaneState(row[0], row[1], track_from_bytes(row[2]))

    def _write(self) -> AbstractContextManager[Connection]:
        """SQLite has one writer; on PostgreSQL slabs need not wait for the case lane."""
        return writing(self._engine) if self._engine.dialect.name == "sqlite" else self._engine.begin()

    def _slabs(self, query: Select[int, bytes]) -> list[Slab]:
        with self._engine.connect() as connection:
            return [Slab(int(row[0]), track_from_bytes(row[1])) for row in connection.execute(query)]


def _row(track: Track, received: int) -> dict[str, object]:
    first, last = int(track.time.min()), int(track.time.max())
    return {"first": first, "last": last, "received": received, "fixes": len(track), "columns": track.to_bytes()}


def _known_keys(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(tables.worker_key.c.id, tables.worker_key.c.key))
    return {row[0]: int(row[1]) for row in rows}
