"""A PostgreSQL standby as ``docs/deployment.md`` sets it up: it holds everything, and ingest goes on over it."""

import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from dashboard.store import StoreError
from tests.ingest.city import NOON, life
from tests.ingest.lane import figures, lane
from tests.servers import POSTGRES, PostgresServer, have_postgres, running_postgres

pytestmark = pytest.mark.postgres


def asked(server: PostgresServer, statement: str) -> Any:
    engine = create_engine(server.url)
    try:
        with engine.begin() as connection:
            return connection.exec_driver_sql(statement).scalar()
    finally:
        engine.dispose()


def catch_up(primary: PostgresServer, standby: PostgresServer) -> None:
    """Return once the standby has replayed what the primary has written by now."""
    written, pause = asked(primary, "SELECT pg_current_wal_lsn()"), Event()
    for _ in range(400):
        if asked(standby, f"SELECT pg_last_wal_replay_lsn() >= '{written}'"):
            return
        pause.wait(0.05)
    raise TimeoutError("the standby does not catch up")


def test_a_standby_holds_everything_and_takes_over(tmp_path: Path) -> None:
    if not have_postgres():
        pytest.skip("no PostgreSQL 15 on this machine")
    with running_postgres() as first, running_postgres(first) as second:
        hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (first, second))
        with lane(f"postgresql+psycopg://postgres@/postgres?{hosts}&target_session_attrs=read-write") as on:
            on.send(*life("1", NOON))
            counted = figures(on.store)
            catch_up(first, second)
            assert asked(second, "SELECT count(*) FROM event WHERE pg_is_in_recovery()") == 7
            with pytest.raises(DBAPIError, match="read-only"):
                asked(second, "DELETE FROM event RETURNING 1")
            dump = [str(POSTGRES / "pg_dump"), "--format=custom", "-f", str(tmp_path / "dump"), "-h", "127.0.0.1"]
            subprocess.run([*dump, "-p", str(second.port), "-U", "postgres", "postgres"], check=True)
            assert (tmp_path / "dump").stat().st_size > 0
            first.stop()
            with pytest.raises(StoreError):
                on.send(*life("2", NOON))
            second.promote()
            with suppress(StoreError):  # a connection of before is found dead by the first who uses it
                on.send(*life("1", NOON))
            assert figures(on.store) == counted
            receipt = on.send(*life("1", NOON), *life("2", NOON))
            assert (receipt.duplicate, receipt.accepted, on.store.last_seq()) == (7, 7, 14)
