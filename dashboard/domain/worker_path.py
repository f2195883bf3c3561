"""The path of one worker in metres: smoothing, movement, stays, length. Pure arithmetic over columns of one day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.domain.plane import METRES_PER_DEGREE, Plane

SMOOTHED_WITHIN = 60_000
"""A fix is smoothed only with neighbours that lie this close together in time (ms)."""

Floats = NDArray[np.float64]
Times = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Path:
    """Columns of equal length in order of time: epoch ms, metres east and north of any one point."""

    time: Times
    x: Floats
    y: Floats

    def __len__(self) -> int:
        return len(self.time)

    def part(self, first: int, last: int) -> "Path":
        """Fixes ``first`` .. ``last``, both included."""
        rows = slice(first, last + 1)
        return Path(self.time[rows], self.x[rows], self.y[rows])


def path_of(time: ArrayLike, lon: ArrayLike, lat: ArrayLike) -> Path:
    """A path from epoch ms and WGS-84 degrees, on a plane around its first fix (0.1 % within 50 km)."""
    east, north = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    if len(east) == 0:
        return Path(np.zeros(0, np.int64), east, north)
    plane = Plane(float(east[0]), float(north[0]))
    x, y = (east - plane.lon0) * plane.east_scale, (north - plane.lat0) * METRES_PER_DEGREE
    return Path(np.asarray(time, np.int64), x, y)


def smoothed(path: Path) -> Path:
    """Each coordinate as the median of the fix and its two neighbours: one fix that leaps aside is gone.

    A turn is cut by at most one step. The first and last fix stay, and so does a fix whose neighbours are more than a
    minute apart: there, the step would be too much to lose.
    """
    if len(path) < 3:
        return path
    close = path.time[2:] - path.time[:-2] <= SMOOTHED_WITHIN
    return Path(path.time, _median_of_three(path.x, close), _median_of_three(path.y, close))


def _median_of_three(values: Floats, where: Mask) -> Floats:
    result = values.copy()
    middle = np.median(np.stack((values[:-2], values[1:-1], values[2:])), axis=0)
    result[1:-1] = np.where(where, middle, values[1:-1])
    return result


def displaced(path: Path, metres: float, window: int) -> Mask:
    """Whether each fix lies ``metres`` or more from any fix of the ``window`` ms before it: the rule of presence."""
    result = np.zeros(len(path), np.bool_)
    for lag in range(1, len(path)):
        recent = path.time[lag:] - path.time[:-lag] <= window
        if not recent.any():
            break
        apart = np.hypot(path.x[lag:] - path.x[:-lag], path.y[lag:] - path.y[:-lag])
        result[lag:] |= recent & (apart >= metres)
    return result


def stays(path: Path, metres: float, least: int) -> list[tuple[int, int]]:
    """Stays as (first, last) fixes: ``least`` ms or longer within ``metres`` of their middle; they do not overlap.

    A stay is found as the stay points of Li et al., "Mining user similarity based on location history", ACM GIS 2008,
    section 4.1: from a fix on, everything lies near it for long enough. That fix is often one of the way there, so the
    stay is then taken around the median of what was found, from the first to the last fix that is near that.
    """
    found: list[tuple[int, int]] = []
    first, count = 0, len(path)
    while first < count and path.time[-1] - path.time[first] >= least:
        enough = int(np.searchsorted(path.time, path.time[first] + least))
        if (_apart(path, first, enough, path.x[first], path.y[first]) <= metres).all():
            begin, end = _around_middle(path, first, enough, metres)
            if path.time[end] - path.time[begin] >= least:
                found.append((begin, end))
                first = end
        first += 1
    return found


def _apart(path: Path, first: int, last: int, x: float, y: float) -> Floats:
    rows = slice(first, last + 1)
    distance: Floats = np.hypot(path.x[rows] - x, path.y[rows] - y)
    return distance


def _around_middle(path: Path, first: int, last: int, metres: float) -> tuple[int, int]:
    for _ in range(2):
        x, y = (float(np.median(axis[first : last + 1])) for axis in (path.x, path.y))
        late = np.flatnonzero(_apart(path, last, len(path), x, y) > metres)
        last = last + int(late[0]) - 1 if len(late) and late[0] else (last if len(late) else len(path) - 1)
    early = np.flatnonzero(_apart(path, first, last, x, y) > metres)
    return (first + int(early[-1]) + 1 if len(early) else first), last


def length(path: Path, floor: float) -> float:
    """Metres along a path, counted from one point to the next that is at least ``floor`` away.

    What stays nearer than ``floor`` adds nothing, so a receiver at rest adds nothing as long as it errs by less than
    half of it. Too short by less than ``floor`` at the end and by less than a third of a step at a right-angled turn
    (chord for legs, 1 - 1/sqrt 2); too long by about the error of a fix for each step.
    """
    total, x0, y0 = 0.0, 0.0, 0.0
    for number, (x, y) in enumerate(zip(path.x.tolist(), path.y.tolist(), strict=True)):
        step = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
        if number == 0 or step >= floor:
            total += step if number else 0.0
            x0, y0 = x, y
    return total
