"""Examination of the machine: files and their modes, disk, clock, fonts, what is installed beside the program."""

import getpass
import shutil
import stat
import tempfile
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

from dashboard.addresses import weak_secret
from dashboard.config import Settings
from dashboard.operations.findings import Finding, fail, ok, warn
from dashboard.operations.secret_files import given_secrets, secret_files

LEAST_FREE, LITTLE_FREE = 0.05, 0.15
"""Shares of a disk: below the first the database may stop soon, below the second somebody should look."""
LEAST_BYTES = 1 << 30
HOOKS: frozenset[str] = frozenset()
"""Distributions whose ``dash_hooks`` Dash may load: it runs every one that is installed, and none is ours."""


def secrets(settings: Settings, directory: Path) -> Iterator[Finding]:
    """Secrets are there, are nobody else's to read and are not those of examples."""
    for name in given_secrets(settings):
        if not (directory / name).is_file():
            yield fail(f"secret {directory / name}", "named in config.toml and not there", "write it, mode 600")
    for path in (directory / name for name in secret_files(settings)):
        if not path.is_file():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield fail(f"secret {path}", f"mode {mode:o}: others can read it", f"chmod 600 {path}")
        else:
            yield ok(f"secret {path}", f"mode {mode:o}")
    if weak := weak_secret(settings, directory):
        yield fail("passwords", weak, "set another one and write it into the file that config.toml names")


def writable(directory: Path) -> Iterator[Finding]:
    """The program may write where it has to."""
    for folder in (directory, directory / "tracks", directory / "reports"):
        if not folder.exists():
            continue
        try:
            with tempfile.TemporaryFile(dir=folder):
                yield ok(f"write {folder}", "can be written")
        except OSError as problem:
            yield fail(f"write {folder}", str(problem.strerror), f"chown -R {getpass.getuser()} {folder}")


def disk(directory: Path) -> Iterator[Finding]:
    """Space left where the data lie."""
    total, _, free = shutil.disk_usage(directory)
    said = f"{free / 2**30:.1f} GiB of {total / 2**30:.1f} free"
    if free < max(total * LEAST_FREE, LEAST_BYTES):
        yield fail(f"disk {directory}", said, "make room: shorten retention_days, move backups, or add a disk")
    elif free < total * LITTLE_FREE:
        yield warn(f"disk {directory}", said, "plan for more")
    else:
        yield ok(f"disk {directory}", said)


def fonts(directory: Path) -> Iterator[Finding]:
    """Reports can be printed, and with which fonts."""
    from dashboard.reports.files.fonts import FontsMissingError, find_fonts

    own = directory / "fonts"
    try:
        found = find_fonts([own] if own.is_dir() else [])
    except FontsMissingError as problem:
        yield fail("fonts", "no Chinese font", str(problem))
        return
    instead = ", ".join(f"{wanted} by {used}" for wanted, used in found.instead())
    yield ok("fonts", f"stand-ins: {instead}" if instead else "those of GB/T 9704")


def hooks() -> Iterator[Finding]:
    """Nothing was installed beside the program that Dash would run inside it."""
    named = {point.dist.name if point.dist else point.name for point in entry_points(group="dash_hooks")}
    strange = sorted(named - HOOKS)
    if strange:
        yield fail("dash_hooks", f"{', '.join(strange)} would run inside every page", "uninstall it (pip uninstall)")
    else:
        yield ok("dash_hooks", "none installed")
