"""Spans in which the work-time clock stands still."""

from collections.abc import Iterator

from dashboard.domain.periods import DAY, MINUTE, plus_days
from dashboard.domain.work_time import WorkClock

LONGEST = 400 * DAY
"""Spans are looked for at most this far: a deadline may lie in another century."""


def off_hours(clock: WorkClock, begin: int, end: int) -> list[tuple[int, int]]:
    """Spans without working time between two instants (epoch ms UTC), in order and apart."""
    end = min(end, begin + LONGEST)
    found: list[tuple[int, int]] = []
    at = begin
    for start, stop in _duty(clock, begin, end):
        if start > at:
            found.append((at, min(start, end)))
        at = max(at, stop)
    if at < end:
        found.append((at, end))
    return found


def _duty(clock: WorkClock, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Working spans that touch the time between two instants."""
    day, last = clock.days.day(begin), clock.days.day(end)
    while day <= last:
        midnight = clock.days.start(day)
        for first, stop in clock.duty_hours if clock.works(day) else ():
            span = (midnight + first * MINUTE, midnight + stop * MINUTE)
            if span[1] > begin and span[0] < end:
                yield span
        day = plus_days(day, 1)
