"""The writer's transaction: one writer of a kind at a time, whichever process it is in."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

LOCK = 7_309_415_021
"""Key of the PostgreSQL advisory lock held by whoever assigns ``seq``."""


class StoreError(RuntimeError):
    """The database cannot be used: unreachable, read-only, or of another program version."""


@contextmanager
def writing(engine: Engine, lock: int = LOCK) -> Iterator[Connection]:
    """A transaction that excludes every other holder in any process; it sees all that was committed before it.

    On PostgreSQL holders of another ``lock`` are not excluded.
    """
    if engine.dialect.name == "sqlite":
        with engine.execution_options(write=True).begin() as connection:
            yield connection
        return
    with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (lock,))
        yield connection
