"""The work-time clock once more, as one table of duty spans over all years and array arithmetic on it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.int64]


class WorkTable:
    """Duty spans of the years ``first`` .. ``last``; instants and spans are ms.

    Days that are not in ``workdays`` follow the weekday.
    """

    def __init__(
        self, zone: str, duty: Sequence[tuple[int, int]], workdays: Mapping[int, bool], first: int, last: int
    ) -> None:
        tz = ZoneInfo(zone)
        spans: list[tuple[float, float]] = []
        day = date(first, 1, 1)
        while day.year <= last:
            if workdays.get(int(day.strftime("%Y%m%d")), day.isoweekday() <= 5):
                spans += [(_wall(day, start, tz), _wall(day, end, tz)) for start, end in duty]
            day += timedelta(days=1)
        table = np.array(spans, np.int64).reshape(-1, 2) * 1000
        self._start, self._end = table[:, 0], table[:, 1]
        self._done = np.concatenate([[0], np.cumsum(self._end - self._start)])

    def worked(self, at: Instants) -> Instants:
        """Work time from the beginning of the table to each instant."""
        span = np.searchsorted(self._start, at, side="right") - 1
        inside = np.minimum(at, self._end[span]) - self._start[span]
        return np.where(span < 0, 0, self._done[span] + inside)

    def later(self, at: Instants, work: Instants) -> Instants:
        """Each instant plus some work time; unchanged where that is none."""
        target = self.worked(at) + work
        span = np.searchsorted(self._done, target, side="left") - 1
        return np.where(work <= 0, at, self._start[span] + target - self._done[span])


def _wall(day: date, minute: int, zone: ZoneInfo) -> float:
    day += timedelta(days=minute // 1440)
    return datetime(day.year, day.month, day.day, minute % 1440 // 60, minute % 60, tzinfo=zone).timestamp()
