"""Regions and map layers out of files of geometries."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely

from dashboard.base_data.rows import BadRow, LayerRow, Parsed, RegionRow, Row
from data_sources.imports import values
from data_sources.imports.columns import CellError, Field, Layout
from data_sources.imports.mapping import Mapping
from data_sources.imports.shapes import Converter, Features, border, is_table, read_features
from data_sources.imports.tables import read_table, table_rows

LAYER_FIELDS = (
    Field("id", "编码 编号 代码 code fid osmid", str, default=""),
    Field("name", "名称 标题 title", str, default=""),
    Field("height", "高度 楼高 建筑高度 levelheight", values.number),
)


def read_regions(path: Path, mapping: Mapping, crs: str = "") -> Parsed:
    """Regions from GeoJSON, Shapefile or GeoPackage, or from a table without borders.

    ``line`` of a bad row is the number of the feature, from 1. ``ImportFileError`` where the file cannot be used.
    """
    if is_table(path):
        return read_table("regions", path, mapping)
    features = read_features(path)
    parsed = table_rows("regions", features.header, enumerate(features.records, 1), mapping)
    convert = Converter(crs or mapping.crs, features.crs)
    return _with_borders(parsed, features.shapes, convert)


def _with_borders(parsed: Parsed, shapes: Sequence[Any], convert: Converter) -> Parsed:
    rows: list[Row] = []
    lines: list[int] = []
    bad, notes = list(parsed.bad), list(parsed.notes)
    for row, line in zip(parsed.rows, parsed.lines, strict=True):
        assert isinstance(row, RegionRow)
        try:
            shape, repaired = _border(shapes[line - 1] if line else None, convert)
        except CellError as problem:
            bad.append(BadRow(line, str(problem), problem.value or row.region.code))
            continue
        if repaired:
            notes.append(f"feature {line} ({row.region.code} {row.region.name}) repaired: {repaired}")
        rows.append(replace(row, shape=shape))
        lines.append(line)
    return Parsed(rows, sorted(bad, key=lambda row: row.line), notes, lines)


def _border(shape: Any, convert: Converter) -> tuple[bytes | None, str]:
    if isinstance(shape, CellError):
        raise shape
    if shape is None or shape.is_empty:
        return None, ""
    polygon, repaired = border(convert(shape))
    return bytes(shapely.to_wkb(polygon)), repaired


def read_layer_file(path: Path, mapping: Mapping, crs: str = "", name: str = "") -> Parsed:
    """Features of one map layer, named after the file unless told; any geometry is taken.

    A feature without an id gets its number in the file.
    """
    features = read_features(path)
    convert = Converter(crs or mapping.crs, features.crs)
    layout = Layout(LAYER_FIELDS, features.header, mapping)
    layer = name or mapping.fixed("layer") or path.name.split(".")[0]
    rows: dict[str, LayerRow] = {}
    lines: list[int] = []
    bad: list[BadRow] = []
    for line, record in enumerate(features.records, 1):
        try:
            row = _layer_row(layer, line, layout.read(record), record, _converted(features, line, convert))
            if row.id in rows:
                raise CellError("the same id stands above already", row.id)
            rows[row.id] = row
            lines.append(line)
        except CellError as problem:
            bad.append(BadRow(line, str(problem), problem.value))
    return Parsed(list(rows.values()), bad, [], lines)


def _converted(features: Features, line: int, convert: Converter) -> Any:
    shape = features.shapes[line - 1]
    if isinstance(shape, CellError):
        raise shape
    if shape is None or shape.is_empty:
        raise CellError("has no geometry")
    return convert(shape)


def _layer_row(layer: str, line: int, cells: dict[str, Any], record: dict[str, str], shape: Any) -> LayerRow:
    properties = json.dumps({key: value for key, value in record.items() if value}, ensure_ascii=False)
    rounded = shapely.set_precision(shape, 1e-7, mode="pointwise")
    return LayerRow(
        layer, cells["id"] or str(line), cells["name"], shapely.to_geojson(rounded), cells["height"], properties
    )
