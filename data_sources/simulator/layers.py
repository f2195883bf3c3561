"""Layers that a demonstration switches on: cameras along the main roads, and buildings with heights around a centre."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.base_data.rows import LayerRow
from data_sources.simulator.geography import Land, Plane
from data_sources.simulator.scales import Scale

Points = NDArray[np.float64]

CAMERAS_PER_CELL = 0.12
CAMERAS = (200, 6000)
"""Fewest and most cameras of a city."""

BLOCKS = 28
"""Blocks of houses along each side of the built-up square."""

BLOCK = 92.0
"""From the middle of one block to the next in metres, streets included."""

HOUSES = 2
TALLEST = 96.0


def camera_rows(scale: Scale, surface: Sequence[LayerRow], plane: Plane, rng: np.random.Generator) -> list[LayerRow]:
    """Cameras (视频监控) beside the roads among the rows of a surface, denser where roads begin: in the middle."""
    lines = shapely.from_geojson([row.geometry for row in surface if row.layer == "roads"])
    roads = shapely.transform(lines, plane.to_metres)
    count = int(np.clip(scale.counts[-1][1] * CAMERAS_PER_CELL, *CAMERAS))
    lengths = shapely.length(roads)
    road = rng.choice(len(roads), count, p=lengths / lengths.sum())
    along = shapely.line_interpolate_point(roads[road], rng.beta(0.7, 1.1, count), normalized=True)
    at = plane.to_degrees(shapely.get_coordinates(along) + rng.normal(0, 12, (count, 2)))
    return [
        LayerRow("cameras", f"camera-{n:05d}", f"监控{n}号", _point(lon, lat))
        for n, (lon, lat) in enumerate(at.tolist(), 1)
    ]


def _point(lon: float, lat: float) -> str:
    return f'{{"type":"Point","coordinates":[{lon:.6f},{lat:.6f}]}}'


def building_rows(land: Land, plane: Plane, rng: np.random.Generator) -> list[LayerRow]:
    """Houses around the densest place of the city, higher towards its middle; heights in metres."""
    angle = rng.uniform(0.05, 0.4)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = _centre(land)
    rows = []
    for n, (corners, height) in enumerate(_houses(rng), 1):
        ring = plane.to_degrees(corners @ turn.T + centre).tolist()
        rows.append(LayerRow("buildings", f"building-{n:05d}", f"{n}号楼", _polygon(ring), height))
    return rows


def _centre(land: Land) -> Points:
    """The middle of the smallest cell: towns are where cells are small."""
    smallest = land.shapes[-1][int(np.argmin(shapely.area(land.shapes[-1])))]
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(smallest))[0])


def _houses(rng: np.random.Generator) -> Iterator[tuple[Points, float]]:
    """Corners (metres around the centre, closed) and height of every house, block by block."""
    half, part = BLOCKS / 2, BLOCK * 0.8 / HOUSES
    for block in np.ndindex(BLOCKS, BLOCKS):
        middle = (np.array(block) - half + 0.5) * BLOCK
        distance = float(np.hypot(*middle)) / (half * BLOCK)
        if rng.random() < 0.05 + 0.25 * distance:
            continue
        for house in np.ndindex(HOUSES, HOUSES):
            at = middle + (np.array(house) - (HOUSES - 1) / 2) * part
            yield _rectangle(at, part * rng.uniform(0.45, 0.85, 2)), _height(distance, rng)


def _rectangle(middle: Points, size: Points) -> Points:
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    return np.asarray(middle + signs * size / 2)


def _height(distance: float, rng: np.random.Generator) -> float:
    """Whole storeys of 3 m; ``distance`` from the centre as a share of the square's half."""
    tall = TALLEST * np.exp(-2.6 * distance) * rng.uniform(0.35, 1.0)
    return float(3 * max(2, round(tall / 3)))


def _polygon(ring: list[list[float]]) -> str:
    corners = ",".join(f"[{lon:.7f},{lat:.7f}]" for lon, lat in ring)
    return f'{{"type":"Polygon","coordinates":[[{corners}]]}}'
