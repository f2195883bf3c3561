"""Stored fixes as columns: by stable worker key, not by slot, so that they keep their meaning when rosters change."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SCALE = 1e7
"""Steps of one degree: a centimetre."""


@dataclass(frozen=True, slots=True)
class Track:
    """Columns of equal length: worker key, epoch ms, and WGS-84 degrees x 1e7."""

    key: NDArray[np.uint32]
    time: NDArray[np.int64]
    lon: NDArray[np.int32]
    lat: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.time)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> "Track":
        """Some of the rows."""
        return Track(self.key[rows], self.time[rows], self.lon[rows], self.lat[rows])

    def in_order(self) -> "Track":
        """By worker and time; of several fixes of one worker and instant only the first."""
        order = np.lexsort((self.time, self.key))
        key, time = self.key[order], self.time[order]
        again = (key[1:] == key[:-1]) & (time[1:] == time[:-1])
        return self.take(order[np.concatenate([np.ones(min(1, len(order)), np.bool_), ~again])])

    def to_bytes(self) -> bytes:
        """All columns, one after another, little endian."""
        columns = (self.key.astype("<u4"), self.time.astype("<i8"), self.lon.astype("<i4"), self.lat.astype("<i4"))
        return b"".join(column.tobytes() for column in columns)


ROW = 20
"""Bytes of one fix in ``Track.to_bytes``."""


def track_from_bytes(data: bytes) -> Track:
    """What ``Track.to_bytes`` wrote; ValueError where the length is wrong. The columns cannot be written to."""
    count, rest = divmod(len(data), ROW)
    if rest:
        raise ValueError(f"{len(data)} bytes are no whole number of fixes")
    starts = (0, 4 * count, 12 * count, 16 * count)
    kinds = ("<u4", "<i8", "<i4", "<i4")
    key, time, lon, lat = (np.frombuffer(data, k, count, s) for k, s in zip(kinds, starts, strict=True))
    return Track(key, time, lon, lat)


def joined(tracks: Sequence[Track]) -> Track:
    """One track after another."""
    if not tracks:
        return EMPTY
    key, time, lon, lat = (
        np.concatenate([getattr(track, name) for track in tracks]) for name in ("key", "time", "lon", "lat")
    )
    return Track(key, time, lon, lat)


EMPTY = Track(np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32))
