"""A database into a file and back: SQLite by its backup interface, PostgreSQL by its own programs."""

import os
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, inspect, make_url

from dashboard.operations.fault import OperationFault
from dashboard.store.engine import reach

SQLITE, DUMP = "database.sqlite", "database.dump"
PATIENCE = 6 * 3600.0
"""Seconds after which a dump or its reading in is given up."""


def dump(address: str, folder: Path) -> str:
    """One consistent state of the database while others write; its kind (``sqlite`` or ``postgresql``)."""
    url = make_url(address)
    if url.get_backend_name() == "postgresql":
        _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={folder / DUMP}", _named(url))
        return "postgresql"
    _dump_sqlite(Path(url.database or ""), folder / SQLITE)
    return "sqlite"


def load(address: str, folder: Path, kind: str) -> None:
    """The other way round, into a database that must be empty."""
    url = make_url(address)
    if url.get_backend_name() != kind:
        raise OperationFault(f"the backup is of {kind}, the settings name {url.get_backend_name()}: they must agree")
    if kind == "sqlite":
        _load_sqlite(folder / SQLITE, Path(url.database or ""))
        return
    refuse_filled(address)
    _run(url, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
         f"--dbname={_named(url)}", str(folder / DUMP))  # fmt: skip


def refuse_filled(address: str) -> None:
    """``OperationFault`` where a database has tables."""
    engine = reach(address)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise OperationFault(f"the database has {len(tables)} tables: restore into an empty one (CREATE DATABASE ...)")


def _dump_sqlite(source: Path, target: Path) -> None:
    """In one step: under WAL the copy is of one moment and keeps no writer waiting."""
    reading, writing = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(target)
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
        _sound(writing, target)
    finally:
        reading.close()
        writing.close()


def _load_sqlite(source: Path, target: Path) -> None:
    if target.exists():
        raise OperationFault(f"{target} exists: restore into another data directory")
    reading, writing = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(target)
    try:
        reading.backup(writing)
        _sound(writing, target)
    finally:
        reading.close()
        writing.close()
    target.chmod(0o600)


def _sound(connection: sqlite3.Connection, path: Path) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise OperationFault(f"{path} is damaged: {verdict}")


def _named(url: URL) -> str:
    """For PostgreSQL's programs, without the password: every user of the machine can read a command line."""
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return plain.render_as_string()


def _run(url: URL, *command: str) -> None:
    env = os.environ | ({"PGPASSWORD": str(url.password)} if url.password is not None else {})
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except FileNotFoundError as problem:
        raise OperationFault(f"{command[0]} is not installed: apt-get install postgresql-client") from problem
    if done.returncode:
        raise OperationFault(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
