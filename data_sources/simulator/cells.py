"""The finest polygons of a city: Voronoi cells of seeds that stand close downtown and wide outside.

Everything here is in metres, x east and y north of the middle of the city. All larger regions are unions of these
cells, so that borders are shared and nothing overlaps or is left out.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

Points = NDArray[np.float64]
SPREAD = ((0.17, 0.115), (0.24, 0.26))
"""Share of the seeds and spread (of the radius) of the core and of the ring around it."""
TOWNS = 0.26
CROOKED = 0.11


def outline(rng: np.random.Generator, radius: float) -> shapely.Polygon:
    """A lobed shape somewhat wider than high."""
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    waves = sum(rng.normal(0, 0.05 / k**0.6) * np.cos(k * angle + rng.uniform(0, 6.3)) for k in range(1, 9))
    reach = radius * (1 + waves)
    return shapely.Polygon(np.column_stack((1.16 * reach * np.cos(angle), 0.9 * reach * np.sin(angle))))


def seeds(rng: np.random.Generator, shape: shapely.Polygon, count: int, towns: int) -> Points:
    """That many points inside a shape, dense around its middle and around a few towns."""
    radius = float(np.sqrt(shape.area / np.pi))
    middle = np.array(shape.centroid.coords[0])
    places = _uniform(rng, shape, towns)
    found = np.zeros((0, 2))
    while len(found) < count:
        batch = _mixture(rng, middle, radius, places, 2 * count)
        uniform = _uniform(rng, shape, count // 2 + 1)
        batch = np.concatenate((batch[shapely.contains_xy(shape, batch)], uniform))
        found = np.concatenate((found, rng.permutation(batch)))
    return found[:count]


def _mixture(rng: np.random.Generator, middle: Points, radius: float, places: Points, count: int) -> Points:
    parts = [rng.normal(middle, radius * s, (int(count * share), 2)) for share, s in SPREAD]
    around = places[rng.integers(len(places), size=int(count * TOWNS))]
    spread = radius * 0.065 * rng.uniform(0.5, 1.6, (len(around), 1))
    return np.concatenate([*parts, around + rng.normal(0, 1, around.shape) * spread])


def _uniform(rng: np.random.Generator, shape: shapely.Geometry, count: int) -> Points:
    low_x, low_y, high_x, high_y = shape.bounds
    found = np.zeros((0, 2))
    while len(found) < count:
        batch = rng.uniform((low_x, low_y), (high_x, high_y), (2 * count + 20, 2))
        found = np.concatenate((found, batch[shapely.contains_xy(shape, batch)]))
    return found[:count]


def surroundings(rng: np.random.Generator, shape: shapely.Polygon, count: int) -> Points:
    """Points around a shape, which give its outer cells a border; spaced like the wide cells at its edge."""
    spacing = float(np.sqrt(shape.area / max(count * 0.28, 6)))
    belt = shape.buffer(4 * spacing).difference(shape.buffer(0.35 * spacing))
    return _uniform(rng, belt, max(24, int(belt.area / spacing**2)))


def voronoi(
    points: Points, inside: int, relax: int = 1, cover: shapely.Geometry | None = None
) -> tuple[NDArray[np.object_], Points]:
    """Cells of the first ``inside`` points and the points themselves, evened out ``relax`` times by Lloyd's step.

    The cells reach beyond ``cover`` where it is given.
    """
    reach = None if cover is None else cover.buffer(float(np.sqrt(cover.area)))
    for step in range(relax + 1):
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=reach, ordered=True))
        if step < relax:
            centres = shapely.get_coordinates(shapely.centroid(cells[:inside]))
            points = np.concatenate((0.35 * points[:inside] + 0.65 * centres, points[inside:]))
    return cells[:inside], points[:inside]


def crooked(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """The cells with their straight edges bent, the same way on both sides; cells that would cross themselves stay."""
    coords, ring = shapely.get_coordinates(shapely.get_exterior_ring(cells), return_index=True)
    straight = np.zeros(len(coords), bool)
    for _ in range(6):
        bent = _bend(coords, ring, straight)
        bad = np.flatnonzero(~shapely.is_valid(bent))
        if not len(bad):
            return bent
        straight |= _edges_of(coords, ring, bad)
    return cells


def _edges(coords: Points, ring: NDArray[np.intp]) -> tuple[NDArray[np.intp], Points, Points, NDArray[np.bool_]]:
    start = np.flatnonzero(ring[:-1] == ring[1:])
    p, q = coords[start], coords[start + 1]
    swap = (p[:, 0] > q[:, 0]) | ((p[:, 0] == q[:, 0]) & (p[:, 1] > q[:, 1]))
    low = np.where(swap[:, None], q, p)
    high = np.where(swap[:, None], p, q)
    return start, low, high, swap


def _edges_of(coords: Points, ring: NDArray[np.intp], bad: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Marks every edge, on either side, that belongs to one of the rings ``bad``."""
    start, low, high, _ = _edges(coords, ring)
    keys = np.round(np.column_stack((low, high)), 3).view("f8,f8,f8,f8").ravel()
    marked = np.zeros(len(coords), bool)
    marked[start] = np.isin(keys, keys[np.isin(ring[start], bad)])
    return marked


def _bend(coords: Points, ring: NDArray[np.intp], straight: NDArray[np.bool_]) -> NDArray[np.object_]:
    start, low, high, swap = _edges(coords, ring)
    length = np.hypot(*(high - low).T)
    extra = np.where(straight[start], 0, np.where(length > 900, 3, np.where(length > 120, 1, 0)))
    total = np.cumsum(extra + 1)
    out = np.empty((int(total[-1]), 2))
    first = total - extra - 1
    out[first] = np.where(swap[:, None], high, low)
    for count in (1, 3):
        rows = np.flatnonzero(extra == count)
        for k in range(1, count + 1):
            place = np.where(swap[rows], count + 1 - k, k)
            out[first[rows] + k] = _between(low[rows], high[rows], place / (count + 1), place)
    rings = shapely.linearrings(np.round(out, 2), indices=np.repeat(ring[start], extra + 1))
    return np.asarray(shapely.polygons(rings))


def _between(low: Points, high: Points, share: Points, place: NDArray[np.intp]) -> Points:
    """A point on the way from ``low`` to ``high``, pushed aside by an amount that only depends on the two ends."""
    noise = np.sin(low[:, 0] * 0.0129898 + low[:, 1] * 0.078233 + high[:, 0] * 0.0377 + place * 1.7) * 43758.5453
    push = (noise - np.floor(noise) - 0.5) * 2 * CROOKED
    along = high - low
    aside = np.column_stack((-along[:, 1], along[:, 0]))
    return low + along * share[:, None] + aside * push[:, None]
