"""WGS-84 and CGCS2000 to GCJ-02 to BD-09 and back, over whole arrays of degrees.

GCJ-02 and BD-09 are the offset systems of Chinese map services. Their formulas are public knowledge by reverse
engineering (constants as in eviltransform, coordtransform and gcoord); they have no closed inverse, so the inverse
iterates. CGCS2000 and WGS-84 differ by decimetres and count as equal. Outside the rectangle of China nothing shifts.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Degrees = NDArray[np.float64]
Pair = tuple[Degrees, Degrees]
Shift = Callable[[Degrees, Degrees], Pair]

CRS = ("wgs84", "cgcs2000", "gcj02", "bd09")
SEMI_MAJOR = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
BD_ANGLE = np.pi * 3000.0 / 180.0
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_ROUNDS = 8


def to_wgs84(lon: ArrayLike, lat: ArrayLike, crs: str) -> Pair:
    """Degrees of a named system as WGS-84 degrees; ValueError if the system is not one of ``CRS``."""
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    match check_crs(crs):
        case "gcj02":
            return _inside_china(_inverse(_to_gcj02), x, y)
        case "bd09":
            return _inside_china(_inverse(_both_offsets), x, y)
        case _:
            return x, y


def from_wgs84(lon: ArrayLike, lat: ArrayLike, crs: str) -> Pair:
    """WGS-84 degrees in a named system; ValueError if the system is not one of ``CRS``."""
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    match check_crs(crs):
        case "gcj02":
            return wgs84_to_gcj02(x, y)
        case "bd09":
            return wgs84_to_bd09(x, y)
        case _:
            return x, y


def check_crs(crs: str) -> str:
    """The name in small letters; ValueError naming it where it is unknown."""
    name = crs.lower()
    if name not in CRS:
        raise ValueError(f"unknown coordinate system {crs!r}: use one of {', '.join(CRS)}")
    return name


def in_china(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    """Whether points lie in the rectangle in which the offset systems shift (NaN: no)."""
    west, south, east, north = CHINA
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def wgs84_to_gcj02(lon: Degrees, lat: Degrees) -> Pair:
    """WGS-84 to GCJ-02, unchanged outside China."""
    return _inside_china(_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: Degrees, lat: Degrees) -> Pair:
    """GCJ-02 to BD-09, unchanged outside China."""
    return _inside_china(_to_bd09, lon, lat)


def wgs84_to_bd09(lon: Degrees, lat: Degrees) -> Pair:
    """WGS-84 to BD-09, unchanged outside China."""
    return _inside_china(_both_offsets, lon, lat)


def bd09_to_gcj02(lon: Degrees, lat: Degrees) -> Pair:
    """BD-09 to GCJ-02, unchanged outside China."""
    return _inside_china(_inverse(_to_bd09), lon, lat)


def _inside_china(shift: Shift, lon: Degrees, lat: Degrees) -> Pair:
    inside = in_china(lon, lat)
    x, y = shift(lon, lat)
    return np.where(inside, x, lon), np.where(inside, y, lat)


def _inverse(shift: Shift) -> Shift:
    """The inverse of a small shift by fixed-point iteration, which gains more than two digits a round."""

    def unshift(lon: Degrees, lat: Degrees) -> Pair:
        x, y = lon, lat
        for _ in range(_ROUNDS):
            forward_x, forward_y = shift(x, y)
            x, y = x + lon - forward_x, y + lat - forward_y
        return x, y

    return unshift


def _to_gcj02(lon: Degrees, lat: Degrees) -> Pair:
    east, north = _offset(lon, lat)
    return lon + east, lat + north


def _to_bd09(lon: Degrees, lat: Degrees) -> Pair:
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * BD_ANGLE)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * BD_ANGLE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _both_offsets(lon: Degrees, lat: Degrees) -> Pair:
    return _to_bd09(*_to_gcj02(lon, lat))


def _offset(lon: Degrees, lat: Degrees) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    both = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + 2.0 / 3.0 * (both + _waves(y, 20.0, 40.0, 160.0, 320.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + 2.0 / 3.0 * (both + _waves(x, 20.0, 40.0, 150.0, 300.0))
    radians = np.radians(lat)
    m = 1.0 - ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    s = np.sqrt(m)
    north = np.degrees(north * m * s / (SEMI_MAJOR * (1.0 - ECCENTRICITY_SQUARED)))
    return np.degrees(east * s / (SEMI_MAJOR * np.cos(radians))), north


def _waves(v: Degrees, one: float, third: float, twelfth: float, thirtieth: float) -> Degrees:
    wave: Degrees = one * np.sin(np.pi * v) + third * np.sin(np.pi * v / 3.0)
    return wave + twelfth * np.sin(np.pi * v / 12.0) + thirtieth * np.sin(np.pi * v / 30.0)
