"""What a city consists of: exact counts, unique codes, references that hold, invented names."""

from collections import Counter

import orjson
import pytest
import shapely

from dashboard.base_data.rows import LayerRow, RegionRow, ShiftRow, WorkerRow
from dashboard.domain.base import Category, Unit
from dashboard.domain.regions import LEVELS, RegionTree
from data_sources.simulator.city import City, build_city
from data_sources.simulator.scales import SCALES


@pytest.mark.parametrize("key", ["zhuzhou", "erqi", "daqing"])
def test_counts_are_exactly_those_of_the_scale(key: str) -> None:
    city, scale = build_city(key), SCALES[key]
    rows = Counter(LEVELS[row.region.level] for row in city.base_rows() if isinstance(row, RegionRow))
    assert rows == Counter({scale.root: 1, **dict(scale.counts)})
    assert sum(isinstance(row, WorkerRow) for row in city.base_rows()) == scale.workers


def test_the_published_numbers() -> None:
    zhuzhou, erqi, daqing, zhangjiakou, baoding = (SCALES[key] for key in SCALES)
    assert [zhuzhou.count(level) for level in ("district", "street", "grid")] == [9, 105, 3261]
    assert zhuzhou.workers == 3390
    assert [n for _, n in erqi.counts] == [17, 175, 846, 5657]
    assert daqing.count("grid") == 4880 + daqing.special_grids
    assert (daqing.police_grids, daqing.mediation_grids, daqing.stations, daqing.workers) == (1047, 731, 3350, 5330)
    assert (zhangjiakou.count("grid"), zhangjiakou.workers) == (17_422, 30_000)
    assert baoding.count("grid") == 23_179 + baoding.rural_grids == baoding.workers == 90_317


def test_daqing_has_its_special_grids_units_and_layers() -> None:
    city = build_city("daqing")
    assert sum(region.kind == "专属" for region in city.levels[-1]) == 87
    assert len({unit.code for unit in city.units}) == 407
    layers = Counter(row.layer for row in city.base_rows() if isinstance(row, LayerRow))
    assert (layers["police"], layers["mediation"], layers["stations"]) == (1047, 731, 3350)


def test_rows_come_in_an_order_in_which_every_reference_is_known(small: City) -> None:
    regions: set[str] = set()
    workers: set[str] = set()
    categories: set[str] = set()
    for row in small.base_rows():
        if isinstance(row, RegionRow):
            assert row.region.parent is None or row.region.parent in regions
            regions.add(row.region.code)
        elif isinstance(row, WorkerRow):
            assert row.region in regions
            workers.add(row.id)
        elif isinstance(row, ShiftRow):
            assert row.worker in workers
        elif isinstance(row, Unit):
            assert row.region in regions
        elif isinstance(row, Category):
            assert row.parent is None or row.parent in categories
            categories.add(row.code)


def test_the_regions_make_a_tree_and_their_shapes_read_back(zhuzhou: City) -> None:
    rows = [row for row in zhuzhou.base_rows() if isinstance(row, RegionRow)]
    assert len(RegionTree(row.region for row in rows)) == len(rows) == len({row.region.code for row in rows})
    shapes = shapely.from_wkb([row.shape for row in rows])
    lon, lat = zhuzhou.scale.lon, zhuzhou.scale.lat
    assert shapely.intersects_xy(shapes[0], lon, lat)


def test_names_fit_the_kind_of_place(zhuzhou: City) -> None:
    assert all(region.name.endswith(("区", "县", "市")) for region in zhuzhou.levels[1])
    assert {region.kind for region in zhuzhou.levels[2]} == {"街道", "镇", "乡"}
    assert {region.group for region in zhuzhou.levels[2]} == {"街道", "乡镇"}
    assert all(region.name_en for level in zhuzhou.levels for region in level)
    assert len({region.name for region in zhuzhou.levels[2]}) == 105


def test_another_seed_has_other_people_and_the_same_seed_the_same() -> None:
    one, same, other = build_city("erqi", 1), build_city("erqi", 1), build_city("erqi", 2)
    assert one.workers == same.workers
    assert [w.name for w in one.workers] != [w.name for w in other.workers]


def test_layers_are_geojson_near_the_city(small: City) -> None:
    rows = [row for row in small.base_rows() if isinstance(row, LayerRow)]
    assert {row.layer for row in rows} == {"water", "roads", "cameras", "buildings"}
    for row in rows:
        shape = shapely.from_geojson(row.geometry)
        assert shape.distance(shapely.Point(small.scale.lon, small.scale.lat)) < 1
        orjson.loads(row.properties)


def test_metrics_of_the_parts_add_up_to_the_root(zhuzhou: City) -> None:
    rows = zhuzhou.metrics(20261120)
    for key in ("persons.registered", "houses.vacant"):
        values = {row.region: row.value for row in rows if row.metric == key}
        for level in zhuzhou.levels[1:3]:
            assert values["9902"] == sum(values[region.code] for region in level)
    total = sum(row.value for row in rows if row.region == "9902" and row.metric.startswith("houses."))
    assert total == pytest.approx(zhuzhou.scale.houses, rel=0.03)
    accuracy = next(row for row in rows if row.metric == "accuracy" and row.region == "9902")
    assert accuracy.sample and 0.96 < accuracy.value < 1


def test_settings_say_that_it_is_a_demonstration(zhuzhou: City) -> None:
    assert zhuzhou.settings() == {"city_zh": "宁川市", "city_en": "Ningchuan", "demo": True, "zone": "Asia/Shanghai"}
