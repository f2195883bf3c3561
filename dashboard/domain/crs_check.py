"""Do dots and borders disagree the way a wrong coordinate system makes them disagree?

GCJ-02 and BD-09 lie 0.3 to 1.4 km off: a worker read in the wrong system stands several streets away, so his dot is
often outside his own region. If another reading of all dots puts far more of them into theirs, that is the reason.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.coordinates import from_wgs84, to_wgs84
from dashboard.domain.raster import RasterIndex
from dashboard.domain.regions import RegionTree

FEWEST = 50
"""Dots below which nothing is said."""
MOST = 2_000
"""Dots looked at; of more, evenly spread ones."""
GAIN = 0.1
"""By which the share inside must rise, while the share outside at least halves."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """``crs`` is what the dots (``of`` = "dots") or the borders ("borders") seem to be in, instead of WGS-84.

    ``inside`` is the share of dots within their own region as things stand, ``better`` the share with that reading.
    """

    crs: str
    of: str
    inside: float
    better: float

    def __str__(self) -> str:
        return (
            f"coordinate systems may be mixed up (坐标系可能错配): {self.inside:.0%} of the dots lie in their own "
            f"region, {self.better:.0%} if the {self.of} are {self.crs.upper()}"
        )


def suspected_crs(
    lon: NDArray[np.float64], lat: NDArray[np.float64], own: NDArray[np.int32], index: RasterIndex, tree: RegionTree
) -> Suspicion | None:
    """Compare dots (WGS-84 degrees as they were read) with the region each belongs to, a node of ``tree``."""
    if len(own) < FEWEST:
        return None
    rows = np.unique(np.linspace(0, len(own) - 1, min(len(own), MOST)).astype(np.intp))
    lon, lat, own = lon[rows], lat[rows], own[rows]
    ends = tree.end[own]

    def inside(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
        node = index.locate(x, y)
        return float(np.mean((node >= own) & (node < ends)))

    now = inside(lon, lat)
    readings = [(inside(*to_wgs84(lon, lat, crs)), crs, "dots") for crs in ("gcj02", "bd09")]
    readings += [(inside(*from_wgs84(lon, lat, crs)), crs, "borders") for crs in ("gcj02", "bd09")]
    better, crs, of = max(readings)
    strong = better - now >= GAIN and 1 - better <= (1 - now) / 2
    return Suspicion(crs, of, now, better) if strong else None
