"""A city of any size for the position benchmarks: wobbly grids without gaps, workers who walk in them."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.base import BaseData, Ring, Workers
from dashboard.domain.plane import Plane, plane_around
from dashboard.domain.regions import Region, RegionTree

START = 1_792_198_800_000  # 2026-10-17 09:00 in Shanghai
STEP = 10_000
WEST, SOUTH, WIDTH, HEIGHT = 113.0, 27.6, 0.4, 0.4


def city(workers: int, grids: int, seed: int = 1) -> tuple[BaseData, Plane]:
    """Workers ``W00000`` .. spread over the grids; grid borders have jittered corners and six points a side."""
    regions = [Region("c", "city", 0), *(Region(f"g{n:06}", "grid", 4, "c") for n in range(grids))]
    polygons = _polygons(grids, np.random.default_rng(seed))
    home = np.sort(np.random.default_rng(seed).integers(1, grids + 1, workers)).astype(np.int32)
    ids = tuple(f"W{n:05}" for n in range(workers))
    people = Workers(ids, home=home, slots={id_: slot for slot, id_ in enumerate(ids)})
    geometry = {n + 1: (Ring(points),) for n, points in enumerate(polygons)}
    return BaseData(1, RegionTree(regions), geometry, people), plane_around(WEST, SOUTH, WEST + WIDTH, SOUTH + HEIGHT)


def _polygons(count: int, random: np.random.Generator) -> list[NDArray[np.float64]]:
    side = int(np.ceil(np.sqrt(count)))
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), -1).astype(float)
    corners += random.uniform(-0.3, 0.3, corners.shape)
    corners = corners / side * (WIDTH, HEIGHT) + (WEST, SOUTH)
    share = (np.arange(6) / 6)[:, None]
    found = []
    for row, column in np.ndindex(side, side):
        around = [corners[row + a, column + b] for a, b in ((0, 0), (0, 1), (1, 1), (1, 0), (0, 0))]
        found.append(np.concatenate([p + (q - p) * share for p, q in pairwise(around)]))
    return found[:count]


class Walk:
    """Everybody walks at 1.2 m/s, turning slowly, seen by receivers with an error of about a metre."""

    def __init__(self, workers: int, seed: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        self.lon = WEST + WIDTH * self.random.uniform(0.05, 0.95, workers)
        self.lat = SOUTH + HEIGHT * self.random.uniform(0.05, 0.95, workers)
        self.heading = self.random.uniform(0, 2 * np.pi, workers)

    def step(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Degrees WGS-84 ten seconds later."""
        self.heading += self.random.normal(0, 0.35, len(self.heading))
        pace = self.random.normal(12, 3, len(self.heading)) / 111_195
        self.lon += pace * np.cos(self.heading) / np.cos(np.radians(SOUTH))
        self.lat += pace * np.sin(self.heading)
        noise = self.random.normal(0, 1 / 111_195, (2, len(self.lon)))
        return self.lon + noise[0], self.lat + noise[1]
