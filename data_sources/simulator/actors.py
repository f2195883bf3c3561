"""Which grid worker makes a step of a case: the one of the grid where it lies, while on duty by the roster."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.periods import as_date, plus_days
from data_sources.simulator.city import City
from data_sources.simulator.day_clock import OFFSET, Seconds, is_workday

NOBODY = -1
Numbers = NDArray[np.intp]


@dataclass(frozen=True)
class Actors:
    """``of_cell`` is the worker of each cell (``NOBODY``: none); the other columns are roster rows, those of worker
    ``w`` being ``first[w] .. first[w + 1]``, minutes of the day and a bit mask of weekdays, bit 0 Monday."""

    ids: list[str]
    of_cell: Numbers
    first: Numbers
    start: Numbers
    end: Numbers
    weekdays: Numbers
    workdays: NDArray[np.bool_]

    @classmethod
    def of(cls, city: City) -> "Actors":
        """The workers and the roster of a city."""
        number = {worker.id: n for n, worker in enumerate(city.workers)}
        rows = sorted(city.shifts(), key=lambda row: number[row.worker])
        worker = np.array([number[row.worker] for row in rows], np.intp)
        return cls(
            list(number), _workers_of_cells(city), np.searchsorted(worker, np.arange(len(city.workers) + 1)),
            np.array([row.start for row in rows], np.intp), np.array([row.end for row in rows], np.intp),
            np.array([row.weekdays for row in rows], np.intp), np.array([row.workdays for row in rows], np.bool_),
        )

    def names(self, cell: Numbers, time: Seconds) -> list[str]:
        """Id of the worker who acts in each cell at the epoch second beside it; empty where nobody is on duty there."""
        worker = self.of_cell[cell]
        on_duty = self._on_duty(worker, time)
        return [self.ids[w] if here else "" for w, here in zip(worker.tolist(), on_duty.tolist(), strict=True)]

    def _on_duty(self, worker: Numbers, time: Seconds) -> NDArray[np.bool_]:
        known = np.flatnonzero(worker != NOBODY)
        count = self.first[worker[known] + 1] - self.first[worker[known]]
        step = np.repeat(known, count)
        ends = np.cumsum(count)
        row = np.arange(len(step)) - np.repeat(ends - count - self.first[worker[known]], count)
        minute = (time[step] + OFFSET) // 60 % 1440
        start, end = self.start[row], self.end[row]
        over_night = end <= start
        today = self._holds(row, time[step]) & (minute >= start) & ((minute < end) | over_night)
        before = self._holds(row, time[step] - 86_400) & over_night & (minute < end)
        result = np.zeros(len(worker), np.bool_)
        result[step[today | before]] = True
        return result

    def _holds(self, row: Numbers, time: Seconds) -> NDArray[np.bool_]:
        number, of = np.unique((time + OFFSET) // 86_400, return_inverse=True)
        days = [plus_days(19700101, int(n)) for n in number]
        works = np.array([is_workday(day) for day in days], np.bool_)[of]
        weekday = np.array([as_date(day).weekday() for day in days], np.intp)[of]
        return np.where(self.workdays[row], works, self.weekdays[row] >> weekday & 1 == 1)


def _workers_of_cells(city: City) -> Numbers:
    """The first worker of the grid above each cell."""
    level = city.land.levels.index(city.scale.home)
    mine = np.flatnonzero(city.home_level == level + 1)[::-1]
    of_grid = np.full(len(city.levels[level + 1]), NOBODY)
    of_grid[city.home[mine]] = mine  # backwards: of several, the first is written last
    return np.asarray(of_grid[city.above(level)])
