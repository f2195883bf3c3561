"""A copy of a data directory and its database from which everything can be brought back, made while the system runs.

The database first: what leaves it for the files of tracks meanwhile is then in both and counts once; the other way
round it would be in neither.
"""

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url, text

from dashboard.addresses import database_address
from dashboard.config import Settings, load_settings
from dashboard.operations.copies import copy_files
from dashboard.operations.databases import dump, load
from dashboard.operations.fault import OperationFault
from dashboard.operations.manifest import FILE, Manifest, read_manifest, write_manifest
from dashboard.operations.secret_files import given_secrets
from dashboard.store.engine import open_engine, reach
from dashboard.store.migrating import found

FILES = "files"
"""Folder of a backup for what is not the database."""


def back_up(directory: Path, target: Path, now: Callable[[], int]) -> Manifest:
    """Write a backup into a folder that is new or empty. It holds personal data: only its owner can read it."""
    settings = load_settings(directory)
    if target.exists() and any(target.iterdir()):
        raise OperationFault(f"{target} is not empty: name a new folder")
    before = os.umask(0o077)
    try:
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(0o700)
        address, made = database_address(settings, directory), now()
        revision, seq = _told(address)
        kind = dump(address, target)
        copy_files(directory, settings, target / FILES)
        for path in target.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        return write_manifest(target, made, kind, revision, seq)
    finally:
        os.umask(before)


def restore(source: Path, directory: Path) -> Manifest:
    """Bring a backup back. ``directory`` is new, or holds ``config.toml`` and the secrets it names and nothing else.

    Such a ``config.toml`` is kept, because another machine has other addresses. ``OperationFault`` says what is wrong.
    """
    manifest = read_manifest(source)
    settings = _prepared(source, directory)
    address = database_address(settings, directory)
    load(address, source, manifest.kind)
    kept = source / FILES
    for path in sorted(path for path in kept.rglob("*") if path.is_file()):
        _put_back(path, directory / path.relative_to(kept))
    seq = last_seq(address)
    if seq < manifest.seq:
        raise OperationFault(f"the restored database ends at event {seq}, the backup was begun at {manifest.seq}")
    return manifest


def last_seq(address: str) -> int:
    """The last event of a database, which is brought to this program's revision."""
    engine = open_engine(address)
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT max(seq) FROM event")) or 0)
    finally:
        engine.dispose()


def _prepared(source: Path, directory: Path) -> Settings:
    """The settings that hold in the directory; it is made where it is not there."""
    if (source / FILE).resolve().is_relative_to(directory.resolve()):
        raise OperationFault(f"{source} lies inside {directory}: restore elsewhere")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = (directory / "config.toml").exists()
    settings = load_settings(directory if own else source / FILES)
    allowed = {"config.toml", *given_secrets(settings)} if own else set(given_secrets(settings))
    others = [str(path.relative_to(directory)) for path in sorted(directory.rglob("*")) if path.is_file()]
    if surplus := [name for name in others if name not in allowed]:
        raise OperationFault(f"{directory} is not empty ({surplus[0]}): restore into a new one")
    return settings


def _put_back(source: Path, target: Path) -> None:
    if target.name == "config.toml" and target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    os.utime(target, (source.stat().st_atime, source.stat().st_mtime))
    target.chmod(0o600)


def _told(address: str) -> tuple[str, int]:
    """Revision and last event of a database as it is."""
    if address.startswith("sqlite") and not Path(make_url(address).database or "").exists():
        raise OperationFault(f"there is no database at {make_url(address).database}")
    engine = reach(address)
    try:
        with engine.connect() as connection:
            return found(connection), int(connection.scalar(text("SELECT max(seq) FROM event")) or 0)
    finally:
        engine.dispose()
