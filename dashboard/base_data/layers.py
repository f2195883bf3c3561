"""Imported map layers as pages draw them: what of a layer lies inside a region, cut to its border, bounded in size."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal, TypeVar

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine

from dashboard.base_data.loading import layer_names, read_layer
from dashboard.base_data.maps import DETAIL, border, city_plane
from dashboard.base_data.rows import LayerRow
from dashboard.domain.base import BaseData
from dashboard.domain.plane import METRES_PER_DEGREE, Plane

Kind = Literal["points", "lines", "polygons"]
Crs = Literal["plane", "wgs84"]
Form = Literal["all", "cells", "largest"]
Numbers = NDArray[np.float64]

ALWAYS_DRAWN = frozenset({"water", "roads"})
"""Layers that belong to every map and are not switched."""

FEATURES = 20_000
"""More points than this are counted in squares; of lines and areas the largest so many are given."""

NAMED = 3_000
ACROSS = 120
KEPT = 96
TITLES: Mapping[str, tuple[str, str]] = {
    "police": ("警务网格", "Police grids"),
    "mediation": ("调解网格", "Mediation grids"),
    "stations": ("网格驿站", "Grid stations"),
    "cameras": ("视频监控", "Cameras"),
    "buildings": ("建筑物", "Buildings"),
    "special": ("专属网格", "Special grids"),
}
_KINDS: tuple[Kind, ...] = ("points", "lines", "polygons")
Kept = TypeVar("Kept")


class UnknownLayerError(LookupError):
    """There is no switchable layer of that name."""


class LayerLine(msgspec.Struct, frozen=True):
    """One layer of a region: ``count`` features lie inside, ``has_height`` says whether any of them stands in 3D."""

    name: str
    label: dict[str, str]
    kind: Kind
    count: int
    has_height: bool


@dataclass(frozen=True, slots=True)
class Features:
    """Features of one kind in metres of the plane (not rounded), aligned with their names and heights (NaN: none)."""

    kind: Kind
    shapes: NDArray[np.object_]
    names: NDArray[np.object_]
    heights: Numbers

    def pick(self, chosen: NDArray[Any]) -> "Features":
        """Some of the features, by mask or index."""
        return Features(self.kind, self.shapes[chosen], self.names[chosen], self.heights[chosen])


class Layers:
    """Answers about layers, remembered for the newest version of base data. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version = -1
        self._kept: OrderedDict[tuple[str, ...], Any] = OrderedDict()

    def listed(self, engine: Engine, base: BaseData, region: str) -> list[LayerLine]:
        """The switchable layers with what of them lies in a region (a code that exists)."""
        with self._lock:
            names = self._keep(base, ("names",), lambda: layer_names(engine))
            return [self._line(engine, base, region, name) for name in names if name not in ALWAYS_DRAWN]

    def document(self, engine: Engine, base: BaseData, region: str, name: str, crs: Crs = "plane") -> bytes:
        """A layer inside a region as JSON: ``LayerData`` of ``frontend/src/leader/layer_data.ts`` or GeoJSON in WGS-84.

        Raises ``UnknownLayerError``.
        """
        with self._lock:
            if name in ALWAYS_DRAWN or name not in self._keep(base, ("names",), lambda: layer_names(engine)):
                raise UnknownLayerError(f"there is no layer {name!r}")
            make = _geojson if crs == "wgs84" else _document
            inside = self._inside(engine, base, region, name)
            key = ("document", region, name, crs)
            answer: bytes = self._keep(base, key, lambda: msgspec.json.encode(make(base, region, name, inside)))
            return answer

    def _line(self, engine: Engine, base: BaseData, region: str, name: str) -> LayerLine:
        inside = self._inside(engine, base, region, name)
        tall = bool(np.isfinite(inside.heights).any())
        return LayerLine(name, title(name), inside.kind, len(inside.shapes), tall)

    def _inside(self, engine: Engine, base: BaseData, region: str, name: str) -> Features:
        plane = self._keep(base, ("plane",), lambda: city_plane(base))
        whole = self._keep(base, ("layer", name), lambda: parsed(read_layer(engine, name), plane))
        if base.tree.node(region) == 0:
            return whole
        shape = self._keep(base, ("border", region), lambda: border(base, region))
        return self._keep(base, ("inside", region, name), lambda: within(whole, shape))

    def _keep(self, base: BaseData, key: tuple[str, ...], make: Callable[[], Kept]) -> Kept:
        if base.version != self._version:
            self._version = base.version
            self._kept.clear()
        if key not in self._kept:
            self._kept[key] = make()
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        found: Kept = self._kept[key]
        return found


def title(name: str) -> dict[str, str]:
    """What a layer is called in both languages: a known word, else the name it was imported under."""
    zh, en = TITLES.get(name, (name, name))
    return {"zh": zh, "en": en}


def parsed(rows: Sequence[LayerRow], plane: Plane) -> Features:
    """The features of the most frequent kind of geometry; the others are left out. Collections count by their parts."""
    shapes = shapely.from_geojson([row.geometry for row in rows]) if rows else np.empty(0, object)
    heights = np.array([np.nan if row.height is None else row.height for row in rows], np.float64)
    everything = Features("points", shapes, np.array([row.name for row in rows], object), heights)
    dimension = shapely.get_dimensions(shapes)
    counts = [int((dimension == n).sum()) for n in range(3)]
    kind = int(np.argmax(counts))
    found = everything.pick((dimension == kind) & ~shapely.is_empty(shapes))
    return Features(_KINDS[kind], _on_plane(found.shapes, plane), found.names, found.heights)


def _on_plane(shapes: NDArray[np.object_], plane: Plane) -> NDArray[np.object_]:
    scale, origin = np.array([plane.east_scale, METRES_PER_DEGREE]), np.array([plane.lon0, plane.lat0])
    moved = shapely.transform(shapes, lambda points: (points - origin) * scale)
    return np.asarray(shapely.make_valid(moved), object)


def within(features: Features, shape: Any) -> Features:
    """What lies inside a shape. Lines and areas are cut at its border; what only touches it is left out."""
    shapely.prepare(shape)
    if features.kind == "points":
        return features.pick(shapely.intersects(shape, features.shapes))
    near = features.pick(shapely.intersects(shape, features.shapes))
    whole = shapely.contains_properly(shape, near.shapes)
    shapes = near.shapes.copy()
    shapes[~whole] = [_of_kind(part, features.kind) for part in shapely.intersection(near.shapes[~whole], shape)]
    cut = Features(near.kind, shapes, near.names, near.heights)
    return cut.pick(~shapely.is_empty(shapes))


def _of_kind(shape: Any, kind: Kind) -> Any:
    """The areas or lines of a shape; a place where two borders only touch is neither."""
    wanted = 2 if kind == "polygons" else 1
    parts = [part for part in _flattened(shape) if shapely.get_dimensions(part) == wanted]
    return shapely.union_all(parts) if parts else shapely.GeometryCollection()


def _flattened(shape: Any) -> list[Any]:
    return list(shapely.get_parts(shapely.get_parts(shape)))


def _bounded(features: Features) -> tuple[Features, Form]:
    """At most ``FEATURES``: the largest by volume, area or length."""
    if len(features.shapes) <= FEATURES:
        return features, "all"
    area = shapely.area(features.shapes) * np.nan_to_num(features.heights, nan=1.0)
    size = area if features.kind == "polygons" else shapely.length(features.shapes)
    return features.pick(np.sort(np.argsort(-size, kind="stable")[:FEATURES])), "largest"


def _document(base: BaseData, region: str, name: str, inside: Features) -> dict[str, Any]:
    head = {"name": name, "label": title(name), "kind": inside.kind, "region": region, "version": base.version}
    if inside.kind == "points":
        return head | {"count": len(inside.shapes)} | _points(inside)
    shown, form = _bounded(inside)
    sizes = {"count": len(inside.shapes), "shown": len(shown.shapes), "form": form}
    simple = Features(shown.kind, _simplified(shown), shown.names, shown.heights)
    return head | sizes | ({"areas": _areas(simple)} if inside.kind == "polygons" else {"lines": _lines(simple)})


def _points(inside: Features) -> dict[str, Any]:
    xy, owner = shapely.get_coordinates(inside.shapes, return_index=True)
    if len(xy) > FEATURES:
        return {"shown": 0, "form": "cells", "cells": _cells(xy)}
    named = {"names": inside.names[owner].tolist()} if len(xy) <= NAMED else {}
    return {"shown": len(inside.shapes), "form": "all", "points": _flat(xy)} | named


def _cells(xy: Numbers) -> dict[str, Any]:
    low, high = xy.min(0), xy.max(0)
    size = max(1.0, float(np.ceil((high - low).max() / ACROSS)))
    cell, counts = np.unique(np.floor((xy - low) / size).astype(np.int64), axis=0, return_counts=True)
    middles = low + (cell + 0.5) * size
    return {"size": size, "counts": np.column_stack((np.rint(middles), counts)).astype(int).ravel().tolist()}


def _tolerance(features: Features) -> float:
    """A pixel of a wall that shows all of them; buildings keep their corners."""
    west, south, east, north = shapely.total_bounds(features.shapes)
    return float(min(max(east - west, north - south) / DETAIL, 1.0 if np.isfinite(features.heights).any() else np.inf))


def _simplified(features: Features) -> NDArray[np.object_]:
    """Neighbours that share a border keep sharing it."""
    if not len(features.shapes):
        return features.shapes
    tolerance = _tolerance(features)
    if features.kind == "polygons" and shapely.coverage_is_valid(features.shapes):
        return np.asarray(shapely.coverage_simplify(features.shapes, tolerance), object)
    return np.asarray(shapely.simplify(features.shapes, tolerance), object)


def _areas(features: Features) -> list[dict[str, Any]]:
    labels = shapely.get_coordinates(shapely.point_on_surface(features.shapes))
    rows = zip(features.shapes, features.names.tolist(), labels, features.heights.tolist(), strict=True)
    return [
        {
            "name": name,
            "label": np.rint(label).astype(int).tolist(),
            "rings": [_flat(shapely.get_coordinates(ring)) for ring in shapely.get_rings(shapely.get_parts(shape))],
        }
        | ({} if np.isnan(height) else {"height": height})
        for shape, name, label, height in rows
    ]


def _lines(features: Features) -> list[dict[str, Any]]:
    return [
        {"name": name, "line": _flat(shapely.get_coordinates(line))}
        for shape, name in zip(features.shapes, features.names.tolist(), strict=True)
        for line in shapely.get_parts(shape)
    ]


def _flat(points: Numbers) -> list[int]:
    flat: list[int] = np.rint(points).astype(int).ravel().tolist()
    return flat


def _geojson(base: BaseData, region: str, name: str, inside: Features) -> dict[str, Any]:
    plane = city_plane(base)
    shown, form = _bounded(inside)
    scale, origin = np.array([plane.east_scale, METRES_PER_DEGREE]), np.array([plane.lon0, plane.lat0])
    shapes = shapely.transform(shown.shapes, lambda points: np.round(points / scale + origin, 7))
    rows = zip(shapely.to_geojson(shapes).tolist(), shown.names.tolist(), shown.heights.tolist(), strict=True)
    features = [
        {
            "type": "Feature",
            "geometry": msgspec.Raw(text.encode()),
            "properties": {"name": called} | ({} if np.isnan(height) else {"height": height}),
        }
        for text, called, height in rows
    ]
    sizes = {"region": region, "count": len(inside.shapes), "shown": len(features), "form": form}
    return {"type": "FeatureCollection", "name": name, **sizes, "features": features}
