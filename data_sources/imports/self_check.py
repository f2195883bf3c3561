"""Do dots and polygons agree? A wrong coordinate system moves dots by some 500 m, and borders tell.

Every other system is tried for the dots. If under one of them clearly more dots fall into the region they name (or
into any region), the declared system is likely wrong. The test is a sign test over the dots whose answer changes: by
chance as many would move in as out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.domain.coordinates import CRS, from_wgs84, to_wgs84
from dashboard.domain.regions import RegionTree

Locate = Callable[[ArrayLike, ArrayLike], NDArray[np.int32]]
FEWEST, DEVIATIONS, SHARE = 5, 4.0, 0.002


@dataclass(frozen=True, slots=True)
class Dots:
    """Points in degrees of the declared system, and the region code that each names (empty: any region will do)."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    region: Sequence[str]

    def __len__(self) -> int:
        return len(self.lon)


def suspected_crs(dots: Dots, declared: str, tree: RegionTree, locate: Locate, of_polygons: bool = False) -> str | None:
    """The system that the dots are more likely in than the declared one; None where they agree with the polygons.

    With ``of_polygons`` the dots are WGS-84 and trusted, and it is the polygons whose declared system is in doubt.
    """
    if not len(dots):
        return None
    before = _agree(dots, tree, locate, declared, declared, of_polygons)
    best, most = None, 0.0
    for crs in CRS:
        if crs == declared or {crs, declared} == {"wgs84", "cgcs2000"}:
            continue
        after = _agree(dots, tree, locate, declared, crs, of_polygons)
        gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
        gain = gained - lost
        if gain >= max(FEWEST, SHARE * len(dots), DEVIATIONS * sqrt(gained + lost)) and gain > most:
            best, most = crs, gain
    return best


def warning(dots: Dots, declared: str, suspected: str) -> str:
    """The sentence that tells a person of it."""
    return (
        f"check the coordinate system: of {len(dots)} dots clearly more lie in their regions if the file is in "
        f"{suspected} than in {declared} (--crs {suspected})"
    )


def _agree(
    dots: Dots, tree: RegionTree, locate: Locate, declared: str, crs: str, of_polygons: bool
) -> NDArray[np.bool_]:
    """For each dot whether it lies in the region it names, or in any if it names none, read as ``crs``."""
    if of_polygons:
        lon, lat = to_wgs84(*from_wgs84(dots.lon, dots.lat, crs), declared)
    else:
        lon, lat = to_wgs84(dots.lon, dots.lat, crs)
    nodes = locate(lon, lat)
    named = np.array([tree.latest.get(code, -1) if code else -1 for code in dots.region], np.int32)
    last = np.where(named >= 0, tree.end[named] if len(tree) else 0, 0)
    inside: NDArray[np.bool_] = (nodes >= 0) & ((named < 0) | ((nodes >= named) & (nodes < last)))
    return inside
