"""Minutes that count only in certain hours of certain days, for whole arrays of instants at once."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.base_data.workdays import working_days
from dashboard.domain.periods import as_date, as_day, plus_days

FIRST, DAYS = 20200101, 5845
OFFSET = 8 * 3600
"""The simulated cities keep China's time, UTC+8 all year round."""
Seconds = NDArray[np.floating[Any]]


@cache
def workday_mask() -> NDArray[np.bool_]:
    """Whether each day from ``FIRST`` on is a working day (statutory holidays and make-up days where known)."""
    decreed = working_days({}, True)
    days = (plus_days(FIRST, n) for n in range(DAYS))
    return np.array([decreed.get(day, as_date(day).weekday() < 5) for day in days])


def is_workday(day: int) -> bool:
    """Whether a local day ``YYYYMMDD`` is a working day."""
    return bool(workday_mask()[as_date(day).toordinal() - as_date(FIRST).toordinal()])


def midnight(day: int) -> int:
    """Epoch second at which a local day begins."""
    return (as_date(day).toordinal() - 719_163) * 86_400 - OFFSET


def local_day(second: float) -> int:
    """Local day of an epoch second."""
    return as_day(as_date(19700101).fromordinal(719_163 + int((second + OFFSET) // 86_400)))


class DayClock:
    """Counts minutes within ``hours`` (minutes of the day) of the days in ``mask``; instants are epoch seconds."""

    def __init__(self, hours: tuple[tuple[int, int], ...], mask: NDArray[np.bool_]) -> None:
        self.hours = hours
        self.length = float(sum(end - start for start, end in hours))
        self.before = np.concatenate(([0.0], np.cumsum(mask * self.length)))
        self.mask = mask
        self.zero = midnight(FIRST)

    def elapsed(self, at: Seconds) -> Seconds:
        """Counted minutes from the beginning of ``FIRST`` to each instant."""
        day, minute = np.divmod((at - self.zero) / 60, 1440)
        index = day.astype(np.intp)
        inside = sum(np.clip(minute - start, 0, end - start) for start, end in self.hours)
        return np.asarray(self.before[index] + np.where(self.mask[index], inside, 0))

    def instant(self, elapsed: Seconds) -> Seconds:
        """The first instant at which that many minutes have been counted."""
        index = np.maximum(np.searchsorted(self.before, elapsed, side="left") - 1, 0)
        rest = elapsed - self.before[index]
        minute = np.zeros_like(rest)
        passed = 0.0
        for start, end in self.hours:
            minute = np.where(rest > passed, start + rest - passed, minute)
            passed += end - start
        return np.asarray(self.zero + (index * 1440 + minute) * 60)

    def add(self, at: Seconds, minutes: Seconds) -> Seconds:
        """The instants ``minutes`` (0 or more) counted minutes later."""
        return np.maximum(at, self.instant(self.elapsed(at) + minutes))

    def between(self, start: Seconds, end: Seconds) -> Seconds:
        """Counted minutes from start to end."""
        return self.elapsed(end) - self.elapsed(start)


@cache
def duty_clock() -> DayClock:
    """Duty hours of working days: the clock of 工作时 limits."""
    return DayClock(((510, 720), (840, 1050)), workday_mask())


@cache
def waking_clock() -> DayClock:
    """The hours in which ordinary cases move: 07:00 to 21:30 of every day."""
    return DayClock(((420, 1290),), np.ones(DAYS, bool))
