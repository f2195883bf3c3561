"""Disks of a few megabytes for tests that fill them; only root may make one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BLOCK = b"\0" * 65_536


class SmallDisk:
    """A mounted disk. ``fill`` leaves no byte free, ``clear`` gives that room back."""

    def __init__(self, path: Path) -> None:
        self.path, self._ballast = path, path / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb", buffering=0) as file:
            for piece in (BLOCK, b"\0"):
                _write_all(file.fileno(), piece)

    def clear(self) -> None:
        self._ballast.unlink()


def _write_all(handle: int, piece: bytes) -> None:
    try:
        while os.write(handle, piece):
            pass
    except OSError:
        return


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A disk in memory, mounted at a new directory; skips the test where that is not permitted."""
    path.mkdir()
    path.chmod(0o777)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk can be made and filled by root alone, where the machine permits it")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
