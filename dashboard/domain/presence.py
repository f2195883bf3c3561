"""Whether each worker moves, stands still, is silent or off duty, from fixes and the time that ticks tell.

*Moving*: within the last 5 minutes the worker was 50 m or more from where he is now. The past is sampled: of every 15 s
the last fix counts. A worker stops being moving only when that has been false for 60 s, so that states do not chatter.
*Silent*: on duty and no fix for 10 minutes; the next fix ends it at once. Off duty wins over everything.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.base import Workers
from dashboard.domain.frames import MOVING, OFF, SILENT, STILL
from dashboard.domain.plane import Plane
from dashboard.domain.regions import RegionTree

SAMPLE = 15_000
HOLD = 60_000
NEVER = -(2**62)

States = NDArray[np.uint8]
Counts = NDArray[np.int32]
COUNTS = ("on_duty", "moving", "still", "silent")
"""Columns of presence counts."""


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """Thresholds of presence: metres, and milliseconds."""

    metres: float = 50.0
    window: int = 300_000
    silent: int = 600_000

    @property
    def samples(self) -> int:
        """Samples that cover the window."""
        return self.window // SAMPLE + 1


class Presence:
    """Newest fix and recent samples of every slot. Times are epoch ms, positions whole metres of the plane."""

    def __init__(self, workers: int, rules: PresenceRules | None = None) -> None:
        self.rules = rules or PresenceRules()
        self.time = np.full(workers, NEVER, np.int64)
        self.x = np.zeros(workers, np.int32)
        self.y = np.zeros(workers, np.int32)
        self.moving_until = np.full(workers, NEVER, np.int64)
        shape = (workers, self.rules.samples)
        self._times = np.full(shape, NEVER, np.int64)
        self._xs, self._ys = np.zeros(shape, np.float32), np.zeros(shape, np.float32)

    def __len__(self) -> int:
        return len(self.time)

    def update(
        self, slot: NDArray[np.int32], time: NDArray[np.int64], x: NDArray[np.int32], y: NDArray[np.int32]
    ) -> None:
        """Take fixes in, in the order of arrival; each must be newer than all earlier ones of its worker.

        A worker may occur any number of times: the result is that of one fix after another.
        """
        if len(slot) == 0:
            return
        order = np.argsort(slot, kind="stable")
        slot, time = slot[order], time[order]
        matters = np.flatnonzero(time >= _newest_of_worker(slot, time) - 3 * self.rules.window - HOLD)
        slot, time, x, y = slot[matters], time[matters], x[order[matters]], y[order[matters]]
        for turn in _turns(slot):
            self._advance(slot[turn], time[turn], x[turn], y[turn])

    def _advance(
        self, slot: NDArray[np.int32], time: NDArray[np.int64], x: NDArray[np.int32], y: NDArray[np.int32]
    ) -> None:
        """One fix of each of some workers."""
        times = self._times[slot]
        east, north = self._xs[slot] - x[:, None].astype(np.float32), self._ys[slot] - y[:, None].astype(np.float32)
        far = (east * east + north * north >= self.rules.metres**2) & (times >= (time - self.rules.window)[:, None])
        last_far = np.where(far, times, NEVER).max(axis=1)
        held = np.minimum(self.moving_until[slot], time + HOLD)
        self.moving_until[slot] = np.maximum(last_far + self.rules.window + HOLD, held)
        column = time // SAMPLE % self.rules.samples
        self._times[slot, column], self._xs[slot, column], self._ys[slot, column] = time, x, y
        self.time[slot], self.x[slot], self.y[slot] = time, x, y

    def states(self, now: int, on_duty: NDArray[np.bool_]) -> States:
        """State of every slot at a moment, as frames carry it."""
        state = np.where(now < self.moving_until, MOVING, STILL).astype(np.uint8)
        state[now - self.rules.silent >= self.time] = SILENT
        state[~on_duty] = OFF
        return state

    def moved_to(self, source: NDArray[np.intp]) -> "Presence":
        """The same knowledge in other slots: new slot ``i`` is what slot ``source[i]`` was, -1 a new worker."""
        result = Presence(len(source), self.rules)
        kept = source >= 0
        for name in ("time", "x", "y", "moving_until", "_times", "_xs", "_ys"):
            getattr(result, name)[kept] = getattr(self, name)[source[kept]]
        return result

    def shift(self, old: Plane, new: Plane) -> None:
        """Express all positions on another plane, to a metre."""
        if old != new:
            self.x, self.y = new.metres(*old.degrees(self.x, self.y))
            xs, ys = new.metres(*old.degrees(self._xs, self._ys))
            self._xs, self._ys = xs.astype(np.float32), ys.astype(np.float32)


def _newest_of_worker(slot: NDArray[np.int32], time: NDArray[np.int64]) -> NDArray[np.int64]:
    last = np.flatnonzero(np.diff(slot, append=-1))
    return np.repeat(time[last], np.diff(last, prepend=-1))


def _turns(slot: NDArray[np.int32]) -> Iterator[NDArray[np.intp]]:
    """Places in sorted slots such that each part holds a worker once: all first occurrences, all second, and so on."""
    first = np.flatnonzero(np.diff(slot, prepend=-1))
    turn = np.arange(len(slot)) - np.repeat(first, np.diff(first, append=len(slot)))
    yield from np.split(np.argsort(turn, kind="stable"), np.cumsum(np.bincount(turn))[:-1])


def count_by_home(tree: RegionTree, workers: Workers, state: States) -> Counts:
    """Workers of each tree node by assigned region, shape (nodes, ``COUNTS``), sums including all that lies below."""
    total = np.zeros((len(state) + 1, len(COUNTS)), np.int32)
    np.cumsum(_one_hot(state), axis=0, out=total[1:])
    first = np.searchsorted(workers.home, np.arange(len(tree)))
    return total[np.searchsorted(workers.home, tree.end)] - total[first]


def count_by_place(tree: RegionTree, place: NDArray[np.int32], state: States) -> Counts:
    """Workers of each tree node by where they are: node of the deepest region, -1 outside; as ``count_by_home``."""
    inside = np.flatnonzero(place >= 0)
    total = np.zeros((len(tree) + 1, len(COUNTS)), np.int32)
    for column, ones in enumerate(_one_hot(state[inside]).T):
        np.cumsum(np.bincount(place[inside], ones, len(tree)), out=total[1:, column])
    return total[tree.end] - total[:-1]


def _one_hot(state: States) -> Counts:
    columns = (state != OFF, state == MOVING, state == STILL, state == SILENT)
    return np.stack(columns, axis=1).astype(np.int32)
