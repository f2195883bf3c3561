"""Opens the books for a process that makes reports beside the one that serves screens."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays
from dashboard.extract import Extract
from dashboard.extract.file import copy_file
from dashboard.queries.score_models import models_of
from dashboard.reports.archive import FOLDER
from dashboard.reports.facts_view import Books
from dashboard.store import Store

EXTRACT = "extract.duckdb"
WORK = "work"
"""Folder under ``DIR/reports`` that holds, by process, what each needs while it works."""
THREADS, MEMORY = 1, "300MB"
"""What DuckDB may take: a report shares the machine with the walls."""


@contextmanager
def open_books(
    directory: Path, settings: Settings, store: Store, base: Callable[[], BaseData], now: Callable[[], int]
) -> Iterator[Books]:
    """The books over a copy of the data directory's extract; over one of their own where there is none yet.

    ``OSError`` where the disk has no room for the copy.
    """
    place = directory / FOLDER / WORK / str(os.getpid())
    _sweep(place.parent)
    place.mkdir(parents=True, exist_ok=True)
    try:
        if found := _newest(directory):
            copy_file(found, place / EXTRACT)
        extract = Extract(store, base, LocalDays(settings.zone), place / EXTRACT, THREADS, MEMORY)
        try:
            yield Books(
                store.engine, base, settings, now, extract, models_of(settings, directory), settings.demo,
                directory / "tracks",
            )  # fmt: skip
        finally:
            extract.close()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _newest(directory: Path) -> Path | None:
    """The extract that was kept up last: each process that serves pages has one of its own."""
    return max(directory.glob("extract*.duckdb"), key=lambda path: path.stat().st_mtime, default=None)


def _sweep(work: Path) -> None:
    """Remove what killed processes left."""
    for place in work.glob("*"):
        if place.name.isdecimal() and not Path(f"/proc/{place.name}").exists():
            shutil.rmtree(place, ignore_errors=True)
