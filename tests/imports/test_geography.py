import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from dashboard.domain.coordinates import from_wgs84
from data_sources.imports.errors import ImportFileError
from data_sources.imports.geography import read_layer_file, read_regions
from data_sources.imports.mapping import Mapping
from tests.shared_data import shared_data

CITY = Mapping(constants={"level": "city"})


def feature(geometry: Any, **properties: object) -> dict[str, object]:
    shape = geometry and json.loads(shapely.to_geojson(geometry))
    return {"type": "Feature", "properties": properties, "geometry": shape}


def collection(path: Path, *features: dict[str, object]) -> Path:
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    path.write_bytes(gzip.compress(data) if path.name.endswith(".gz") else data)
    return path


def test_regions_of_plain_and_gzipped_geojson(tmp_path: Path) -> None:
    box = shapely.box(113, 27, 114, 28)
    for name in ("r.geojson", "r.geojson.gz"):
        parsed = read_regions(collection(tmp_path / name, feature(box, code=1, name="市", level="市")), Mapping())
        assert shapely.from_wkb(parsed.rows[0].shape).equals(box)
        assert parsed.rows[0].region.code == "1"


def test_crossed_polygon_is_repaired_and_noted(tmp_path: Path) -> None:
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    parsed = read_regions(collection(tmp_path / "r.json", feature(bow, code="1", name="C")), CITY)
    assert shapely.from_wkb(parsed.rows[0].shape).is_valid
    assert parsed.notes == ["feature 1 (1 C) repaired: Self-intersection[1 1]"]


def test_bad_features_are_listed_by_number(tmp_path: Path) -> None:
    file = collection(
        tmp_path / "r.json",
        feature(shapely.box(0, 0, 1, 1), code="1", name="C"),
        feature(shapely.Point(0, 0), code="2", name="P"),
        feature(shapely.box(500_000, 3_000_000, 500_010, 3_000_010), code="3", name="Metres"),
        feature(None, code="4", name="X") | {"geometry": {"type": "Polygon", "coordinates": [[[0, 0]]]}},
        feature(shapely.box(0, 0, 1, 1), name="No code"),
        feature(None, code="6", name="Without border"),
    )
    parsed = read_regions(file, CITY)
    assert [row.region.code for row in parsed.rows] == ["1", "6"]
    assert parsed.rows[1].shape is None
    assert [row.line for row in parsed.bad] == [2, 3, 4, 5]
    assert [row.reason.split(":")[0] for row in parsed.bad] == [
        "a region needs a polygon, this is a Point", "the coordinates are no degrees", "the geometry cannot be read",
        "code is empty",
    ]


def test_named_system_is_converted_to_wgs84(tmp_path: Path) -> None:
    box = shapely.segmentize(shapely.box(113.0, 27.0, 113.2, 27.2), 0.1)
    shifted = shapely.transform(box, lambda p: np.column_stack(from_wgs84(p[:, 0], p[:, 1], "gcj02")))
    file = collection(tmp_path / "r.json", feature(shifted, code="1", name="C"))
    back = shapely.from_wkb(read_regions(file, CITY, "gcj02").rows[0].shape)
    assert shapely.hausdorff_distance(back, box) < 1e-6
    assert shapely.hausdorff_distance(shapely.from_wkb(read_regions(file, CITY).rows[0].shape), box) > 1e-3


@pytest.mark.parametrize("name", ["r.shp", "r.gpkg"])
def test_projected_shapes_come_by_their_own_system(tmp_path: Path, name: str) -> None:
    box = shapely.box(500_000, 3_000_000, 501_000, 3_001_000)
    fields = [np.array(["1"], object), np.array(["株洲"], object), np.array([0])]
    pyogrio.raw.write(
        tmp_path / name, np.array([shapely.to_wkb(box)], object), fields, np.array(["code", "name", "level"]),
        geometry_type="Polygon", crs="EPSG:4547", encoding="UTF-8",
    )
    parsed = read_regions(tmp_path / name, Mapping())
    middle = shapely.from_wkb(parsed.rows[0].shape).centroid
    assert (middle.x, middle.y) == pytest.approx((114.005, 27.114), abs=0.005)
    assert (parsed.rows[0].region.name, parsed.bad) == ("株洲", [])


def test_layer_keeps_any_geometry_and_its_properties(tmp_path: Path) -> None:
    line = shapely.LineString([(113, 27), (113.1, 27.1)])
    file = collection(tmp_path / "water.geojson", feature(line, name="湘江", wide=300), feature(None, name="x"))
    parsed = read_layer_file(file, Mapping())
    row = parsed.rows[0]
    assert (row.layer, row.id, row.name, json.loads(row.properties)["wide"]) == ("water", "1", "湘江", "300")
    assert json.loads(row.geometry)["coordinates"] == [[113.0, 27.0], [113.1, 27.1]]
    assert [(bad.line, bad.reason) for bad in parsed.bad] == [(2, "has no geometry")]


def test_building_heights_of_a_layer(tmp_path: Path) -> None:
    file = collection(tmp_path / "b.json", feature(shapely.box(0, 0, 1, 1), id="h1", height=12.5))
    assert read_layer_file(file, Mapping(), name="buildings").rows[0].height == 12.5


def test_garbage_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "r.geojson").write_bytes(b"\x00\x01 nothing")
    (tmp_path / "r.gpkg").write_bytes(b"nothing")
    (tmp_path / "e.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    for name, message in (("r.geojson", "is not GeoJSON"), ("r.gpkg", "cannot be read"), ("e.geojson", "no features")):
        with pytest.raises(ImportFileError, match=message):
            read_regions(tmp_path / name, CITY)


def test_a_feature_that_is_no_object_is_one_bad_row(tmp_path: Path) -> None:
    file = collection(tmp_path / "r.geojson", feature(shapely.box(0, 0, 1, 1), code="1", name="a", level="city"))
    document = json.loads(file.read_text())
    file.write_text(json.dumps({**document, "features": [*document["features"], 5, None]}))
    parsed = read_regions(file, Mapping())
    assert len(parsed.rows) == 1
    assert [(row.line, row.reason) for row in parsed.bad] == [(2, "code is empty"), (3, "code is empty")]


@pytest.mark.real_data
def test_real_boroughs_with_a_crossed_ring() -> None:
    mapping = Mapping(columns={"code": "cartodb_id", "name": "name"}, constants={"level": "city"})
    parsed = read_regions(shared_data("regions", "nyc_boroughs_wgs84.geojson.gz"), mapping)
    assert (len(parsed.rows), len(parsed.bad), len(parsed.notes)) == (5, 0, 1)


@pytest.mark.real_data
def test_real_districts_in_gcj02_meet_those_in_wgs84() -> None:
    mapping = Mapping(columns={"code": "adcode"}, templates={"level": "city", "parent": ""})
    gcj = read_regions(shared_data("boundaries", "cn_districts_6cities_gcj02.geojson"), mapping, "gcj02")
    wgs = read_regions(shared_data("boundaries", "cn_districts_6cities_wgs84_amap.geojson.gz"), mapping)
    shapes = {row.region.code: shapely.from_wkb(row.shape) for row in wgs.rows}
    pairs = [(shapely.from_wkb(row.shape), shapes[row.region.code]) for row in gcj.rows]
    overlap = [a.intersection(b).area / a.union(b).area for a, b in pairs]
    assert np.median(overlap) > 0.99
