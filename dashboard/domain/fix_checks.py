"""What becomes of each fix: accepted, late, or rejected with a reason, for whole columns at once.

``check_columns`` looks at fixes one by one; ``check_sequence`` compares each with the worker's fix before it and gives
what a loop over the fixes in the order of arrival would give, however often a worker occurs.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.presence import NEVER

REASONS = (
    "accepted",
    "late",            # older than the worker's newest: kept for the history, the live dot stays
    "nan",             # longitude or latitude is no finite number
    "zero_zero",       # (0, 0): a receiver without a fix
    "swapped",         # only with longitude and latitude exchanged it would be on earth, or in the city
    "out_of_range",
    "unknown_worker",
    "future",          # more than the tolerance ahead of the present
    "too_old",         # older than history is kept
    "off_duty",        # outside the worker's shift: dropped before it is stored
    "jump",            # faster than a vehicle since the worker's newest fix
    "duplicate",       # same worker, same time as the newest
)  # fmt: skip
CODE = {reason: code for code, reason in enumerate(REASONS)}
ACCEPTED, LATE = CODE["accepted"], CODE["late"]
STORED = 2
"""Codes below this one are stored."""

NOISE = 50.0
"""Metres that two fixes of a resting receiver may lie apart; a jump must be longer whatever its speed."""
BELIEVED_AFTER = 3
"""Fixes in a row that agree with each other but jump from the newest: then it was the newest that was wrong."""

Codes = NDArray[np.uint8]
Bounds = tuple[float, float, float, float]
Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class CheckRules:
    """Limits: speed in m/s, times in ms, ``bounds`` the box of the city (west, south, east, north; degrees)."""

    max_speed: float = 60.0
    future: int = 300_000
    keep: int = 90 * 86_400_000
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest fix of each slot, and the last one that jumped away from it with how many agreed so far."""

    time: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    doubt_time: NDArray[np.int64]
    doubt_x: NDArray[np.int32]
    doubt_y: NDArray[np.int32]
    doubts: Codes


@dataclass(frozen=True, slots=True)
class Doubt:
    """What ``Newest`` has to remember of one slot's doubtful fixes."""

    slot: int
    time: int = NEVER
    x: int = 0
    y: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Sequence:
    """Codes of the fixes that were compared, and doubts to remember once they are stored."""

    codes: Codes
    doubts: list[Doubt]


def check_columns(
    time: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64], now: int, rules: CheckRules
) -> Codes:
    """Code of each fix by itself; the first reason of ``REASONS`` that holds. Degrees may be of any system."""
    codes = np.zeros(len(time), np.uint8)
    with np.errstate(invalid="ignore"):
        out = (np.abs(lon) > 180) | (np.abs(lat) > 90)
        swapped = _swapped(lon, lat, rules.bounds)
    for reason, mask in (
        ("too_old", time < now - rules.keep),
        ("future", time > now + rules.future),
        ("out_of_range", out),
        ("swapped", swapped),
        ("zero_zero", (lon == 0) & (lat == 0)),
        ("nan", ~(np.isfinite(lon) & np.isfinite(lat))),
    ):
        codes[mask] = CODE[reason]
    return codes


def _swapped(lon: NDArray[np.float64], lat: NDArray[np.float64], bounds: Bounds | None) -> NDArray[np.bool_]:
    impossible = (np.abs(lat) > 90) & (np.abs(lat) <= 180) & (np.abs(lon) <= 90)
    if bounds is None:
        return impossible
    west, south, east, north = bounds
    here = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    there = (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
    found: NDArray[np.bool_] = impossible | (there & ~here)
    return found


def check_sequence(
    slot: NDArray[np.int32],
    time: NDArray[np.int64],
    x: NDArray[np.int32],
    y: NDArray[np.int32],
    newest: Newest,
    max_speed: float,
) -> Sequence:
    """Accepted, late, duplicate or jump, in order of arrival; positions in metres. ``newest`` is only read.

    Fixes older than what is known already are settled by that alone, whole hours of them when somebody comes back from
    where there is no network.
    """
    codes = np.full(len(slot), LATE, np.uint8)
    ahead = np.flatnonzero(time >= newest.time[slot])
    codes[ahead], doubts = _check_ahead(slot[ahead], time[ahead], x[ahead], y[ahead], newest, max_speed)
    return Sequence(codes, doubts)


def _check_ahead(
    slot: NDArray[np.int32],
    time: NDArray[np.int64],
    x: NDArray[np.int32],
    y: NDArray[np.int32],
    newest: Newest,
    max_speed: float,
) -> tuple[Codes, list[Doubt]]:
    """Workers all of whose fixes follow each other plausibly are settled at once; only others are walked one by one."""
    order = np.argsort(slot, kind="stable")
    who, when = slot[order], time[order]
    first = np.flatnonzero(np.diff(who, prepend=-1))
    before = _before(when, newest.time, who, first)
    dx = _since(x[order], newest.x, who, first)
    dy = _since(y[order], newest.y, who, first)
    odd = np.flatnonzero(~_plausible(when - before, dx, dy, max_speed) & (before != NEVER))
    codes = np.zeros(len(slot), np.uint8)
    doubted = who[first][newest.doubts[who[first]] > 0]
    doubts = [Doubt(int(slot)) for slot in np.setdiff1d(doubted, who[odd])]
    if len(odd):
        walked = order[np.isin(who, who[odd])]
        fixes = zip(*(column[walked].tolist() for column in (time, x, y)), strict=True)
        codes[walked], more = _walk(slot[walked].tolist(), list(fixes), newest, max_speed)
        doubts += more
    return codes, doubts


def _before(
    values: NDArray[np.int64], known: NDArray[Any], who: NDArray[np.int32], first: NDArray[np.intp]
) -> NDArray[np.int64]:
    """The worker's value before each one: in this batch, or the known one for the first of each worker."""
    before = np.empty(len(values), np.int64)
    before[1:] = values[:-1]
    before[first] = known[who[first]]
    return before


def _since(
    values: NDArray[np.int32], known: NDArray[np.int32], who: NDArray[np.int32], first: NDArray[np.intp]
) -> NDArray[np.int64]:
    wide = values.astype(np.int64)
    return wide - _before(wide, known, who, first)


def _plausible(
    after: NDArray[np.int64], dx: NDArray[np.int64], dy: NDArray[np.int64], max_speed: float
) -> NDArray[np.bool_]:
    reach = np.maximum(after.astype(np.float64) / 1000 * max_speed, NOISE)
    result: NDArray[np.bool_] = (after > 0) & (np.hypot(dx, dy) <= reach)
    return result


def _walk(slots: list[int], fixes: list[Place], newest: Newest, max_speed: float) -> tuple[Codes, list[Doubt]]:
    """One fix (time, x, y) after another, grouped by worker."""
    codes = np.zeros(len(slots), np.uint8)
    doubts: dict[int, Doubt] = {}
    at, known = -1, (NEVER, 0, 0)
    for index, (slot, fix) in enumerate(zip(slots, fixes, strict=True)):
        if slot != at:
            at, known = slot, (int(newest.time[slot]), int(newest.x[slot]), int(newest.y[slot]))
            doubts[slot] = _doubt_of(newest, slot)
        codes[index], doubts[slot] = _judge(fix, known, doubts[slot], max_speed)
        if codes[index] == ACCEPTED:
            known = fix
    return codes, list(doubts.values())


def _doubt_of(newest: Newest, slot: int) -> Doubt:
    columns = (newest.doubt_time, newest.doubt_x, newest.doubt_y, newest.doubts)
    return Doubt(slot, *(int(column[slot]) for column in columns))


def _judge(fix: Place, known: Place, doubt: Doubt, max_speed: float) -> tuple[int, Doubt]:
    if known[0] == NEVER or _follows(fix, known, max_speed):
        return ACCEPTED, Doubt(doubt.slot)
    if fix[0] <= known[0]:
        return CODE["duplicate"] if fix[0] == known[0] else LATE, doubt
    agrees = doubt.count > 0 and _follows(fix, (doubt.time, doubt.x, doubt.y), max_speed)
    count = doubt.count + 1 if agrees else 1
    if count >= BELIEVED_AFTER:
        return ACCEPTED, Doubt(doubt.slot)
    return CODE["jump"], Doubt(doubt.slot, *fix, count)


def _follows(fix: Place, known: Place, max_speed: float) -> bool:
    after = fix[0] - known[0]
    reach = max(after / 1000 * max_speed, NOISE)
    return after > 0 and math.hypot(fix[1] - known[1], fix[2] - known[2]) <= reach
