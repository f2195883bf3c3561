"""Features of a file of geometries: properties as text, geometry as a valid shape in WGS-84 degrees."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyproj
import shapely
from numpy.typing import NDArray

from dashboard.domain.coordinates import check_crs, to_wgs84
from data_sources.imports.columns import CellError
from data_sources.imports.errors import ImportFileError
from data_sources.imports.tabular import as_text

WGS84 = "wgs84"
DEGREES = (WGS84, "EPSG:4326", "OGC:CRS84", "EPSG:4490")


@dataclass(frozen=True, slots=True)
class Features:
    """What a file holds, feature by feature: ``shapes`` has None where a feature has no geometry."""

    header: tuple[str, ...]
    records: list[dict[str, str]]
    shapes: list[Any]
    crs: str = ""


def is_table(path: Path) -> bool:
    """Whether a file is a table, by the ending of its name."""
    return path.name.lower().removesuffix(".gz").endswith((".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet"))


def read_features(path: Path) -> Features:
    """Read GeoJSON (plain or gzipped) or anything that GDAL knows (Shapefile, also zipped, and GeoPackage).

    ``ImportFileError`` where the file cannot be read or holds no features.
    """
    if path.name.lower().endswith((".json", ".geojson", ".json.gz", ".geojson.gz")):
        features = _geojson(path)
    else:
        features = _gdal(path)
    if not features.records:
        raise ImportFileError(f"{path} holds no features")
    return features


def _geojson(path: Path) -> Features:
    try:
        data = path.read_bytes()
        document = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
        listed = document["features"] if document["type"] == "FeatureCollection" else [document]
        found = [feature if isinstance(feature, dict) else {} for feature in listed]  # a row without fields is bad
        records = [_properties(feature) for feature in found]
        shapes = [_shape(feature.get("geometry")) for feature in found]
    except FileNotFoundError as problem:
        raise ImportFileError(f"there is no file {path}") from problem
    except OSError as problem:
        raise ImportFileError(f"{path} cannot be read: {problem}") from problem
    except (EOFError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ImportFileError(f"{path} is not GeoJSON: {problem}") from problem
    named = document.get("crs")
    crs = str(named["properties"]["name"]) if isinstance(named, dict) and "properties" in named else ""
    return Features(_header(records), records, shapes, crs)


def _properties(feature: dict[str, Any]) -> dict[str, str]:
    properties = dict(feature.get("properties") or {})
    if "id" in feature:
        properties.setdefault("id", feature["id"])
    return {name: value if isinstance(value, str) else _text(value) for name, value in properties.items()}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else as_text(value)


def _shape(geometry: dict[str, Any] | None) -> Any:
    """The geometry, or the reason why there is none as an ``CellError``."""
    if geometry is None:
        return None
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except shapely.errors.GEOSException as problem:
        return CellError(f"the geometry cannot be read: {problem}")


def _gdal(path: Path) -> Features:
    try:
        meta, _index, geometry, fields = pyogrio.raw.read(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, ValueError) as problem:
        raise ImportFileError(f"{path} cannot be read: {problem}") from problem
    names = tuple(str(name) for name in meta["fields"])
    columns = [[as_text(_plain(cell)) for cell in column] for column in fields]
    records = [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    shapes = [None if wkb is None else shapely.from_wkb(wkb) for wkb in geometry]
    return Features(names, records or [{} for _ in shapes], shapes, str(meta["crs"] or ""))


def _plain(cell: Any) -> object:
    return cell.item() if isinstance(cell, np.generic) else cell


def _header(records: Sequence[dict[str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for record in records for name in record))


class Converter:
    """Shapes of one file to WGS-84: by the named system (``--crs``), or by what the file says of itself."""

    def __init__(self, crs: str, own: str) -> None:
        self.system = WGS84
        self.projection: pyproj.Transformer | None = None
        if crs:
            self.system = _named(crs)
        elif own and own not in DEGREES and "CRS84" not in own:
            self.projection = _projection(own)

    def __call__(self, shape: Any) -> Any:
        """The shape in WGS-84 degrees; ``CellError`` where its coordinates are no degrees."""
        converted = shapely.transform(shapely.force_2d(shape), self._points)
        west, south, east, north = converted.bounds
        if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
            raise CellError("the coordinates are no degrees: which system is the file in?", f"{west}, {south}")
        return converted

    def _points(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.projection is not None:
            return np.column_stack(self.projection.transform(points[:, 0], points[:, 1]))
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], self.system))


def _named(crs: str) -> str:
    try:
        return check_crs(crs)
    except ValueError as problem:
        raise ImportFileError(str(problem)) from problem


def _projection(own: str) -> pyproj.Transformer | None:
    try:
        system = pyproj.CRS.from_user_input(own)
    except pyproj.exceptions.CRSError as problem:
        raise ImportFileError(f"the file names the coordinate system {own[:80]!r}, which is not known") from problem
    if system.to_epsg() in (4326, 4490):
        return None
    return pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)


def border(shape: Any) -> tuple[Any, str]:
    """A polygon as a valid MultiPolygon and what had to be repaired (empty: nothing).

    ``CellError`` where it is no polygon or nothing is left of it.
    """
    if shape.geom_type not in ("Polygon", "MultiPolygon", "GeometryCollection"):
        raise CellError(f"a region needs a polygon, this is a {shape.geom_type}")
    reason = "" if shape.is_valid else shapely.is_valid_reason(shape)
    polygons = list(_polygons(shape if not reason else shapely.make_valid(shape)))
    if not polygons:
        raise CellError("the polygon has no area")
    return shapely.MultiPolygon(polygons), reason


def _polygons(shape: Any) -> Iterator[Any]:
    for part in shapely.get_parts(shapely.get_parts(shape)):
        if part.geom_type == "Polygon" and part.area > 0:
            yield part
