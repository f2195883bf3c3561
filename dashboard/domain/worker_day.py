"""What one worker did in a day: spans of moving, standing, silence and time off, stops, distance, places.

Only what lies inside the shifts counts; fixes outside of them are dropped before anything is computed. Spans begin with
the first shift and end with the last (or with the present), follow each other without a hole and never overlap, so

    moving + still (stops included) + gap + off = end of the last shift - begin of the first.

*gap*: more than 10 minutes on duty without a fix, from fix to fix. *stop*: 15 minutes or more within 50 m. *moving*:
the fix at the end of a step is 50 m or more from where the worker was within the 5 minutes before, the rule of
``presence`` (without its 60 s of hysteresis, which is for the eye). Everything else on duty is *still*.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.worker_path import Mask, Path, Times, displaced, length, smoothed, stays
from dashboard.domain.worker_shifts import Interval

MOVING, STILL, STOP, GAP, OFF = "moving", "still", "stop", "gap", "off"


@dataclass(frozen=True, slots=True)
class DayRules:
    """Thresholds: metres and milliseconds. ``floor`` is the shortest step that counts as distance."""

    metres: float = 50.0
    window: int = 300_000
    silent: int = 600_000
    stop_metres: float = 50.0
    stop_for: int = 900_000
    floor: float = 20.0
    visit: int = 60_000


@dataclass(frozen=True, slots=True)
class Part:
    """A span of the day in one state; ``stay`` is the number of the stop from 0, for ``stop`` alone."""

    state: str
    begin: int
    end: int
    stay: int | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A stop: when, and the fixes ``first`` .. ``last`` of the path it was found in."""

    begin: int
    end: int
    first: int
    last: int


@dataclass(frozen=True)
class DayShape:
    """``parts`` partition the day; ``distance`` is metres walked while moving, gaps left out."""

    parts: list[Part]
    stays: list[Stay]
    distance: float

    def minutes(self, *states: str) -> float:
        """Minutes spent in some states."""
        return sum(part.end - part.begin for part in self.parts if part.state in states) / 60_000

    def count(self, state: str) -> int:
        """How many spans of a state there are."""
        return sum(part.state == state for part in self.parts)


def on_duty(time: Times, shifts: Sequence[Interval]) -> Mask:
    """Whether each instant lies in one of the shifts (in order, apart from each other)."""
    begins, ends = (np.array([shift[side] for shift in shifts], np.int64) for side in (0, 1))
    at = np.searchsorted(begins, time, "right") - 1
    inside: Mask = (at >= 0) & (time < np.append(ends, 0)[at])
    return inside


def shape_of(path: Path, shifts: Sequence[Interval], rules: DayRules | None = None) -> DayShape:
    """The day of a path whose fixes all lie in ``shifts``; shifts are in order, apart from each other."""
    rules, even = rules or DayRules(), smoothed(path)
    parts: list[Part] = []
    found: list[Stay] = []
    distance = 0.0
    for number, shift in enumerate(shifts):
        if number:
            parts.append(Part(OFF, shifts[number - 1][1], shift[0]))
        for segment in _segments(even.time, shift, rules.silent):
            if segment.last < segment.first:
                parts.append(Part(GAP, segment.begin, segment.end))
                continue
            one = _Segment(even.part(segment.first, segment.last), segment, rules)
            parts += one.parts(len(found))
            found += one.found()
            distance += one.distance()
    return DayShape(parts, found, distance)


@dataclass(frozen=True, slots=True)
class _Span:
    """A part of a shift and its fixes ``first`` .. ``last``; without any (``last < first``) it is a gap."""

    begin: int
    end: int
    first: int
    last: int


def _segments(time: Times, shift: Interval, silent: int) -> Iterator[_Span]:
    """A shift cut where no fix came for longer than ``silent``."""
    first, after = np.searchsorted(time, shift).tolist()
    if first == after:
        yield _Span(*shift, 0, -1)
        return
    marks = np.concatenate(([shift[0]], time[first:after], [shift[1]]))
    begin, at = shift[0], first
    for hole in np.flatnonzero(np.diff(marks) > silent).tolist():
        if hole:
            yield _Span(begin, int(marks[hole]), at, first + hole - 1)
        yield _Span(int(marks[hole]), int(marks[hole + 1]), 0, -1)
        begin, at = int(marks[hole + 1]), first + hole
    if at < after:
        yield _Span(begin, shift[1], at, after - 1)


class _Segment:
    """Fixes without a gap between them."""

    def __init__(self, path: Path, span: _Span, rules: DayRules) -> None:
        self.path, self.span, self.rules = path, span, rules
        self.stays = stays(path, rules.stop_metres, rules.stop_for)
        self.moving = displaced(path, rules.metres, rules.window)[1:]
        self.stay = np.full(max(0, len(path) - 1), -1)
        for number, (first, last) in enumerate(self.stays):
            self.stay[first:last] = number
        self.moving &= self.stay < 0

    def parts(self, before: int) -> list[Part]:
        """Steps of the same state joined; what lies before the first and after the last fix goes with them."""
        edges = [self.span.begin, *self.path.time[1:-1].tolist(), self.span.end]
        states = self._states(before) or [(STILL, None)]
        result: list[Part] = []
        for (state, stay), begin, end in zip(states, edges[:-1], edges[1:], strict=True):
            if result and (result[-1].state, result[-1].stay) == (state, stay):
                result[-1] = replace(result[-1], end=end)
            else:
                result.append(Part(state, begin, end, stay))
        return [part for part in result if part.begin < part.end]

    def _states(self, before: int) -> list[tuple[str, int | None]]:
        pairs = zip(self.stay.tolist(), self.moving.tolist(), strict=True)
        return [(STOP, before + stay) if stay >= 0 else (MOVING if moves else STILL, None) for stay, moves in pairs]

    def found(self) -> list[Stay]:
        """The stops with the rows of the whole path."""
        return [self._stay(first, last) for first, last in self.stays]

    def _stay(self, first: int, last: int) -> Stay:
        time, end = self.path.time, len(self.path) - 1
        return Stay(
            self.span.begin if first == 0 else int(time[first]),
            self.span.end if last == end else int(time[last]),
            self.span.first + first,
            self.span.first + last,
        )

    def distance(self) -> float:
        """Metres of each run of moving steps."""
        edges = np.flatnonzero(np.diff(self.moving, prepend=False, append=False)).tolist()
        runs = zip(edges[::2], edges[1::2], strict=True)
        return sum(length(self.path.part(first, last), self.rules.floor) for first, last in runs)


def time_of_fixes(time: Times, parts: Sequence[Part]) -> NDArray[np.int64]:
    """How long (ms) each fix stands for: until the next one, gaps and time off left out.

    What lies between the begin of a span of duty and its first fix belongs to that fix. The sum is moving + still.
    """
    known = _runs(parts)
    result = np.zeros(len(time), np.int64)
    for begin, end in known:
        first, after = np.searchsorted(time, [begin, end]).tolist()
        if after < len(time) and time[after] == end and after == first:
            after += 1
        if first < after:
            edges = np.concatenate(([begin], time[first + 1 : after], [end]))
            result[first:after] += np.diff(edges)
    return result


def _runs(parts: Sequence[Part]) -> list[Interval]:
    """Spans of duty with fixes: neither gap nor time off."""
    result: list[Interval] = []
    for part in parts:
        if part.state in (GAP, OFF):
            continue
        if result and result[-1][1] == part.begin:
            result[-1] = (result[-1][0], part.end)
        else:
            result.append((part.begin, part.end))
    return result


def without_stays(shape: DayShape, hidden: Mask) -> DayShape:
    """The same day with some stops told as standing still without a number; the others keep their order."""
    number = np.where(hidden, -1, np.cumsum(~hidden) - 1).tolist()
    parts: list[Part] = []
    for part in shape.parts:
        if part.stay is not None:
            kept = number[part.stay] >= 0
            part = replace(part, state=STOP if kept else STILL, stay=number[part.stay] if kept else None)
        if parts and part.state == STILL == parts[-1].state:
            parts[-1] = replace(parts[-1], end=part.end)
        else:
            parts.append(part)
    return DayShape(parts, [stay for stay, gone in zip(shape.stays, hidden, strict=True) if not gone], shape.distance)


REST = 4 * 3_600_000
"""Who was off duty for longer than this (ms) may have been at home."""


def around_starts(path: Path, shifts: Sequence[Interval], metres: float) -> Mask:
    """Fixes within ``metres`` of where the worker began: the first fix of the day and of a shift after a long rest.

    That may be the worker's home. It is hidden inside the own grid too, because grid workers live where they work, and
    at every hour, because whoever begins at home comes back to it. Nothing is hidden where ``metres`` is 0.
    """
    hidden = np.zeros(len(path), np.bool_)
    if metres <= 0:
        return hidden
    for number, (begin, end) in enumerate(shifts):
        first = int(np.searchsorted(path.time, begin))
        rested = not number or not first or begin - shifts[number - 1][1] > REST
        if rested and first < len(path) and path.time[first] < end:
            hidden |= np.hypot(path.x - path.x[first], path.y - path.y[first]) <= metres
    return hidden
