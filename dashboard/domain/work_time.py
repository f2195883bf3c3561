"""The work-time clock: minutes count only in duty hours of working days.

Spans are milliseconds of work time, instants epoch ms UTC. Statutory holidays and make-up days arrive as a mapping
day -> working day; days that are not in it follow the weekday, Monday to Friday.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from dashboard.domain.periods import MINUTE, LocalDays, as_day


@dataclass(frozen=True, slots=True)
class _Year:
    """Duty hours of one local year as instants; ``before[i]`` is the work time ahead of segment i, the last one all."""

    starts: Sequence[int]
    ends: Sequence[int]
    before: Sequence[int]

    @property
    def total(self) -> int:
        return self.before[-1]

    def elapsed(self, at: int) -> int:
        """Work time of the year up to an instant."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def instant(self, elapsed: int) -> int:
        """The first instant at which that much work time (more than 0, at most the total) has passed."""
        index = bisect_left(self.before, elapsed) - 1
        return self.starts[index] + elapsed - self.before[index]


@dataclass(frozen=True)
class WorkClock:
    """``duty_hours`` are ranges of minutes of the local day, end exclusive, in order and apart from each other.

    ``ValueError`` where there are none or they overlap: such a clock would never move.
    """

    days: LocalDays
    duty_hours: Sequence[tuple[int, int]]
    workdays: Mapping[int, bool] = field(default_factory=dict)
    _years: dict[int, _Year] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        edges = [edge for hours in self.duty_hours for edge in hours]
        if not edges or edges != sorted(set(edges)) or edges[0] < 0 or edges[-1] > 1440:
            raise ValueError(f"duty hours {list(self.duty_hours)} are not ranges of a day, in order and apart")

    def works(self, day: int) -> bool:
        """Whether a local day is a working day."""
        return self._works(date(day // 10_000, day // 100 % 100, day % 100))

    def span(self, start: int, end: int) -> int:
        """Work time between two instants in ms, negative where the end comes first."""
        first, last = self.days.day(start) // 10_000, self.days.day(end) // 10_000
        if first == last:
            year = self._year(first)
            return year.elapsed(end) - year.elapsed(start)
        if last < first:
            return -self.span(end, start)
        between = sum(self._year(number).total for number in range(first, last))
        return between + self._year(last).elapsed(end) - self._year(first).elapsed(start)

    def after(self, start: int, span: int) -> int:
        """The first instant at which ``span`` ms of work time have passed since ``start``; for none, ``start``."""
        if span <= 0:
            return start
        number = self.days.day(start) // 10_000
        elapsed = self._year(number).elapsed(start) + span
        while elapsed > self._year(number).total:
            elapsed -= self._year(number).total
            number += 1
        return self._year(number).instant(elapsed)

    def add(self, start: int, minutes: int) -> int:
        """The instant ``minutes`` work minutes after ``start``."""
        return self.after(start, minutes * MINUTE)

    def between(self, start: int, end: int) -> float:
        """Work minutes between two instants."""
        return self.span(start, end) / MINUTE

    def _works(self, day: date) -> bool:
        return self.workdays.get(as_day(day), day.weekday() < 5)

    def _year(self, number: int) -> _Year:
        found = self._years.get(number)
        if found is None:
            found = self._years[number] = self._laid_out(number)
        return found

    def _laid_out(self, number: int) -> _Year:
        first = date(number, 1, 1)
        days = (first + timedelta(n) for n in range((date(number + 1, 1, 1) - first).days))
        segments = [segment for day in days if self._works(day) for segment in self._segments(day)]
        before = accumulate((end - start for start, end in segments), initial=0)
        return _Year([start for start, _ in segments], [end for _, end in segments], list(before))

    def _segments(self, day: date) -> Iterable[tuple[int, int]]:
        for start, end in self.duty_hours:
            yield self._instant(day, start), self._instant(day, end)

    def _instant(self, day: date, minute: int) -> int:
        day += timedelta(minute // 1440)
        wall = datetime(day.year, day.month, day.day, minute % 1440 // 60, minute % 60, tzinfo=ZoneInfo(self.days.zone))
        return int(wall.timestamp()) * 1000
