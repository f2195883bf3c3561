"""Where workers are: they walk or ride along streets inside their own region, pause, and lose their signal at times.

The streets of a region are a lattice, turned by an angle of its own and as fine as the region is wide; a walker goes
from crossing to crossing, mostly straight on, and turns where the next crossing would lie outside. Speeds in m/s.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.domain.fixes import Fixes
from data_sources.simulator.city import City
from data_sources.simulator.day_clock import OFFSET
from data_sources.simulator.duty import Duty

NOISE = 2.2
RIDERS = 0.14
GROUPS = 10
WALK_S = 520.0
LOST_SHARE = 0.078
LOST_SLOT = 3600
_ASIDE = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
Metres = NDArray[np.float64]


@dataclass(frozen=True)
class Streets:
    """The lattice of each worker: its origin (metres), unit vectors east-like, block length, and the region's shape."""

    origin: Metres
    angle: Metres
    block: Metres
    shape: NDArray[np.object_]

    @classmethod
    def of(cls, city: City) -> "Streets":
        """Streets of the home region of every worker; neighbours in one community share their angle."""
        shapes = np.empty(len(city.workers), object)
        group = np.zeros(len(shapes), np.intp)
        for level in np.unique(city.home_level):
            mine = np.flatnonzero(city.home_level == level)
            shapes[mine] = city.land.shapes[level - 1][city.home[mine]]
            group[mine] = city.land.parents[level - 1][city.home[mine]]
        origin = shapely.get_coordinates(shapely.point_on_surface(shapes))
        centre = shapely.centroid(shapes)
        inside = shapely.contains(shapes, centre)
        origin[inside] = shapely.get_coordinates(centre[inside])
        reach = shapely.distance(shapely.points(origin), shapely.boundary(shapes))
        angle = city.dice(91).uniform(0, np.pi / 2, int(group.max()) + 1)[group]
        shapely.prepare(shapes)
        return cls(origin, angle, np.clip(reach * 0.6, 12, 130), shapes)

    def place(self, workers: NDArray[np.intp], node: Metres) -> Metres:
        """Metres of lattice coordinates."""
        east, north = node[:, 0] * self.block[workers], node[:, 1] * self.block[workers]
        cos, sin = np.cos(self.angle[workers]), np.sin(self.angle[workers])
        return self.origin[workers] + np.column_stack((east * cos - north * sin, east * sin + north * cos))

    def lattice(self, workers: NDArray[np.intp], metres: Metres) -> Metres:
        """Lattice coordinates of places: the inverse of ``place``."""
        east, north = (metres - self.origin[workers]).T
        cos, sin = np.cos(self.angle[workers]), np.sin(self.angle[workers])
        return np.column_stack((east * cos + north * sin, north * cos - east * sin)) / self.block[workers, None]

    def inside(self, workers: NDArray[np.intp], node: Metres) -> NDArray[np.bool_]:
        """Whether crossings lie in the region of each worker."""
        return np.asarray(shapely.contains_xy(self.shape[workers], self.place(workers, node)))


class Walkers:
    """All workers of a city at a moment; ``advance`` moves some. Deterministic for a seed and the calls made."""

    def __init__(self, city: City) -> None:
        self.streets = Streets.of(city)
        count = len(city.workers)
        self.rng = city.dice(92)
        self.node = np.zeros((count, 2), np.intp)
        self.direction = self.rng.integers(4, size=count)
        self.gone = np.zeros(count)
        rides = self.rng.random(count) < RIDERS
        self.speed = np.where(rides, self.rng.uniform(4, 6, count), self.rng.uniform(1, 1.5, count))
        self.moving = self.rng.random(count) < 0.5
        self.left: Metres = self.rng.exponential(WALK_S, count)
        self._choose(np.arange(count))

    def advance(self, workers: NDArray[np.intp], seconds: Metres, eager: float) -> None:
        """Lets workers walk or pause for some seconds each; ``eager`` is the share of time spent walking."""
        self.left[workers] -= seconds
        over = workers[self.left[workers] <= 0]
        self.moving[over] = self.rng.random(len(over)) < eager
        self.left[over] = self.rng.exponential(WALK_S, len(over)) + 60
        self.gone[workers] += np.where(self.moving[workers], self.speed[workers] * seconds, 0)
        arrived = workers[self.gone[workers] >= self.streets.block[workers]]
        for _ in range(24):
            if not len(arrived):
                return
            self.gone[arrived] -= self.streets.block[arrived]
            self.node[arrived] += _ASIDE[self.direction[arrived]]
            self._choose(arrived)
            arrived = arrived[self.gone[arrived] >= self.streets.block[arrived]]
        self.gone[arrived] = 0

    def _choose(self, workers: NDArray[np.intp]) -> None:
        """A next crossing inside the region: straight on 62 %, a turn 36 %, back 2 % or where nothing else is left."""
        luck = self.rng.random(len(workers))
        side = np.where(self.rng.random(len(workers)) < 0.5, 1, 3)
        wish = np.where(luck < 0.62, 0, np.where(luck < 0.98, side, 2))
        order = np.column_stack((wish, np.where(wish == 0, side, 0), 4 - side, np.full(len(workers), 2)))
        open_ = np.arange(len(workers))
        came = self.direction[workers]
        for attempt in range(4):
            heading = (came[open_] + order[open_, attempt]) % 4
            who = workers[open_]
            fits = self.streets.inside(who, (self.node[who] + _ASIDE[heading]).astype(float))
            self.direction[who] = heading
            open_ = open_[~fits]
            if not len(open_):
                return

    def put(self, workers: NDArray[np.intp], metres: Metres) -> None:
        """Sets workers on the street nearest to a place, or else on the nearest crossing; who fits neither stays."""
        at = self.streets.lattice(workers, metres)
        crossing = np.rint(at)
        near = self.streets.inside(workers, crossing)
        self.node[workers[near]], self.gone[workers[near]] = crossing[near].astype(np.intp), 0
        self._choose(workers[near])
        self._put_between(workers, at)

    def _put_between(self, workers: NDArray[np.intp], at: Metres) -> None:
        """Sets those workers between two crossings whose street, the nearest, lies inside their region."""
        across = np.argmin(np.abs(at - np.rint(at)), axis=1)
        rows = np.arange(len(workers))
        at[rows, across] = np.rint(at[rows, across])
        node = np.floor(at).astype(np.intp)
        share = at[rows, 1 - across] - node[rows, 1 - across]
        direction = np.where(across == 1, 0, 1)
        fits = self.streets.inside(workers, node.astype(float))
        fits &= self.streets.inside(workers, (node + _ASIDE[direction]).astype(float))
        moved = workers[fits]
        self.node[moved], self.direction[moved] = node[fits], direction[fits]
        self.gone[moved] = share[fits] * self.streets.block[moved]

    def places(self, workers: NDArray[np.intp]) -> Metres:
        """Where they are (metres), with the error of a phone."""
        share = (self.gone[workers] / self.streets.block[workers])[:, None]
        node = self.node[workers] + share * _ASIDE[self.direction[workers]]
        return self.streets.place(workers, node) + self.rng.normal(0, NOISE, (len(workers), 2))


class Positions:
    """The position stream: fixes of the workers on duty whose phones are heard."""

    def __init__(self, city: City, duty: Duty) -> None:
        self.city, self.duty = city, duty
        self.walkers = Walkers(city)
        self.ids = np.array([worker.id for worker in city.workers], object)
        self.group = city.dice(93).permutation(len(self.ids)) % GROUPS
        self.last = np.full(len(self.ids), -1.0)
        self._minute, self._on = -1, np.zeros(0, bool)

    def between(self, after: int, until: int, every_s: float | None = None) -> Fixes:
        """Fixes with ``after < time <= until`` (epoch ms), by time: of every worker one in ``every_s`` seconds."""
        every = float(every_s or self.city.scale.phase_s)
        step = every / GROUPS
        number = int(after / 1000 // step) + 1
        parts: list[tuple[NDArray[np.intp], Metres, int]] = []
        while number * step * 1000 <= until:
            second = number * step
            workers = self._heard(second, number % GROUPS)
            if len(workers):
                parts.append((workers, self._moved(workers, second, every), int(second * 1000)))
            number += 1
        return self._columns(parts)

    def resume(self, workers: Sequence[str], lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
        """Goes on from where workers (ids) were last seen, so that nobody jumps; NaN: never seen."""
        number = {worker: n for n, worker in enumerate(self.ids.tolist())}
        known = np.array([worker in number for worker in workers], bool) & np.isfinite(lon) & np.isfinite(lat)
        rows = np.array([number[worker] for worker, use in zip(workers, known, strict=True) if use], np.intp)
        self.walkers.put(rows, self.city.plane.to_metres(np.column_stack((lon[known], lat[known]))))

    def _heard(self, second: float, group: int) -> NDArray[np.intp]:
        minute = int(second // 60)
        if minute != self._minute:
            self._minute, self._on = minute, self.duty.at(second) & ~self._lost(second)
        return np.flatnonzero(self._on & (self.group == group))

    def _lost(self, second: float) -> NDArray[np.bool_]:
        """Phones without a signal: in each hour a few of them for 15 to 45 minutes."""
        lost = np.zeros(len(self.ids), bool)
        for slot in (int(second // LOST_SLOT) - 1, int(second // LOST_SLOT)):
            rng = self.city.dice(94, slot)
            chosen = rng.random(len(self.ids)) < LOST_SHARE
            start = slot * LOST_SLOT + rng.uniform(0, LOST_SLOT, len(self.ids))
            lost |= chosen & (start <= second) & (second < start + rng.uniform(900, 2700, len(self.ids)))
        return lost

    def _moved(self, workers: NDArray[np.intp], second: float, every: float) -> Metres:
        since = np.where(self.last[workers] < 0, every, second - self.last[workers])
        self.last[workers] = second
        self.walkers.advance(workers, np.clip(since, 0, 900), eagerness(second))
        return self.city.plane.to_degrees(self.walkers.places(workers))

    def _columns(self, parts: list[tuple[NDArray[np.intp], Metres, int]]) -> Fixes:
        if not parts:
            return Fixes(np.zeros(0, object), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
        degrees = np.concatenate([place for _, place, _ in parts])
        time = np.repeat([at for _, _, at in parts], [len(workers) for workers, _, _ in parts])
        workers = np.concatenate([workers for workers, _, _ in parts])
        return Fixes(self.ids[workers], time.astype(np.int64), degrees[:, 0], degrees[:, 1])


def eagerness(second: float) -> float:
    """Share of time that workers walk: more in the morning, after lunch and before the shift ends."""
    hour = (second + OFFSET) / 3600 % 24
    return float(0.325 + 0.07 * np.cos((hour - 9.5) / 24 * 6 * np.pi))
