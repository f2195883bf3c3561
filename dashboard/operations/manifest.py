"""What a backup holds, written last: a folder without it is no backup."""

import hashlib
import os
from pathlib import Path

import msgspec

from dashboard.operations.fault import OperationFault

FILE = "backup.json"
FORMAT = 1


class Manifest(msgspec.Struct, frozen=True):
    """``made`` is real time (epoch ms), ``revision`` and ``seq`` are the database's, ``files`` path -> SHA-256."""

    format: int
    made: int
    kind: str
    revision: str
    seq: int
    files: dict[str, str]


def write_manifest(folder: Path, made: int, kind: str, revision: str, seq: int) -> Manifest:
    """Seal a backup that is complete."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {str(path.relative_to(folder)): digest(path) for path in paths}
    manifest = Manifest(FORMAT, made, kind, revision, seq, sums)
    with (folder / FILE).open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest)))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all as they were written; ``OperationFault`` names one that is not."""
    try:
        manifest = msgspec.json.decode((folder / FILE).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as problem:
        raise OperationFault(f"{folder} is no complete backup: {problem}") from problem
    if manifest.format != FORMAT:
        raise OperationFault(f"{folder} is a backup of format {manifest.format}, this program reads {FORMAT}")
    for name, sum_ in manifest.files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file() or digest(path) != sum_:
            raise OperationFault(f"{path} is missing or is not as it was written: take another backup")
    return manifest


def digest(path: Path) -> str:
    """SHA-256 of a file as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
