"""Files of a data directory into a backup while the system writes them."""

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePath

from dashboard.config import Settings
from dashboard.operations.secret_files import secret_files

LEFT_OUT = ("lock", "*.db", "*.db-*", "extract*.duckdb*", "raster.npz*", "*.log", "*.unfinished")
"""The database has a copy of its own; the rest is made again or worth nothing."""
SCRATCH = PurePath("reports", "work")
"""What reports in the making keep (``dashboard.reports.books.WORK``)."""


def copy_files(directory: Path, settings: Settings, target: Path) -> None:
    """Copy tracks, reports and settings, no secrets.

    Tracks are never changed but merged: a file that vanished while it was copied is in a newer one, so the folder is
    read until nothing vanishes. Fixes that are then there twice count once (``dashboard.tracks``).
    """
    secrets, whole = set(secret_files(settings)), False
    while not whole:
        chosen = _chosen(directory, secrets, target)
        whole = all(_copied(path, target / path.relative_to(directory)) for path in chosen)


def _chosen(directory: Path, secrets: set[str], target: Path) -> Iterator[Path]:
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory)
        left_out = any(name.match(pattern) for pattern in LEFT_OUT) or name.is_relative_to(SCRATCH)
        inside = path.is_relative_to(target)
        if path.is_file() and not path.is_symlink() and not left_out and not inside and str(name) not in secrets:
            yield path


def _copied(path: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not target.exists() or target.stat().st_size != path.stat().st_size:
            shutil.copy2(path, target)
        return True
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        return False
