import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain import coordinates as c
from tests.shared_data import shared_data

# Vectors of googollee/eviltransform and wandergis/coordtransform, lon before lat.
EVILTRANSFORM = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
inside_china = st.tuples(st.floats(74, 134), st.floats(18, 53))


@pytest.mark.parametrize(("wgs84", "gcj02"), EVILTRANSFORM)
def test_gcj02_matches_eviltransform(wgs84, gcj02):
    assert np.allclose(c.from_wgs84(*wgs84, "gcj02"), gcj02, rtol=0, atol=1e-9)
    assert np.allclose(c.to_wgs84(*gcj02, "gcj02"), wgs84, rtol=0, atol=1e-9)


def test_bd09_matches_coordtransform():
    lon, lat = np.array(116.404), np.array(39.915)
    assert np.allclose(c.gcj02_to_bd09(lon, lat), (116.41036949371029, 39.92133699351021), rtol=0, atol=1e-12)
    assert np.allclose(c.bd09_to_gcj02(lon, lat), (116.39762729119315, 39.90865673957631), rtol=0, atol=2e-6)
    assert np.allclose(c.wgs84_to_gcj02(lon, lat), (116.41024449916938, 39.91640428150164), rtol=0, atol=1e-12)


@pytest.mark.parametrize("crs", c.CRS)
@given(point=inside_china)
def test_round_trip_stays_below_a_billionth_of_a_degree(crs, point):
    back = c.to_wgs84(*c.from_wgs84(*point, crs), crs)
    assert np.allclose(back, point, rtol=0, atol=1e-9)


@pytest.mark.parametrize("crs", c.CRS)
@pytest.mark.parametrize("point", [(-104.9903, 39.7392), (153.0251, -27.4698), (-43.1729, -22.9068), (183.0, 45.0)])
def test_nothing_is_shifted_outside_china(crs, point):
    assert tuple(map(float, c.from_wgs84(*point, crs))) == point
    assert tuple(map(float, c.to_wgs84(*point, crs))) == point


def test_arrays_keep_their_shape_and_points_stay_apart():
    lon, lat = np.array([[113.6, -74.0]]), np.array([[34.7, 40.7]])
    x, y = c.from_wgs84(lon, lat, "GCJ02")
    assert x.shape == y.shape == (1, 2)
    assert x[0, 1] == -74.0 and abs(x[0, 0] - 113.6) > 0.004


def test_an_unknown_system_is_named():
    with pytest.raises(ValueError, match="epsg:9999"):
        c.to_wgs84(1.0, 2.0, "epsg:9999")


@pytest.mark.real_data
def test_every_city_of_gcoord():
    places = [p["coords"] for p in json.loads(shared_data("coords", "gcoord_china_cities.json").read_text("utf-8"))]
    wgs, gcj, bd = (np.array([p[name] for p in places]).T for name in ("WGS84", "GCJ02", "BD09"))
    assert len(places) == 664
    assert _metres(c.from_wgs84(*wgs, "gcj02"), gcj) < 0.75
    assert _metres(c.to_wgs84(*gcj, "gcj02"), wgs) < 0.75
    assert _metres(c.gcj02_to_bd09(*gcj), bd) < 0.013
    assert _metres(c.bd09_to_gcj02(*bd), gcj) < 0.19
    assert np.abs(np.array(c.to_wgs84(*bd, "bd09")) - wgs).max() < 1e-4


@pytest.mark.real_data
def test_reference_pairs():
    pairs = json.loads(shared_data("coords", "reference_pairs.json").read_text("utf-8"))
    for pair in pairs["eviltransform"]["wgs84_gcj02"]:
        assert np.allclose(c.from_wgs84(*pair["wgs84"], "gcj02"), pair["gcj02"], rtol=0, atol=1e-6)
    for outside in pairs["eviltransform"]["outside_china_unchanged"]:
        assert list(map(float, c.from_wgs84(*outside["point"], "gcj02"))) == outside["point"]


def _metres(a, b):
    east = (a[0] - b[0]) * np.cos(np.radians(b[1]))
    return float(np.max(np.hypot(east, a[1] - b[1])) * 111_195)
