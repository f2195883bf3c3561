"""The flat plane that frames and maps are drawn on: whole metres around the middle of a city."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

METRES_PER_DEGREE = np.pi / 180.0 * 6_371_008.8
UNSEEN = -(2**31)
_LIMIT = 2.0**31 - 1.0


@dataclass(frozen=True, slots=True)
class Plane:
    """Local equirectangular projection: x metres east and y metres north of (``lon0``, ``lat0``) WGS-84 degrees.

    The scale is that of a sphere of the earth's mean radius. Within 100 km of the middle lengths are right to about
    2 %: enough to draw, and to tell 50 m from none.
    """

    lon0: float
    lat0: float

    @property
    def east_scale(self) -> float:
        """Metres of one degree of longitude."""
        return float(METRES_PER_DEGREE * np.cos(np.radians(self.lat0)))

    def metres(self, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Degrees to the nearest whole metre; values that fit no int32 are clipped, never wrapped."""
        x = (np.asarray(lon, np.float64) - self.lon0) * self.east_scale
        y = (np.asarray(lat, np.float64) - self.lat0) * METRES_PER_DEGREE
        return _whole(x), _whole(y)

    def degrees(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Metres to WGS-84 degrees."""
        lon = np.asarray(x, np.float64) / self.east_scale + self.lon0
        return lon, np.asarray(y, np.float64) / METRES_PER_DEGREE + self.lat0


def _whole(metres: NDArray[np.float64]) -> NDArray[np.int32]:
    whole: NDArray[np.int32] = np.clip(np.rint(metres), -_LIMIT, _LIMIT).astype(np.int32)
    return whole


def plane_around(west: float, south: float, east: float, north: float) -> Plane:
    """The plane of a bounding box in degrees; its middle is rounded to 1e-4 so that it prints and compares exactly."""
    return Plane(round((west + east) / 2, 4), round((south + north) / 2, 4))
