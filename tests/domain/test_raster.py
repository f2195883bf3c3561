import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from dashboard.domain.base import BaseData, Ring
from dashboard.domain.raster_build import RasterCache, build_raster, raster_of
from dashboard.domain.regions import Region, RegionTree


def rings(shape):
    parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    found = []
    for part in parts:
        found.append(Ring(np.array(part.exterior.coords)))
        found += [Ring(np.array(hole.coords), hole=True) for hole in part.interiors]
    return tuple(found)


def index_of(shapes, levels=None):
    """City node 0 without a border; shape i is node i + 1, below it."""
    levels = levels or [1] * len(shapes)
    regions = [Region("c", "c", 0)] + [Region(f"r{i:04}", "r", level, "c") for i, level in enumerate(levels)]
    return build_raster(RegionTree(regions), {i + 1: rings(shape) for i, shape in enumerate(shapes)})


def expected(shapes, x, y, levels=None):
    """The same answer, one polygon after another by shapely: deepest level, then first node."""
    levels = levels or [1] * len(shapes)
    answer = np.full(len(x), -1)
    for i in sorted(range(len(shapes)), key=lambda i: (levels[i], -i)):
        answer[shapely.contains_xy(shapes[i], x, y)] = i + 1
    return answer


def star(random, points, centre, radius):
    angles = np.sort(random.random(points)) * 2 * np.pi
    reach = radius * (0.3 + 0.7 * random.random(points))
    return Polygon(np.c_[centre[0] + reach * np.cos(angles), centre[1] + reach * np.sin(angles)]).buffer(0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(3, 60))
def test_agrees_with_shapely_on_any_polygons(seed, count, points):
    random = np.random.default_rng(seed)
    shapes = [star(random, points, random.random(2), random.random()) for _ in range(count)]
    levels = [int(level) for level in random.integers(1, 4, count)]
    shapes = [s if not s.is_empty else box(0, 0, 1, 1) for s in shapes]
    x, y = random.uniform(-1.2, 2.2, (2, 4000))
    assert (index_of(shapes, levels).locate(x, y) == expected(shapes, x, y, levels)).all()


@pytest.mark.parametrize("side", [1, 7, 64])
def test_a_chessboard_whose_borders_lie_on_cell_lines(side):
    shapes = [box(i / side, j / side, (i + 1) / side, (j + 1) / side) for j in range(side) for i in range(side)]
    random = np.random.default_rng(side)
    x, y = random.random((2, 20_000))
    column, row = np.floor(x * side).astype(int), np.floor(y * side).astype(int)
    assert (index_of(shapes).locate(x, y) == row * side + column + 1).all()


def test_holes_and_parts():
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    both = MultiPolygon([ring, box(5, 5, 6, 6)])
    x, y = np.array([0.5, 1.5, 5.5, 4.0]), np.array([0.5, 1.5, 5.5, 4.0])
    assert list(index_of([both]).locate(x, y)) == [1, -1, 1, -1]


def test_the_deepest_region_answers_and_gaps_fall_back_to_the_one_above():
    index = index_of([box(0, 0, 10, 10), box(1, 1, 4, 4)], levels=[1, 4])
    assert list(index.locate([2, 8, 11], [2, 8, 11])) == [2, 1, -1]


def test_thin_and_long_regions():
    shapes = [box(0, k / 500, 1, (k + 1) / 500) for k in range(500)]
    random = np.random.default_rng(5)
    x, y = random.random((2, 10_000))
    assert (index_of(shapes).locate(x, y) == np.floor(y * 500) + 1).all()


def test_nan_and_the_other_side_of_the_world_are_outside():
    index = index_of([box(0, 0, 1, 1)])
    assert list(index.locate([np.nan, np.inf, 179.0, 0.5], [0.5, 0.5, -80.0, np.nan])) == [-1, -1, -1, -1]


def test_without_any_border_everything_is_outside():
    tree = RegionTree([Region("c", "c", 0)])
    assert list(build_raster(tree, {}).locate([0.0], [0.0])) == [-1]


def test_only_borders_in_force_count():
    old = Region("a", "a", 1, "c", valid_to=20251231)
    tree = RegionTree([Region("c", "c", 0), old, Region("a", "a", 1, "c", valid_from=20260101)])
    first, second = tree.versions["a"]
    base = BaseData(1, tree, {first: rings(box(0, 0, 2, 2)), second: rings(box(0, 0, 1, 1))})
    assert list(raster_of(base).locate([0.5, 1.5], [0.5, 1.5])) == [second, -1]


def test_the_cache_builds_one_index_for_each_snapshot():
    first, second = (BaseData(1, RegionTree([Region("c", "c", 0)])) for _ in range(2))
    rasters = RasterCache()
    assert rasters(first) is rasters(first)
    assert rasters(second) is not rasters(first)
