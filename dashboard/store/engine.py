"""Opens the database: SQLite in WAL with one writer, or PostgreSQL through psycopg 3.

SQLite runs with ``synchronous=FULL``: a commit is on the disk before anybody is told, and because ingest commits in
groups the price is one fsync for a group, not for an event. ``kill -9`` could not lose a commit in any mode of WAL.
Who cannot have the write lock within 10 s is refused, so that a sender hears 503 before its own patience ends.
"""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import OperationalError as SQLAlchemyOperationalError

from dashboard.store.migrating import migrate
from dashboard.store.writing import LOCK, StoreError, writing

__all__ = ["LOCK", "StoreError", "open_engine", "reach", "unavailable", "writing"]

IDLE_SECONDS = 60
"""A transaction that says nothing for so long is ended by PostgreSQL: its process is frozen, and others wait for it."""

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=4000",
)


def open_engine(url: str) -> Engine:
    """Engine over a database of this program's revision. ``StoreError`` says in one sentence why there is none."""
    engine = reach(url)
    try:
        migrate(engine)
    except StoreError:
        engine.dispose()
        raise
    except DBAPIError as problem:
        engine.dispose()
        raise StoreError(f"cannot open database {make_url(url).render_as_string()}: {problem.orig}") from problem
    return engine


def reach(url: str) -> Engine:
    """Engine over a database as it is, of whichever revision."""
    return _postgres(url) if make_url(url).get_backend_name() == "postgresql" else _sqlite(url)


def _sqlite(url: str) -> Engine:
    if make_url(url).database in (None, "", ":memory:"):
        raise StoreError("SQLite needs a file: several threads read it at once")
    engine = create_engine(
        url, connect_args={"isolation_level": None, "timeout": 10}, pool_size=8, max_overflow=32, query_cache_size=500,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: a reader that turns writer half-way could only fail."""
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres(url: str) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=8,
        max_overflow=32,
        pool_pre_ping=True,
        hide_parameters=True,  # of an error: they are what people wrote
        isolation_level="REPEATABLE READ",
        connect_args={
            "connect_timeout": 10,
            "options": f"-c timezone=UTC -c idle_in_transaction_session_timeout={IDLE_SECONDS}s",
        },
    )


def unavailable(problem: Exception) -> bool:
    """Whether an error says that the database is away for now (503), not that the statement is wrong."""
    return isinstance(problem, SQLAlchemyOperationalError)
