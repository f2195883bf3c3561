"""Who is on duty at a minute, as a mask over all workers, out of the roster rows alone."""

import numpy as np
from numpy.typing import NDArray

from dashboard.base_data.rows import ShiftRow
from dashboard.domain.periods import as_date, plus_days
from data_sources.simulator.day_clock import OFFSET, is_workday, local_day


class Duty:
    """Roster rows as columns; ``workers`` gives the order of the mask."""

    def __init__(self, rows: list[ShiftRow], workers: list[str]) -> None:
        number = {worker: n for n, worker in enumerate(workers)}
        self.count = len(workers)
        self.worker = np.array([number[row.worker] for row in rows], np.intp)
        self.start = np.array([row.start for row in rows])
        self.end = np.array([row.end for row in rows])
        self.weekdays = np.array([row.weekdays for row in rows])
        self.workdays = np.array([row.workdays for row in rows], bool)

    def at(self, second: float) -> NDArray[np.bool_]:
        """Mask of the workers on duty at an epoch second."""
        day = local_day(second)
        minute = int((second + OFFSET) // 60 % 1440)
        today = self._holds(day) & (self.start <= minute) & (minute < np.where(self.end > self.start, self.end, 1440))
        before = self._holds(plus_days(day, -1)) & (self.end <= self.start) & (minute < self.end)
        mask = np.zeros(self.count, bool)
        mask[self.worker[today | before]] = True
        return mask

    def _holds(self, day: int) -> NDArray[np.bool_]:
        by_weekday = self.weekdays >> as_date(day).weekday() & 1 == 1
        return np.where(self.workdays, is_workday(day), by_weekday)
