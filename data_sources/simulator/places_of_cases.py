"""Where cases arise and how well they are handled there: weights of cells, points inside them, quality of streets."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data_sources.simulator.city import City


@dataclass(frozen=True)
class Ground:
    """Per cell: cumulative chance of a case, how much likelier than usual a case goes wrong, district number."""

    chance: NDArray[np.float64]
    trouble: NDArray[np.float64]
    district: NDArray[np.intp]
    corners: NDArray[np.float64]
    first: NDArray[np.intp]

    @classmethod
    def of(cls, city: City) -> "Ground":
        """The ground of a city: one district and a few streets are clearly worse than the rest."""
        rng = city.dice(61)
        cells = city.land.shapes[-1]
        area = shapely.area(cells)
        weight = rng.lognormal(0, 0.5, len(cells)) * np.minimum(1, (np.median(area) / area) ** 0.15)
        street = city.above(city.street_level)
        district = city.above(0)
        trouble = _trouble(rng, street, district)
        trouble /= float((trouble * weight).sum() / weight.sum())
        corners, ring = shapely.get_coordinates(shapely.convex_hull(cells), return_index=True)
        first = np.searchsorted(ring, np.arange(len(cells) + 1))
        return cls(np.cumsum(weight) / weight.sum(), trouble, district, corners, first)

    def cells(self, rng: np.random.Generator, count: int) -> NDArray[np.intp]:
        """That many cells, drawn by weight."""
        return np.minimum(np.searchsorted(self.chance, rng.random(count)), len(self.chance) - 1)

    def points(self, rng: np.random.Generator, city: City, cells: NDArray[np.intp]) -> NDArray[np.float64]:
        """A point inside each cell (metres): from the seed towards a random place of the border."""
        first, size = self.first[cells], np.diff(self.first)[cells]
        corner = self.corners[first + rng.integers(0, size)]
        seed = city.land.middles[cells]
        points = seed + (corner - seed) * (0.85 * np.sqrt(rng.random((len(cells), 1))))
        inside = shapely.contains_xy(city.land.shapes[-1][cells], points)
        return np.where(inside[:, None], points, seed)


def _trouble(rng: np.random.Generator, street: NDArray[np.intp], district: NDArray[np.intp]) -> NDArray[np.float64]:
    streets = rng.lognormal(0, 0.9, int(street.max()) + 1)
    streets[rng.permutation(len(streets))[: max(2, len(streets) // 20)]] *= 4
    factor = streets[street]
    districts = int(district.max()) + 1
    if districts > 1:
        factor = factor * np.where(district == rng.integers(districts), 4.2, 1.0)
    return np.asarray(factor)
