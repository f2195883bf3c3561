import numpy as np
import pytest
from shapely.geometry import box

from dashboard.domain.base import Ring
from dashboard.domain.coordinates import from_wgs84, to_wgs84
from dashboard.domain.crs_check import suspected_crs
from dashboard.domain.raster_build import build_raster
from dashboard.domain.regions import Region, RegionTree

SIDE, CELL = 10, 0.01  # grids of about a kilometre
TREE = RegionTree([Region("c", "c", 0)] + [Region(f"g{n:03}", "g", 4, "c") for n in range(SIDE * SIDE)])


def index(crs="wgs84"):
    """Grids whose corners are given in a system but taken for WGS-84."""
    found = {}
    for n in range(SIDE * SIDE):
        west, south = 113.6 + n % SIDE * CELL, 34.7 + n // SIDE * CELL
        corners = np.array(box(west, south, west + CELL, south + CELL).exterior.coords)
        found[n + 1] = (Ring(np.column_stack(from_wgs84(corners[:, 0], corners[:, 1], crs))),)
    return build_raster(TREE, found)


def dots(count=1000, strays=0.1):
    """People in their own grids, one in ten somewhere else."""
    random = np.random.default_rng(1)
    own = random.integers(1, SIDE * SIDE + 1, count).astype(np.int32)
    lon = 113.6 + ((own - 1) % SIDE + random.random(count)) * CELL
    lat = 34.7 + ((own - 1) // SIDE + random.random(count)) * CELL
    stray = random.random(count) < strays
    lon[stray] += 0.3
    return lon, lat, own


def test_dots_in_the_right_system_raise_nothing():
    assert suspected_crs(*dots(), index(), TREE) is None
    assert suspected_crs(*dots(strays=0.9), index(), TREE) is None


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_dots_in_another_system_are_suspected_of_it(crs):
    lon, lat, own = dots()
    found = suspected_crs(*from_wgs84(lon, lat, crs), own, index(), TREE)
    assert (found.crs, found.of) == (crs, "dots")
    assert found.inside < 0.5 and found.better > 0.85
    assert "坐标系可能错配" in str(found) and crs.upper() in str(found)


def test_borders_in_another_system_are_suspected_too():
    found = suspected_crs(*dots(), index("gcj02"), TREE)
    assert (found.crs, found.of) == ("gcj02", "borders")


def test_dots_shifted_the_other_way_are_told_apart():
    lon, lat, own = dots()
    found = suspected_crs(*to_wgs84(lon, lat, "gcj02"), own, index(), TREE)
    assert (found.crs, found.of) == ("gcj02", "borders")


def test_few_dots_say_nothing():
    lon, lat, own = dots(20)
    assert suspected_crs(*from_wgs84(lon, lat, "gcj02"), own, index(), TREE) is None
