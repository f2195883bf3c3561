import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import Engine

from dashboard.base_data import apply_rows
from dashboard.base_data.layers import FEATURES, Layers, UnknownLayerError, parsed, within
from dashboard.base_data.maps import city_plane
from dashboard.base_data.rows import LayerRow
from dashboard.domain.base import BaseData, Ring
from dashboard.domain.regions import Region, RegionTree
from dashboard.store.base_schema import create_base_tables
from dashboard.store.engine import open_engine


def box(west: float, east: float) -> tuple[Ring, ...]:
    return (Ring(np.array([[west, 27.0], [east, 27.0], [east, 27.1], [west, 27.1], [west, 27.0]])),)


def feature(layer: str, name: str, shape: shapely.Geometry, height: float | None = None) -> LayerRow:
    return LayerRow(layer, name, name, str(shapely.to_geojson(shape)), height)


ROWS = [
    feature("stations", "west", shapely.Point(113.05, 27.05)),
    feature("stations", "east", shapely.Point(113.15, 27.05)),
    feature("police", "across", shapely.box(113.05, 27.02, 113.15, 27.08)),
    feature("police", "beside", shapely.box(113.1, 27.02, 113.19, 27.08)),
    feature("buildings", "tower", shapely.box(113.12, 27.05, 113.1201, 27.0501), 60.0),
    feature("water", "river", shapely.LineString([(113.0, 27.0), (113.2, 27.1)])),
    feature("pipes", "main", shapely.LineString([(113.0, 27.05), (113.2, 27.05)])),
]


@pytest.fixture
def base() -> BaseData:
    tree = RegionTree([Region("1", "市", 0), Region("11", "西", 1, "1"), Region("12", "东", 1, "1")])
    return BaseData(7, tree, {tree.latest["11"]: box(113.0, 113.1), tree.latest["12"]: box(113.1, 113.2)})


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_engine(f"sqlite:///{tmp_path / 'base.db'}")
    create_base_tables(engine)
    apply_rows(engine, "layer", ROWS)
    return engine


def test_list_counts_what_lies_inside_and_leaves_out_what_every_map_draws(engine: Engine, base: BaseData) -> None:
    whole = {line.name: (line.kind, line.count, line.has_height) for line in Layers().listed(engine, base, "1")}
    assert whole == {"buildings": ("polygons", 1, True), "pipes": ("lines", 1, False),
                     "police": ("polygons", 2, False), "stations": ("points", 2, False)}  # fmt: skip
    west = {line.name: (line.count, line.has_height) for line in Layers().listed(engine, base, "11")}
    assert west == {"buildings": (0, False), "pipes": (1, False), "police": (1, False), "stations": (1, False)}


def test_a_region_gets_nothing_of_what_lies_outside(engine: Engine, base: BaseData) -> None:
    layers, border = Layers(), 0
    for name in ("police", "pipes", "stations"):
        document = json.loads(layers.document(engine, base, "11", name))
        drawn = [document.get("points", []), *(line["line"] for line in document.get("lines", []))]
        drawn += [ring for area in document.get("areas", []) for ring in area["rings"]]
        xs = [x for line in drawn for x in line[::2]]
        assert xs and max(xs) <= border
        assert "east" not in json.dumps(document) and "beside" not in json.dumps(document)


def test_wgs84_form_is_geojson_with_heights_in_the_place_it_was_imported(engine: Engine, base: BaseData) -> None:
    document = json.loads(Layers().document(engine, base, "12", "buildings", "wgs84"))
    tower = document["features"][0]
    assert tower["properties"] == {"name": "tower", "height": 60.0}
    west, south, east, north = shapely.from_geojson(json.dumps(tower["geometry"])).bounds
    assert (west, south, east, north) == pytest.approx((113.12, 27.05, 113.1201, 27.0501), abs=2e-7)


def test_a_name_nobody_imported_is_refused_and_so_is_water(engine: Engine, base: BaseData) -> None:
    for name in ("nothing", "water"):
        with pytest.raises(UnknownLayerError):
            Layers().document(engine, base, "1", name)


def test_a_crowd_of_points_is_counted_in_squares_that_lose_none(engine: Engine, base: BaseData) -> None:
    at = np.random.default_rng(1).uniform((113.0, 27.0), (113.2, 27.1), (FEATURES + 1, 2))
    apply_rows(engine, "layer", [feature("cameras", str(n), shapely.Point(p)) for n, p in enumerate(at)])
    document = json.loads(Layers().document(engine, base, "1", "cameras"))
    assert (document["form"], document["count"]) == ("cells", FEATURES + 1)
    assert sum(document["cells"]["counts"][2::3]) == FEATURES + 1
    assert len(document["cells"]["counts"]) < 3 * 120 * 121


def test_new_base_data_is_seen(engine: Engine, base: BaseData) -> None:
    layers = Layers()
    layers.listed(engine, base, "1")
    apply_rows(engine, "layer", [feature("stations", "third", shapely.Point(113.01, 27.01))])
    newer = BaseData(8, base.tree, base.geometry)
    assert {line.name: line.count for line in layers.listed(engine, newer, "1")}["stations"] == 3


def test_an_area_that_only_touches_the_border_is_outside(base: BaseData) -> None:
    plane = city_plane(base)
    police = parsed([row for row in ROWS if row.layer == "police"], plane)
    inside = within(police, shapely.box(*(-20_000.0, -20_000.0, 0.0, 20_000.0)))
    assert inside.names.tolist() == ["across"]
    assert shapely.area(inside.shapes)[0] == pytest.approx(shapely.area(police.shapes)[0] / 2, rel=1e-6)
