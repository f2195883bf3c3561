import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.plane import Plane, plane_around

ZHUZHOU = Plane(113.134, 27.827)


@given(st.integers(-200_000, 200_000), st.integers(-200_000, 200_000))
def test_whole_metres_survive_degrees(x, y):
    assert tuple(map(int, ZHUZHOU.metres(*ZHUZHOU.degrees(x, y)))) == (x, y)


def test_a_degree_is_about_111_kilometres_north_and_less_east():
    x, y = ZHUZHOU.metres([114.134, 113.134], [27.827, 28.827])
    assert list(y) == [0, 111_195]
    assert x[1] == 0 and abs(x[0] - 111_195 * np.cos(np.radians(27.827))) < 1


def test_far_away_is_clipped_not_wrapped():
    x, _ = Plane(0, 0).metres([1e9, -1e9], [0, 0])
    assert list(x) == [2**31 - 1, -(2**31 - 1)]


def test_the_plane_of_a_box_sits_in_its_middle():
    assert plane_around(113.0, 27.0, 114.0, 28.0) == Plane(113.5, 27.5)
