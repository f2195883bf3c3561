"""From a scale and a seed to nested regions: who lies in whom, and every border. Metres until ``to_degrees``."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data_sources.simulator import cells, grouping
from data_sources.simulator.scales import Scale

METRES_PER_DEGREE = 111_195.0
District = tuple[str, str, shapely.Geometry]


@dataclass(frozen=True)
class Land:
    """Cells and their groups. ``parents[k][i]`` is the number, one level up, of region ``i`` of level ``k``.

    ``levels`` and ``shapes`` run from the first level under the root to the cells; ``middles`` are the cells' seeds.
    Regions of a level are numbered by parent, then from north to south.
    """

    levels: tuple[str, ...]
    parents: tuple[NDArray[np.intp], ...]
    shapes: tuple[NDArray[np.object_], ...]
    root: shapely.Geometry
    middles: NDArray[np.float64]


class Plane:
    """Metres around a middle, and degrees: equirectangular, true along its own parallel."""

    def __init__(self, lon: float, lat: float) -> None:
        self.lon, self.lat = lon, lat
        self.scale = np.array([METRES_PER_DEGREE * np.cos(np.radians(lat)), METRES_PER_DEGREE])
        self.origin = np.array([lon, lat])

    def to_degrees(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Metres (n, 2) as lon, lat, rounded to 1e-7 degrees (a centimetre)."""
        return np.asarray(np.round(points / self.scale + self.origin, 7))

    def to_metres(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Degrees (n, 2) as metres."""
        return np.asarray((points - self.origin) * self.scale)


def invent(scale: Scale, rng: np.random.Generator) -> Land:
    """A city without a model: outline, cells, and groups of cells up to the root."""
    shape = cells.outline(rng, scale.radius_km * 1000)
    levels = [level for level, _ in scale.counts]
    finest = scale.counts[-1][1]
    points = cells.seeds(rng, shape, finest, towns=5 + 2 * scale.counts[0][1])
    points = np.concatenate((points, cells.surroundings(rng, shape, finest)))
    polygons, middles = cells.voronoi(points, finest)
    middles, polygons, owners = _groups(scale, rng, middles, cells.crooked(polygons), None)
    shapes = _unions(polygons, owners)
    return Land(tuple(levels), _parents(owners), (*shapes[1:], polygons), shapes[0][0], middles)


def fill(scale: Scale, rng: np.random.Generator, districts: Sequence[shapely.Geometry]) -> Land:
    """Generated streets, communities and cells inside given districts (metres)."""
    levels = [level for level, _ in scale.counts]
    finest = scale.counts[-1][1]
    sizes = np.array([float(d.area) for d in districts], np.float64) ** 0.35
    counts = grouping.apportion(finest, sizes, np.full(len(sizes), finest))
    raw, points = zip(*(_cells_of(rng, *pair) for pair in zip(districts, counts.tolist(), strict=True)), strict=True)
    owner = np.repeat(np.arange(len(districts)), counts)
    middles, polygons, owners = _groups(scale, rng, np.concatenate(points), np.concatenate(raw), owner)
    given = np.array([*districts, None], object)[:-1]
    finer = [*_unions(polygons, owners)[2:], polygons]
    clipped = [_clipped(shape, given[_of_district(owners, k)]) for k, shape in enumerate(finer, 1)]
    return Land(tuple(levels), _parents(owners), (given, *clipped), shapely.union_all(given), middles)


def _cells_of(rng: np.random.Generator, shape: shapely.Geometry, count: int) -> tuple[
    NDArray[np.object_], NDArray[np.float64]
]:
    """Unclipped cells that cover one district, and their seeds."""
    polygons, middles = cells.voronoi(cells.seeds(rng, shape, count, towns=4), count, relax=0, cover=shape)
    return cells.crooked(polygons), middles


def _clipped(shapes: NDArray[np.object_], districts: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes cut to their districts; where these only touch along a line as well, that line is dropped."""
    cut = shapely.intersection(shapes, districts)
    for index in np.flatnonzero(shapely.get_type_id(cut) == shapely.GeometryType.GEOMETRYCOLLECTION):
        areas = [part for part in shapely.get_parts(cut[index]) if part.area > 0]
        cut[index] = shapely.union_all(areas)
    return np.asarray(cut)


def _of_district(owners: "Owners", level: int) -> NDArray[np.intp]:
    """The district of every region of one level (0 = districts)."""
    if level == len(owners):
        return owners[0]
    return np.asarray(owners[0][np.unique(owners[level], return_index=True)[1]])


Owners = tuple[NDArray[np.intp], ...]


def _groups(
    scale: Scale, rng: np.random.Generator, middles: NDArray[np.float64], polygons: NDArray[np.object_],
    given: NDArray[np.intp] | None,
) -> tuple[NDArray[np.float64], NDArray[np.object_], Owners]:
    """Cells in order of their regions, and for each level above them the number of the region each cell lies in."""
    weights = shapely.area(polygons) ** 0.25
    owners: list[NDArray[np.intp]] = []
    above = np.zeros(len(middles), np.intp)
    for index, (_, count) in enumerate(scale.counts[:-1]):
        above = given if index == 0 and given is not None else _divide(rng, middles, weights, above, count)
        owners.append(above)
    order = np.lexsort((-middles[:, 1], *reversed(owners)))
    return middles[order], polygons[order], tuple(owner[order] for owner in owners)


def _divide(
    rng: np.random.Generator, middles: NDArray[np.float64], weights: NDArray[np.float64], above: NDArray[np.intp],
    total: int,
) -> NDArray[np.intp]:
    """Splits every region of one level into groups, ``total`` in all, numbered region by region from north to south."""
    sizes = np.bincount(above)
    parts = grouping.apportion(total, np.bincount(above, weights + 1).astype(np.float64), sizes)
    owner = np.empty(len(middles), np.intp)
    first = 0
    for region, count in enumerate(parts.tolist()):
        members = np.flatnonzero(above == region)
        owner[members] = first + _from_north(middles[members], grouping.group(
            rng, middles[members], weights[members], count), count)
        first += count
    return owner


def _from_north(points: NDArray[np.float64], owner: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    north = np.bincount(owner, points[:, 1], count) / np.bincount(owner, minlength=count)
    rank = np.empty(count, np.intp)
    rank[np.argsort(-north, kind="stable")] = np.arange(count)
    return np.asarray(rank[owner])


def _parents(owners: Owners) -> tuple[NDArray[np.intp], ...]:
    top = np.zeros(int(owners[0].max()) + 1, np.intp)
    pairs = zip(owners[1:], owners[:-1], strict=True)
    between = (above[np.unique(own, return_index=True)[1]] for own, above in pairs)
    return (top, *between, owners[-1])


def _unions(polygons: NDArray[np.object_], owners: Owners) -> list[NDArray[np.object_]]:
    """Shapes of the root and of every level above the cells, from coarse to fine; each the union of the level below."""
    shapes: list[NDArray[np.object_]] = []
    below, number = polygons, np.arange(len(polygons))
    for owner in (*reversed(owners), np.zeros(len(polygons), np.intp)):
        firsts = np.unique(number, return_index=True)[1]
        below = _merge(below, owner[firsts])
        number = owner
        shapes.insert(0, below)
    return shapes


def _merge(below: NDArray[np.object_], owner: NDArray[np.intp]) -> NDArray[np.object_]:
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    groups = np.split(below, starts[1:])
    return np.array([g[0] if len(g) == 1 else shapely.coverage_union_all(g) for g in groups] + [None], object)[:-1]
