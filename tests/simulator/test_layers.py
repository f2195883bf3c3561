"""Cameras and buildings: the same for the same seed, on the land, quickly made."""

import shapely

from dashboard.base_data.rows import LayerRow
from data_sources.simulator.city import City, build_city
from data_sources.simulator.layers import TALLEST


def layer(city: City, name: str) -> list[LayerRow]:
    return [row for row in city.base_rows() if isinstance(row, LayerRow) and row.layer == name]


def test_cameras_stand_beside_roads_and_number_with_the_city(small: City) -> None:
    metres = small.plane.to_metres
    roads = shapely.transform(shapely.from_geojson([row.geometry for row in layer(small, "roads")]), metres)
    cameras = shapely.transform(shapely.from_geojson([row.geometry for row in layer(small, "cameras")]), metres)
    assert len(cameras) == 200
    assert shapely.distance(cameras, shapely.union_all(roads)).max() < 80
    assert len({row.id for row in layer(small, "cameras")}) == len(cameras)


def test_buildings_have_whole_storeys_and_stand_apart(small: City) -> None:
    rows = layer(small, "buildings")
    shapes = shapely.from_geojson([row.geometry for row in rows])
    assert 1500 < len(rows) < 4000
    assert all(row.height is not None and 6 <= row.height <= TALLEST and row.height % 3 == 0 for row in rows)
    assert shapely.is_valid(shapes).all()
    assert shapely.union_all(shapes).area / shapely.area(shapes).sum() > 1 - 1e-6


def test_the_same_seed_gives_the_same_layers(small: City) -> None:
    again = build_city(small.scale, small.seed)
    assert layer(again, "cameras") == layer(small, "cameras")
    assert layer(again, "buildings") == layer(small, "buildings")
