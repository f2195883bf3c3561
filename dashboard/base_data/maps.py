"""Polygons as a page draws them: metres of the city's plane, simplified so that neighbours keep common borders."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.base_data.rows import LayerRow
from dashboard.domain.base import BaseData, Ring
from dashboard.domain.plane import Plane, plane_around
from dashboard.domain.regions import LEVELS

DETAIL = 3000
"""A map is simplified to this fraction of its size: a pixel on a wall of 3840 pixels."""

LEVELS_BELOW = 2
NOWHERE = Plane(105.0, 35.0)

Shapes = dict[int, Any]


class UnknownRegionError(LookupError):
    """There is no region of that code."""


def city_plane(base: BaseData) -> Plane:
    """The plane around the middle of everything that has a border; all metres of the system are on it."""
    corners = [(*ring.points.min(0), *ring.points.max(0)) for rings in base.geometry.values() for ring in rings]
    if not corners:
        return NOWHERE
    west, south, east, north = np.array(corners).T
    return plane_around(float(west.min()), float(south.min()), float(east.max()), float(north.max()))


def map_document(
    base: BaseData, scope: str = "", layers: Mapping[str, Sequence[LayerRow]] | None = None
) -> dict[str, Any]:
    """The map of a scope (empty: the whole system) with the two levels below it, as ``GET /api/v1/map`` answers.

    A region without a border of its own gets that of the regions in it. ``layers`` (``water``, ``roads``) are cut to
    the map's bounds and added as ``lines``. Raises ``UnknownRegionError``.
    """
    plane = city_plane(base)
    root = _root(base, scope)
    shapes: Shapes = {}
    drawn = _drawn(base, root)
    for node in drawn:
        _outline(base, node, plane, shapes)
    bounds = _bounds(shapes[node] for node in drawn)
    simple = _simplified(base, drawn, shapes, max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / DETAIL)
    return {
        "version": base.version,
        "plane": {"lon": plane.lon0, "lat": plane.lat0},
        "bounds": bounds,
        "regions": [_region(base, node, simple.get(node)) for node in drawn],
        "lines": {name: _lines(rows, plane, bounds) for name, rows in (layers or {}).items() if rows},
    }


def border(base: BaseData, region: str) -> Any:
    """The area of a region in metres of the city's plane, one MultiPolygon, not simplified.

    Raises ``UnknownRegionError``.
    """
    return _outline(base, _root(base, region), city_plane(base), {})


class MapDocuments:
    """Remembers the documents of the newest version of base data: simplifying a city takes a second."""

    def __init__(self) -> None:
        self._version = -1
        self._documents: dict[str, dict[str, Any]] = {}

    def get(
        self, base: BaseData, scope: str = "", layers: Mapping[str, Sequence[LayerRow]] | None = None
    ) -> dict[str, Any]:
        """``map_document`` of this version, worked out at most once."""
        if base.version != self._version:
            self._version, self._documents = base.version, {}
        found = self._documents.get(scope)
        if found is None:
            found = self._documents[scope] = map_document(base, scope, layers)
        return found


def _root(base: BaseData, scope: str) -> int:
    root = base.tree.node(scope) if scope else (0 if len(base.tree) else None)
    if root is None and scope:
        raise UnknownRegionError(f"there is no region {scope!r}")
    return -1 if root is None else root


def _drawn(base: BaseData, root: int) -> list[int]:
    """The scope and the latest versions of the regions on the next two levels that exist under it."""
    if root < 0:
        return []
    inside = base.tree.inside(root)
    below = sorted({int(level) for level in base.tree.level[inside]} - {int(base.tree.level[root])})[:LEVELS_BELOW]
    return [root, *(int(node) for level in below for node in base.tree.at_level(level, root))]


def _outline(base: BaseData, node: int, plane: Plane, shapes: Shapes) -> Any:
    found = shapes.get(node)
    if found is None:
        rings = base.geometry.get(node)
        found = _polygon(rings, plane) if rings else _union(base, node, plane, shapes)
        shapes[node] = found
    return found


def _union(base: BaseData, node: int, plane: Plane, shapes: Shapes) -> Any:
    parts = [_outline(base, child, plane, shapes) for child in base.tree.children(node)]
    if not parts:
        return shapely.MultiPolygon()
    seamless = bool(shapely.coverage_is_valid(parts))
    return _polygonal(shapely.coverage_union_all(parts) if seamless else shapely.union_all(parts))


def _polygon(rings: Sequence[Ring], plane: Plane) -> Any:
    shells: list[tuple[NDArray[np.float64], list[NDArray[np.float64]]]] = []
    for ring in rings:
        points = np.column_stack(plane.metres(ring.points[:, 0], ring.points[:, 1])).astype(np.float64)
        if ring.hole:
            shells[-1][1].append(points)
        else:
            shells.append((points, []))
    return _polygonal(shapely.make_valid(shapely.MultiPolygon([shapely.Polygon(*shell) for shell in shells])))


def _polygonal(shape: Any) -> Any:
    """Only the polygons of a shape, as one MultiPolygon."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons([part for part in parts if part.geom_type == "Polygon"])


def _bounds(shapes: Iterable[Any]) -> list[int]:
    boxes = [shape.bounds for shape in shapes if not shape.is_empty]
    if not boxes:
        return [0, 0, 0, 0]
    west, south, east, north = np.array(boxes).T
    return [int(west.min()), int(south.min()), int(east.max()), int(north.max())]


def _simplified(base: BaseData, drawn: list[int], shapes: Shapes, tolerance: float) -> Shapes:
    """Every level by itself, because a coverage may not overlap."""
    simple: Shapes = {}
    for level in {int(base.tree.level[node]) for node in drawn}:
        nodes = [n for n in drawn if base.tree.level[n] == level and not shapes[n].is_empty]
        if nodes:
            simple.update(zip(nodes, shapely.coverage_simplify([shapes[n] for n in nodes], tolerance), strict=True))
    return simple


def _region(base: BaseData, node: int, shape: Any) -> dict[str, Any]:
    region = base.tree.regions[node]
    return {
        "code": region.code,
        "name": region.name,
        "name_en": region.name_en,
        "level": LEVELS[region.level],
        "parent": region.parent,
        "label": None if shape is None else _label(shape),
        "rings": [] if shape is None else [_flat(ring) for ring in shapely.get_rings(shapely.get_parts(shape))],
    }


def _label(shape: Any) -> list[int]:
    """The middle of the largest circle that fits into the largest part: well inside, however bent the region is."""
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    size = max(largest.bounds[2] - largest.bounds[0], largest.bounds[3] - largest.bounds[1], 1.0)
    middle = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest, size / 100))[0]
    return [round(value) for value in middle]


def _flat(line: Any) -> list[int]:
    flat: list[int] = np.rint(shapely.get_coordinates(line)).astype(int).ravel().tolist()
    return flat


def _lines(rows: Sequence[LayerRow], plane: Plane, bounds: list[int]) -> list[list[int]]:
    shapes = shapely.from_geojson([row.geometry for row in rows])
    metric = shapely.transform(shapes, lambda p: np.column_stack(plane.metres(p[:, 0], p[:, 1])).astype(np.float64))
    outlines = [shape.boundary if shape.geom_type.endswith("Polygon") else shape for shape in metric]
    cut = shapely.get_parts(shapely.clip_by_rect(outlines, *bounds))
    return [_flat(line) for line in cut if line.geom_type == "LineString" and not line.is_empty]
