"""The DuckDB file of an extract: opened without extensions and network, thrown away where it cannot be read.

DuckDB keeps a file to one process. Another one that wants what is in it takes a copy between two transactions: whoever
writes holds ``alone`` (a lock of the system beside the file) while it does, and so does whoever copies.
"""

import fcntl
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def alone(path: Path | None) -> Iterator[None]:
    """No other process or thread writes or copies the file meanwhile. ``None`` (in memory) needs no lock."""
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path, "lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copy_file(path: Path, target: Path) -> bool:
    """Copy an extract that another process may have open, as of its last commit; whether there is one."""
    with alone(path):
        if not path.exists():
            return False
        shutil.copyfile(path, target)
        log_ahead = _beside(path, "wal")
        if log_ahead.exists():
            shutil.copyfile(log_ahead, _beside(target, "wal"))
    return True


def delete(path: Path) -> None:
    """Remove a file and its log; nothing in it is not also in the store."""
    path.unlink(missing_ok=True)
    _beside(path, "wal").unlink(missing_ok=True)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}.{ending}")


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
