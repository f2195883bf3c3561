"""Who is on duty at a moment, from rosters and the calendar."""

from collections.abc import Mapping
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.base import Shifts
from dashboard.domain.periods import LocalDays, as_date, plus_days

MINUTE = 60_000
_MINUTES_KEPT, _DAYS_KEPT = 64, 8

Mask = NDArray[np.bool_]


class Duty:
    """On-duty masks over worker slots, computed once a minute and day; thread-safe. Without any roster row: on duty.

    A shift that runs past midnight belongs to the day on which it starts; one that ends when it starts lasts 24 hours.
    Days that the calendar does not name are working days from Monday to Friday.
    """

    def __init__(self, shifts: Shifts, workers: int, workdays: Mapping[int, bool], days: LocalDays) -> None:
        self._shifts, self._workers, self._workdays, self._days = shifts, workers, workdays, days
        self._always = np.ones(workers, np.bool_)
        self._always[shifts.slot] = False
        self._lock = Lock()
        self._minutes: dict[int, Mask] = {}
        self._rows: dict[int, Mask] = {}

    def mask(self, at: int) -> Mask:
        """Whether each worker is on duty in the minute of an instant (epoch ms). Shared: do not write to it."""
        minute = at // MINUTE
        found = self._minutes.get(minute)
        if found is None:
            with self._lock:
                _forget_oldest(self._minutes, _MINUTES_KEPT)
                found = self._minutes[minute] = self._at(minute * MINUTE)
        return found

    def on_duty(self, slots: NDArray[np.int32], times: NDArray[np.int64]) -> Mask:
        """Whether each worker was on duty at the time beside it."""
        result = np.zeros(len(slots), np.bool_)
        if len(times) == 0:
            return result
        minutes = times // MINUTE
        first, last = int(minutes.min()), int(minutes.max())
        if first == last:
            return self.mask(first * MINUTE)[slots]
        after = minutes - first
        order = np.argsort(after.astype(np.uint16) if last - first < 65_536 else after, kind="stable")
        starts = np.flatnonzero(np.diff(after[order], prepend=-1))
        for group in np.split(order, starts[1:]):
            result[group] = self.mask(int(minutes[group[0]]) * MINUTE)[slots[group]]
        return result

    def _at(self, at: int) -> Mask:
        day, minute, rows = self._days.day(at), self._days.minute_of_day(at), self._shifts
        over_night = rows.end <= rows.start
        today = self._rows_of(day) & (rows.start <= minute) & ((minute < rows.end) | over_night)
        yesterday = self._rows_of(plus_days(day, -1)) & over_night & (minute < rows.end)
        mask = self._always.copy()
        mask[rows.slot[today | yesterday]] = True
        return mask

    def _rows_of(self, day: int) -> Mask:
        """Roster rows that hold on a day."""
        found = self._rows.get(day)
        if found is None:
            _forget_oldest(self._rows, _DAYS_KEPT)
            found = self._rows[day] = self._select(day)
        return found

    def _select(self, day: int) -> Mask:
        rows, weekday = self._shifts, as_date(day).weekday()
        works = self._workdays.get(day, weekday < 5)
        by_weekday = (rows.weekdays >> weekday & 1).astype(np.bool_)
        return np.where(rows.workdays, works, by_weekday) & (rows.first <= day) & (day <= rows.last)


def _forget_oldest(cache: dict[int, Mask], kept: int) -> None:
    while len(cache) >= kept:
        del cache[next(iter(cache))]
