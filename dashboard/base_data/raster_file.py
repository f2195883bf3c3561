"""The index of points over a city's borders, kept in the data directory: to build it takes a start seconds, to read it
milliseconds. It follows from the borders alone, so one that is lost or does not fit is built again.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.base import BaseData
from dashboard.domain.raster import Cells, Edges, RasterIndex
from dashboard.domain.raster_build import raster_of

log = logging.getLogger(__name__)

FILE = "raster.npz"
FORM = b"1"
"""Changes with the way the index is built or kept."""
CELLS, EDGES = ("cells.", Cells), ("edges.", Edges)


def kept_raster(directory: Path) -> Callable[[BaseData], RasterIndex]:
    """``raster_of`` that looks first at what a data directory holds, and leaves its answer there."""

    def raster(base: BaseData) -> RasterIndex:
        path, wanted = directory / FILE, digest_of(base)
        found = _read(path, wanted)
        if found is None:
            found = raster_of(base)
            _write(path, wanted, found)
        return found

    return raster


def digest_of(base: BaseData) -> bytes:
    """Of everything that the index depends on: which nodes are in force, at which level, and their borders."""
    tree, found = base.tree, blake2b(FORM, digest_size=16)
    for node, rings in base.geometry.items():
        latest = tree.latest[tree.regions[node].code] == node
        found.update(f"{node} {int(tree.level[node])} {latest} {len(rings)}".encode())
        for ring in rings:
            found.update(f" {ring.points.dtype} {ring.points.shape} ".encode())
            found.update(np.ascontiguousarray(ring.points).tobytes())
    return found.digest()


def _read(path: Path, wanted: bytes) -> RasterIndex | None:
    try:
        with np.load(path, allow_pickle=False) as held:
            if held["digest"].tobytes() != wanted:
                return None
            arrays = {name: held[name] for name in held.files}
        return _index(arrays)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as problem:
        log.warning("the index of borders in %s is built again: %s", path, problem)
        return None


def _index(arrays: dict[str, NDArray[Any]]) -> RasterIndex:
    cells = Cells(*(arrays[CELLS[0] + field.name].item() for field in fields(Cells)))
    edges = Edges(*(arrays[EDGES[0] + field.name] for field in fields(Edges)))
    west, south, east, north = arrays["bounds"].tolist()
    names = [field.name for field in fields(RasterIndex) if field.name not in ("cells", "edges", "bounds")]
    return RasterIndex(cells=cells, edges=edges, bounds=(west, south, east, north), **{n: arrays[n] for n in names})


def _write(path: Path, digest: bytes, index: RasterIndex) -> None:
    """All or nothing; a directory that cannot be written to costs the next start its time and nothing else."""
    arrays: dict[str, Any] = {"digest": np.frombuffer(digest, np.uint8)}
    for prefix, held in (("", index), (CELLS[0], index.cells), (EDGES[0], index.edges)):
        names = [field.name for field in fields(held) if field.name not in ("cells", "edges")]
        arrays |= {prefix + name: np.asarray(getattr(held, name)) for name in names}
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            np.savez(file, **arrays)
        draft.replace(path)
    except OSError as problem:
        log.warning("the index of borders is not kept: %s", problem)
        with suppress(OSError):
            draft.unlink()
