"""Regions of every level cover their parent without gaps or overlaps."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from data_sources.simulator import geography, grouping
from data_sources.simulator.city import City, build_city
from data_sources.simulator.geography import Land, Plane
from data_sources.simulator.scales import SCALES


def assert_nested(land: Land) -> None:
    above = np.array([land.root], object)
    for shapes, parents in zip(land.shapes, land.parents, strict=True):
        areas = np.bincount(parents, shapely.area(shapes), len(above))
        np.testing.assert_allclose(areas, shapely.area(above), rtol=1e-6)
        inside = shapely.area(shapely.intersection(shapes, above[parents]))
        np.testing.assert_allclose(inside, shapely.area(shapes), rtol=1e-6)
        above = shapes


def test_every_region_is_the_union_of_the_regions_under_it(zhuzhou: City) -> None:
    assert_nested(zhuzhou.land)
    assert shapely.coverage_is_valid(zhuzhou.land.shapes[-1])


def test_all_shapes_are_valid_in_degrees_too(zhuzhou: City) -> None:
    for shapes in zhuzhou.land.shapes:
        assert shapely.is_valid(shapely.transform(shapes, zhuzhou.plane.to_degrees)).all()


def test_downtown_is_denser_than_the_edge(zhuzhou: City) -> None:
    land = zhuzhou.land
    distance = np.hypot(*(land.middles - np.array(land.root.centroid.coords[0])).T)
    areas = shapely.area(land.shapes[-1])
    assert np.median(areas[distance < 8_000]) * 10 < np.median(areas[distance > 40_000])


def test_the_same_seed_gives_the_same_land_and_another_seed_another() -> None:
    scale = SCALES["erqi"]
    one, same = (geography.invent(scale, np.random.default_rng(3)) for _ in range(2))
    other = geography.invent(scale, np.random.default_rng(4))
    assert shapely.to_wkb(one.shapes[-1]).tolist() == shapely.to_wkb(same.shapes[-1]).tolist()
    assert not np.array_equal(one.middles, other.middles)


def test_given_districts_are_kept_and_filled() -> None:
    left = shapely.Polygon([(113.0, 34.0), (113.5, 34.0), (113.3, 34.25), (113.5, 34.5), (113.0, 34.5)])
    right = shapely.Polygon([(113.5, 34.0), (114.0, 34.0), (114.0, 34.5), (113.5, 34.5), (113.3, 34.25)])
    scale = replace(
        SCALES["zhuzhou"], counts=(("district", 9), ("street", 9), ("community", 30), ("grid", 120)), workers=120
    )
    city = build_city(scale, 1, [("410199", "左区", left), ("410198", "右区", right)])
    assert_nested(city.land)
    assert [(r.code, r.name) for r in city.levels[1]] == [("410199", "左区"), ("410198", "右区")]
    assert [len(level) for level in city.levels] == [1, 2, 9, 30, 120]
    assert city.levels[2][0].code.startswith("410199")
    given = shapely.transform(city.land.shapes[0][0], city.plane.to_degrees)
    assert given.symmetric_difference(left).area < 1e-9


def test_the_plane_turns_degrees_into_metres_and_back() -> None:
    plane = Plane(114.0, 34.5)
    points = np.array([[114.0, 34.5], [114.31, 34.22]])
    np.testing.assert_allclose(plane.to_degrees(plane.to_metres(points)), points, atol=1e-7)
    assert plane.to_metres(np.array([[114.0, 34.51]]))[0, 1] == pytest.approx(1112, abs=1)


def test_apportion_keeps_the_total_and_its_bounds() -> None:
    parts = grouping.apportion(20, np.array([1.0, 1.0, 100.0]), np.array([5, 50, 12]))
    assert parts.sum() == 20
    assert (parts >= 1).all() and (parts <= [5, 50, 12]).all()


def test_apportion_refuses_what_cannot_be_split() -> None:
    with pytest.raises(ValueError, match="cannot be split"):
        grouping.apportion(2, np.ones(3), np.full(3, 9))


def test_no_group_is_empty_even_where_points_coincide() -> None:
    points = np.zeros((6, 2))
    owner = grouping.group(np.random.default_rng(1), points, np.ones(6), 4)
    assert sorted(set(owner.tolist())) == [0, 1, 2, 3]
