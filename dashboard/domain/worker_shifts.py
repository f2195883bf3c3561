"""When one worker is on duty during a local day, as intervals of instants, from the same rosters as ``duty``."""

from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.domain.base import Shifts
from dashboard.domain.periods import MINUTE, LocalDays, as_date, plus_days

Interval = tuple[int, int]
"""Epoch ms: begin and end, the end excluded."""


def shift_intervals(
    shifts: Shifts, slot: int, day: int, workdays: Mapping[int, bool], days: LocalDays
) -> list[Interval]:
    """The parts of a local day on which the worker in ``slot`` is on duty, in order, joined where they touch.

    A worker without any roster row is on duty all day. What runs past midnight gives its part to each of the two days.
    """
    rows = np.flatnonzero(shifts.slot == slot)
    if len(rows) == 0:
        return [(days.start(day), days.start(plus_days(day, 1)))]
    found: list[Interval] = []
    for row in rows.tolist():
        start, end = int(shifts.start[row]), int(shifts.end[row])
        if _holds(shifts, row, day, workdays):
            found.append((_instant(days, day, start), _end_of(days, day, start, end)))
        if end <= start and _holds(shifts, row, plus_days(day, -1), workdays):
            found.append((days.start(day), _instant(days, day, end)))
    return joined(found)


def joined(intervals: Sequence[Interval]) -> list[Interval]:
    """Intervals in order, those that overlap or touch made one, empty ones left out."""
    result: list[Interval] = []
    for begin, end in sorted(part for part in intervals if part[0] < part[1]):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result


def until(intervals: Sequence[Interval], end: int) -> list[Interval]:
    """What lies before an instant."""
    return [(begin, min(last, end)) for begin, last in intervals if begin < end]


def _holds(shifts: Shifts, row: int, day: int, workdays: Mapping[int, bool]) -> bool:
    if not shifts.first[row] <= day <= shifts.last[row]:
        return False
    weekday = as_date(day).weekday()
    if shifts.workdays[row]:
        return workdays.get(day, weekday < 5)
    return bool(shifts.weekdays[row] >> weekday & 1)


def _end_of(days: LocalDays, day: int, start: int, end: int) -> int:
    return days.start(plus_days(day, 1)) if end <= start else _instant(days, day, end)


def _instant(days: LocalDays, day: int, minute: int) -> int:
    """The instant at which the wall clock shows a minute of the day, also where summer time begins or ends."""
    midnight = days.start(day)
    at = midnight + minute * MINUTE
    return at + days.offset(midnight) - days.offset(at)
