"""The DuckDB file of an extract: opened without extensions and network, thrown away where it cannot be read."""

import logging
from pathlib import Path

import duckdb

log = logging.getLogger(__name__)

MEMORY = ":memory:"
_LOCKED = "lock on file"
"""DuckDB's words for a file that another process has open."""


def open_file(path: Path | None, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    """The database at ``path`` (None: in memory). A broken file is deleted, another process's is left alone."""
    if path is None:
        return _connect(MEMORY, threads, memory)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(str(path), threads, memory)
    except duckdb.Error as problem:
        if _LOCKED in str(problem):
            log.warning("the extract %s is in use by another process: this one keeps its own in memory", path)
            return _connect(MEMORY, threads, memory)
        log.warning("the extract %s cannot be read and is built again: %s", path, problem)
        delete(path)
        return _connect(str(path), threads, memory)


def delete(path: Path) -> None:
    """Remove a file and its log; nothing in it is not also in the store."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _connect(name: str, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": memory,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(name, config=config)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
