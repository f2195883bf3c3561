"""Map layers of a simulated city: a river, main roads, police and mediation grids, grid stations."""

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from dashboard.base_data.rows import LayerRow
from data_sources.simulator.geography import Land, Plane
from data_sources.simulator.grouping import group
from data_sources.simulator.scales import Scale


def layer_rows(scale: Scale, land: Land, plane: Plane, rng: np.random.Generator) -> list[LayerRow]:
    """All layers the place has, in degrees."""
    rows = [*_water(land, plane, rng), *_roads(land, plane, rng)]
    rows += _patches("police", "警务网格", scale.police_grids, land, plane, rng)
    rows += _patches("mediation", "调解网格", scale.mediation_grids, land, plane, rng)
    return rows + _stations(scale.stations, land, plane, rng)


def _geojson(shape: shapely.Geometry, plane: Plane) -> str:
    moved = shapely.transform(shape, lambda points: np.round(plane.to_degrees(points), 5))
    return str(shapely.to_geojson(moved))


def _wander(
    rng: np.random.Generator, start: NDArray[np.float64], end: NDArray[np.float64], sway: float
) -> shapely.LineString:
    """A line from start to end that sways aside by about that share of its length."""
    share = np.linspace(0, 1, 60)
    along = end - start
    aside = np.array([-along[1], along[0]])
    waves = sum(rng.normal(0, sway / k) * np.sin(np.pi * k * share) for k in range(1, 9))
    return shapely.LineString(start + share[:, None] * along + np.asarray(waves)[:, None] * aside)


def _water(land: Land, plane: Plane, rng: np.random.Generator) -> list[LayerRow]:
    low_x, low_y, high_x, high_y = land.root.bounds
    width = high_x - low_x
    middle = (low_x + high_x) / 2
    river = _wander(rng, np.array([middle + 0.14 * width, high_y]), np.array([middle + 0.1 * width, low_y]), 0.05)
    bend = np.asarray(river.interpolate(0.42, normalized=True).coords[0])
    brook = _wander(rng, np.array([low_x, middle - low_x + low_y + 0.1 * width]), bend, 0.06)
    lines = [("river", "大川", river, 5.0), ("brook", "小川", brook.intersection(land.root), 2.0)]
    return [
        LayerRow("water", key, name, _geojson(line, plane), properties=orjson.dumps({"width": w}).decode())
        for key, name, line, w in lines
    ]


def _roads(land: Land, plane: Plane, rng: np.random.Generator) -> list[LayerRow]:
    """A ring, and a main road from the middle to every district (or street) and on to its neighbour."""
    towns = shapely.get_coordinates(shapely.point_on_surface(land.shapes[0]))
    middle = land.middles.mean(0)
    angle = np.arctan2(*(towns - middle).T)
    order = np.argsort(angle)
    pairs = [(middle, town) for town in towns]
    pairs += [(towns[a], towns[b]) for a, b in zip(order, np.roll(order, -1), strict=True)]
    lines = [_wander(rng, np.asarray(a), np.asarray(b), 0.03) for a, b in pairs]
    ring = shapely.Point(middle).buffer(0.16 * np.sqrt(land.root.area / np.pi), quad_segs=16).exterior
    return [
        LayerRow("roads", f"road-{n}", f"{n + 1}号干道", _geojson(line, plane), properties='{"class":"main"}')
        for n, line in enumerate((*lines, ring))
    ]


def _patches(
    layer: str, title: str, count: int, land: Land, plane: Plane, rng: np.random.Generator
) -> list[LayerRow]:
    if not count:
        return []
    cells = land.shapes[-1]
    owner = group(rng, land.middles, shapely.area(cells) ** 0.3, count)
    shapes = (shapely.coverage_union_all(cells[owner == number]) for number in range(count))
    return [
        LayerRow(layer, f"{layer}-{n:04d}", f"{title}{n}", _geojson(shape, plane)) for n, shape in enumerate(shapes, 1)
    ]


def _stations(count: int, land: Land, plane: Plane, rng: np.random.Generator) -> list[LayerRow]:
    cells = rng.permutation(len(land.middles))[:count]
    points = shapely.point_on_surface(land.shapes[-1][cells])
    return [
        LayerRow("stations", f"station-{n + 1:04d}", f"网格驿站{n + 1}", _geojson(point, plane))
        for n, point in enumerate(points)
    ]
