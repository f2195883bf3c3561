"""Examination of the servers an installation leans on: database and Redis, their clocks, and what waits in them."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import Connection, make_url, text

from dashboard.addresses import database_address, feed_address
from dashboard.config import RedisInput, Settings
from dashboard.operations.findings import Finding, fail, ok, warn
from dashboard.redis_client import CLUSTER, names_redis, open_redis
from dashboard.store import StoreError
from dashboard.store.engine import reach
from dashboard.store.lease import database_now
from dashboard.store.migrating import checked, found, newest

PATIENCE = 5.0
APART = 5.0
"""Seconds that two clocks may differ."""
LOOKING = 20.0
"""Seconds after which no further table of an SQLite file is looked at: gigabytes take minutes."""
LONG_LAG = 20_000
"""Entries of a stream that ingest has not read: minutes of a city."""


def database(settings: Settings, directory: Path) -> Iterator[Finding]:
    """It answers, is of a revision this program knows, its clock is ours, and its file is whole."""
    address = database_address(settings, directory)
    url = make_url(address)
    name = f"database {url.render_as_string()}"
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        yield warn(name, "not there yet", "the first start makes it")
        return
    engine = reach(address)
    try:
        with engine.connect() as connection:
            yield _revision(connection, name)
            yield _clock(f"clock of {name}", database_now(connection) / 1000)
            yield from _quarantine(connection)
            if url.get_backend_name() == "sqlite":
                yield _pages(connection, f"pages of {name}")
    finally:
        engine.dispose()
    if url.get_backend_name() == "postgresql" and shutil.which("pg_dump") is None:
        yield warn("pg_dump", "not installed, backups need it", "apt-get install postgresql-client")


def _revision(connection: Connection, name: str) -> Finding:
    try:
        revision = checked(found(connection))
    except StoreError as problem:
        return fail(name, str(problem), "use the program of that version")
    if revision != newest():
        said = f"revision {revision or 'none'}, this program has {newest()}"
        return warn(name, said, "the next start brings it there")
    return ok(name, f"answers, revision {revision}")


def _clock(name: str, theirs: float) -> Finding:
    apart = theirs - time.time()
    if abs(apart) > APART:
        return fail(name, f"{apart:+.0f} s from this machine's", "let both follow one server (apt-get install chrony)")
    return ok(name, "agrees with this machine's")


def _quarantine(connection: Connection) -> Iterator[Finding]:
    n = int(connection.scalar(text("SELECT count(*) FROM quarantine")) or 0)
    if n:
        yield warn("quarantine", f"{n} items were refused", "look at them on /status or /api/v1/quarantine")
    else:
        yield ok("quarantine", "empty")


def _pages(connection: Connection, name: str, seconds: float = LOOKING) -> Finding:
    """Whether the file is damaged, as a disk that fails or a copy made while it was written leaves it."""
    end, file = time.monotonic() + seconds, connection.connection.driver_connection
    assert isinstance(file, sqlite3.Connection)
    file.set_progress_handler(lambda: time.monotonic() > end, 1_000)
    try:
        told = str(file.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        return ok(name, f"nothing wrong in the first {seconds:.0f} s")
    finally:
        file.set_progress_handler(None, 0)
    if told == "ok":
        return ok(name, "whole")
    return fail(name, f"damaged: {told.splitlines()[-1]}", "examine the disk, then app.py restore of the last backup")


def all_redis(settings: Settings, directory: Path) -> Iterator[Finding]:
    """Every Redis that the settings name, and the streams that ingest reads."""
    if names_redis(settings.feed):
        yield from _redis("feed", feed_address(settings, directory), keeps=False)
    if settings.redis_input is not None:
        yield from _redis("redis_input", settings.redis_input.url, keeps=True)
        yield from _streams(settings.redis_input)
    if settings.gateway is not None:
        yield from _redis("gateway", settings.gateway.redis, keeps=True)


def _redis(role: str, url: str, keeps: bool) -> Iterator[Finding]:
    name = f"redis of {role} {_plain(url)}"
    try:
        with closing(open_redis(url, PATIENCE, PATIENCE)) as client:
            client.ping()
            yield ok(name, "answers")
            if CLUSTER not in url:
                yield from _redis_settings(name, client, keeps)
    except (redis.RedisError, OSError) as problem:
        yield fail(name, str(problem), "start it, or correct the address in config.toml")


def _redis_settings(name: str, client: Any, keeps: bool) -> Iterator[Finding]:
    seconds, micros = client.time()
    yield _clock(f"clock of {name}", seconds + micros / 1e6)
    memory = client.info("memory")
    policy = str(memory["maxmemory_policy"])
    if policy != "noeviction":
        yield fail(name, f"maxmemory-policy {policy} throws away what nobody has read", "set noeviction")
    if not memory["maxmemory"]:
        yield warn(name, "no maxmemory: it may take all of the machine", "set maxmemory, 256mb is enough for a feed")
    if keeps and not client.info("persistence")["aof_enabled"]:
        yield fail(name, "appendonly no: what senders wrote is lost with it", "set appendonly yes")


def _streams(given: RedisInput) -> Iterator[Finding]:
    with closing(open_redis(given.url, PATIENCE, PATIENCE)) as client:
        for stream in (given.cases, *given.position_streams):
            if stream:
                yield _stream(client, stream)


def _stream(client: Any, stream: str) -> Finding:
    name = f"stream {stream}"
    try:
        groups = client.xinfo_groups(stream)
    except redis.ResponseError:
        return warn(name, "not there yet", "the first sender or the first start of ingest makes it")
    lag = max((int(group["lag"] or 0) + int(group["pending"]) for group in groups), default=int(client.xlen(stream)))
    if lag > LONG_LAG:
        return fail(name, f"{lag} entries wait", "is ingest running? its log says why it is slow")
    return ok(name, f"{lag} entries wait")


def _plain(url: str) -> str:
    """Without the password."""
    return url.rpartition("@")[2] if "@" in url else url

