"""Parquet files of stored fixes: by worker and time, in small row groups, written so that a crash leaves no half file.

Columns: ``key`` (worker key), ``second`` (epoch s), ``ms`` (0..999), and WGS-84 degrees x 1e7 as ``lon_e7``, ``lat_e7``
or, where that loses nothing in a file, x 1e6 as ``lon_e6``, ``lat_e6``: phones send six decimals, and the seventh would
cost a byte. All stand as differences to the row before (DELTA_BINARY_PACKED) under zstd; any engine that reads Parquet
can read them.
"""

import os
from collections import OrderedDict
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dashboard.domain.track import Track, joined

ROW_GROUP = 32_768
SUFFIX = ".parquet"
_UNFINISHED = ".unfinished"
_INDEXES_KEPT = 512


def write_track(path: Path, track: Track) -> None:
    """Write fixes that are ``in_order``; when this returns the file is on the disk whole, or an error was raised."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished, table = path.with_suffix(_UNFINISHED), _table(track)
    with unfinished.open("wb") as file:
        pq.write_table(
            table, file, row_group_size=ROW_GROUP, compression="zstd", compression_level=3,
            use_dictionary=False, column_encoding=dict.fromkeys(table.column_names, "DELTA_BINARY_PACKED"),
            write_statistics=["key"],
        )  # fmt: skip
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    for folder in (path.parent, path.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_unfinished(folder: Path) -> None:
    """Delete what a crash left half written."""
    for path in folder.glob(f"*/*{_UNFINISHED}"):
        path.unlink()


def release_memory() -> None:
    """Give back what Arrow keeps for its next table: a compaction needs 100 MB for a moment every few minutes."""
    pa.default_memory_pool().release_unused()


def _table(track: Track) -> pa.Table:
    second, ms = np.divmod(track.time, 1000)
    columns = {"key": track.key.astype(np.int32), "second": second, "ms": ms.astype(np.int32)}
    if ((track.lon % 10 == 0) & (track.lat % 10 == 0)).all():
        return pa.table(columns | {"lon_e6": track.lon // 10, "lat_e6": track.lat // 10})
    return pa.table(columns | {"lon_e7": track.lon, "lat_e7": track.lat})


def read_track(path: Path) -> Track:
    """All fixes of a file."""
    return _track(pq.ParquetFile(path).read())


def rows_of(path: Path) -> int:
    """Number of fixes in a file."""
    return int(pq.read_metadata(path).num_rows)


def _track(table: pa.Table) -> Track:
    key, second, ms, lon, lat = (column.to_numpy() for column in table.columns)
    unit = np.int32(10 if table.column_names[3] == "lon_e6" else 1)
    return Track(key.astype(np.uint32), second * 1000 + ms, lon * unit, lat * unit)


class TrackReader:
    """Reads one worker out of files; remembers which row group holds whom. Thread-safe."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[tuple[Path, int], tuple[pq.FileMetaData, NDArray[np.int64]]] = OrderedDict()
        self._lock = Lock()

    def read(self, path: Path, key: int) -> Track:
        """The fixes of one worker in one file. ``FileNotFoundError`` where it was merged away meanwhile."""
        metadata, bounds = self._index(path)
        groups = np.flatnonzero((bounds[:, 0] <= key) & (key <= bounds[:, 1]))
        if len(groups) == 0:
            return joined([])
        with pq.ParquetFile(path, metadata=metadata, memory_map=True) as file:
            track = _track(file.read_row_groups(groups.tolist(), use_threads=False))
        first, last = np.searchsorted(track.key, [key, key + 1])
        return track.take(np.arange(first, last))

    def _index(self, path: Path) -> tuple[pq.FileMetaData, NDArray[np.int64]]:
        written = path.stat().st_mtime_ns
        with self._lock:
            found = self._indexes.get((path, written))
            if found is None:
                metadata = pq.read_metadata(path)
                found = self._indexes[path, written] = (metadata, _bounds(metadata))
                if len(self._indexes) > _INDEXES_KEPT:
                    self._indexes.popitem(last=False)
            return found


def _bounds(metadata: pq.FileMetaData) -> NDArray[np.int64]:
    """Smallest and largest worker key of each row group."""
    stats = [metadata.row_group(group).column(0).statistics for group in range(metadata.num_row_groups)]
    return np.array([(stat.min, stat.max) for stat in stats], np.int64).reshape(-1, 2)
