"""GPS fixes as columns: never one Python object per fix."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PACKED = np.dtype([("worker", "<u4"), ("second", "<u4"), ("lon", "<i4"), ("lat", "<i4")])
"""The packed columnar form, 16 bytes a fix: worker slot number or numeric id, epoch second, degrees x 1e7."""


@dataclass(frozen=True, slots=True)
class Fixes:
    """Columns of equal length, in order of arrival.

    ``worker`` are worker ids (array of str objects) or, where ``slots`` is true, worker slots (int32). ``time`` is
    epoch ms, ``lon``/``lat`` degrees in ``crs``. NaN and out-of-range values may be in it: ingest counts and drops
    them.
    """

    worker: NDArray[np.object_] | NDArray[np.int32]
    time: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    crs: str = "wgs84"
    slots: bool = False

    def __len__(self) -> int:
        return len(self.time)
