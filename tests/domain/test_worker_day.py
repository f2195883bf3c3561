"""One worker's day: spans that partition it, stops, distance, hidden places, shifts; vectors of the design brief."""

import csv
import gzip
from collections import defaultdict
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.base import Shifts
from dashboard.domain.duty import Duty
from dashboard.domain.periods import MINUTE, LocalDays, plus_days
from dashboard.domain.worker_day import (
    GAP,
    MOVING,
    OFF,
    STILL,
    STOP,
    DayShape,
    around_starts,
    on_duty,
    shape_of,
    time_of_fixes,
)
from dashboard.domain.worker_path import Path, length, path_of, smoothed, stays
from dashboard.domain.worker_shifts import joined, shift_intervals, until
from tests.shared_data import shared_data

DAYS = LocalDays()
DAY = 20261020
MIDNIGHT = DAYS.start(DAY)


def at(clock: str) -> int:
    hour, minute = clock.split(":")
    return MIDNIGHT + (int(hour) * 60 + int(minute)) * MINUTE


def walk(spans: list[tuple[str, str, float]], every: int = 10_000) -> Path:
    """Spans of (begin, end, metres per second) eastwards; without a span there is no fix."""
    time, x, here = [], [], 0.0
    for begin, end, speed in spans:
        for moment in range(at(begin), at(end), every):
            time.append(moment)
            x.append(here)
            here += speed * every / 1000
    return Path(np.array(time, np.int64), np.array(x), np.zeros(len(x)))


BRIEF_SHIFTS = [(at("08:28"), at("12:00")), (at("13:30"), at("17:52"))]
BRIEF_STOPS = [("08:52", "09:10"), ("09:41", "10:13"), ("11:02", "11:26"), ("14:05", "14:46"), ("14:52", "15:28"),
               ("17:12", "17:43")]  # fmt: skip


def brief_day() -> Path:
    """The day of the design brief, ridden so fast that each fix is out of reach of the one before."""
    edges = ["08:28", *(edge for stop in BRIEF_STOPS[:3] for edge in stop), "12:00"]
    later = ["13:30", *(edge for stop in BRIEF_STOPS[3:5] for edge in stop), "15:58"]
    last = ["16:14", *BRIEF_STOPS[5], "17:52"]
    spans = [(a, b, 0.0 if number % 2 else 6.0) for part in (edges, later, last)
             for number, (a, b) in enumerate(pairwise(part))]  # fmt: skip
    return walk(spans)


def test_the_day_of_the_brief_adds_up() -> None:
    shape = shape_of(brief_day(), BRIEF_SHIFTS)
    minutes = {state: shape.minutes(state) for state in (MOVING, STILL, STOP, GAP, OFF)}
    assert minutes == pytest.approx({MOVING: 276, STILL: 0, STOP: 182, GAP: 16, OFF: 90}, abs=1.5)
    assert sum(minutes.values()) == 9 * 60 + 24
    assert shape.minutes(MOVING, STILL, STOP, GAP, OFF) == 564
    stops = [round((stay.end - stay.begin) / MINUTE) for stay in shape.stays]
    assert stops == [18, 32, 24, 41, 36, 31]
    assert sum(stops) == 182
    assert shape.count(GAP) == 1


def assert_partition(shape: DayShape, shifts: list[tuple[int, int]]) -> None:
    assert shape.parts[0].begin == shifts[0][0] and shape.parts[-1].end == shifts[-1][1]
    assert all(one.end == following.begin for one, following in pairwise(shape.parts))
    assert all(part.begin < part.end for part in shape.parts)
    off = [(part.begin, part.end) for part in shape.parts if part.state == OFF]
    assert off == [(before[1], after[0]) for before, after in pairwise(shifts)]


@st.composite
def days(draw: st.DrawFn) -> tuple[Path, list[tuple[int, int]]]:
    cuts = sorted(draw(st.lists(st.integers(0, 86_400), min_size=2, max_size=6, unique=True)))
    shifts = [(MIDNIGHT + a * 1000, MIDNIGHT + b * 1000) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    steps = draw(st.lists(st.tuples(st.integers(1, 1200), st.integers(-80, 80)), max_size=120))
    time = np.cumsum([MIDNIGHT + draw(st.integers(0, 40_000_000)), *(seconds * 1000 for seconds, _ in steps)])
    x = np.cumsum([0, *(metres for _, metres in steps)]).astype(float)
    path = Path(time.astype(np.int64), x, np.zeros(len(x)))
    inside = np.flatnonzero(on_duty(path.time, shifts))
    return Path(path.time[inside], path.x[inside], path.y[inside]), shifts


@settings(max_examples=200, deadline=None)
@given(days())
def test_spans_partition_the_shifts_and_fixes_stand_for_all_that_is_known(
    day: tuple[Path, list[tuple[int, int]]],
) -> None:
    path, shifts = day
    shape = shape_of(path, shifts)
    assert_partition(shape, shifts)
    known = time_of_fixes(path.time, shape.parts)
    assert known.min(initial=0) >= 0
    assert known.sum() == round(shape.minutes(MOVING, STILL, STOP) * MINUTE)
    assert [part.stay for part in shape.parts if part.state == STOP] == list(range(len(shape.stays)))
    assert all(stay.end - stay.begin >= 15 * MINUTE for stay in shape.stays)


def test_a_shift_without_a_fix_is_a_gap_however_short() -> None:
    shape = shape_of(walk([]), [(at("09:00"), at("09:05"))])
    assert [(part.state, part.end - part.begin) for part in shape.parts] == [(GAP, 5 * MINUTE)]


def test_a_hole_of_ten_minutes_is_no_gap_and_a_longer_one_is() -> None:
    shift = [(at("09:00"), at("10:00"))]
    whole = walk([("09:00", "09:20", 0), ("09:30", "10:00", 0)], 60_000)
    near = shape_of(whole, shift)
    assert near.count(GAP) == 1  # from 09:19, the last fix
    kept = np.flatnonzero(whole.time != at("09:30"))
    later = Path(whole.time[kept], whole.x[kept], whole.y[kept])
    assert [round((p.end - p.begin) / MINUTE) for p in shape_of(later, shift).parts if p.state == GAP] == [12]
    assert shape_of(walk([("09:00", "09:21", 0), ("09:30", "10:00", 0)], 60_000), shift).count(GAP) == 0


def noise(path: Path, sigma: float, seed: int = 1) -> Path:
    shake = np.random.default_rng(seed).normal(0, sigma, (2, len(path)))
    return Path(path.time, path.x + shake[0], path.y + shake[1])


@pytest.mark.parametrize("sigma", [2.0, 5.0, 10.0])
def test_a_receiver_that_rests_for_eight_hours_walks_nowhere(sigma: float) -> None:
    resting = noise(walk([("09:00", "17:00", 0.0)]), sigma)
    shape = shape_of(resting, [(at("09:00"), at("17:00"))])
    jitter = float(np.hypot(np.diff(resting.x), np.diff(resting.y)).sum())
    assert jitter > 5_000
    assert shape.distance == 0
    assert shape.minutes(STOP) > 475


@pytest.mark.parametrize("sigma", [0.0, 2.0, 5.0])
def test_a_straight_walk_is_measured_to_a_twentieth(sigma: float) -> None:
    path = noise(walk([("09:00", "11:00", 1.25)]), sigma)
    assert shape_of(path, [(at("09:00"), at("11:00"))]).distance == pytest.approx(9_000, rel=0.05)


def test_a_leap_of_a_single_fix_adds_nothing() -> None:
    path = walk([("09:00", "10:00", 0.0)])
    path.x[100] += 400
    shape = shape_of(path, [(at("09:00"), at("10:00"))])
    assert (shape.distance, len(shape.stays)) == (0, 1)


def test_what_nobody_saw_is_no_distance() -> None:
    path = walk([("09:00", "09:30", 1.0), ("10:00", "10:30", 1.0)])
    path.x[path.time >= at("10:00")] += 5_000
    assert shape_of(path, [(at("09:00"), at("10:30"))]).distance < 3_700


def test_corners_cost_at_most_what_is_documented() -> None:
    legs = np.arange(0, 60, 5.0)
    x = np.concatenate([legs, np.full(12, 60.0)])
    y = np.concatenate([np.zeros(12), legs])
    path = Path(np.arange(24, dtype=np.int64) * 5_000, x, y)
    true = 115.0
    assert true - 20 - 20 * 2**0.5 * 0.3 <= length(path, 20.0) <= true


def test_moving_is_what_presence_calls_moving() -> None:
    slow = shape_of(walk([("09:00", "10:00", 0.15)]), [(at("09:00"), at("10:00"))])
    fast = shape_of(walk([("09:00", "10:00", 0.2)]), [(at("09:00"), at("10:00"))])
    assert slow.minutes(MOVING) == 0  # 45 m in five minutes
    assert fast.minutes(MOVING) > 50  # 60 m in five minutes


def test_a_rest_of_fourteen_minutes_is_still_and_no_stop() -> None:
    shape = shape_of(
        walk([("09:00", "09:30", 6), ("09:30", "09:43", 0), ("09:43", "10:00", 6)]), [(at("09:00"), at("10:00"))]
    )
    assert shape.stays == []
    assert shape.minutes(STILL) == pytest.approx(13 - 5, abs=0.5)  # five minutes later he has still come from afar


def test_stays_do_not_overlap_and_hold_what_they_promise() -> None:
    path = noise(walk([("09:00", "09:40", 0), ("09:40", "09:50", 1.5), ("09:50", "10:30", 0)]), 3)
    found = stays(path, 50, 15 * MINUTE)
    assert len(found) == 2
    for first, last in found:
        x, y = path.x[first : last + 1], path.y[first : last + 1]
        assert np.hypot(x - np.median(x), y - np.median(y)).max() <= 50


def test_smoothing_leaves_sparse_fixes_alone() -> None:
    path = walk([("09:00", "10:00", 0)], 120_000)
    path.x[3] = 30
    assert smoothed(path).x[3] == 30


def test_fixes_outside_of_the_shift_are_not_looked_at() -> None:
    times = np.array([at("08:27"), at("08:28"), at("11:59"), at("12:00"), at("13:30"), at("17:52")])
    assert on_duty(times, BRIEF_SHIFTS).tolist() == [False, True, True, False, True, False]
    assert not on_duty(times, []).any()


def test_the_place_where_the_day_begins_is_hidden_all_day() -> None:
    path = Path(np.arange(5, dtype=np.int64), np.array([0.0, 30, 60, 200, 49]), np.array([0.0, 40, 0, 0, 0]))
    assert around_starts(path, [(0, 5)], 50).tolist() == [True, True, False, False, True]
    assert not around_starts(path, [(0, 5)], 0).any()


def test_so_is_where_the_night_shift_begins_but_not_where_a_break_ends() -> None:
    times = [at(clock) for clock in ("01:00", "14:00", "22:00", "23:00")]
    path = Path(np.array(times), np.array([0.0, 900, 500, 540]), np.zeros(4))
    night = [(at("00:00"), at("06:00")), (at("22:00"), at("23:59"))]
    assert around_starts(path, night, 50).tolist() == [True, False, True, True]
    lunch = [(at("00:30"), at("13:00")), (at("14:00"), at("23:59"))]
    assert around_starts(path, lunch, 50).tolist() == [True, False, False, False]
    late = [(at("00:00"), at("00:30")), (at("00:40"), at("23:59"))]
    assert around_starts(path, late, 50).tolist() == [True, False, False, False]


def test_metres_of_a_path_are_metres() -> None:
    path = path_of([0, 1], [113.65, 113.65], [34.75, 34.76])
    assert path.y[1] - path.y[0] == pytest.approx(1112, abs=1)
    assert len(path_of([], [], [])) == 0


SHIFT_ROWS = st.tuples(
    st.integers(0, 2), st.integers(0, 127), st.booleans(), st.integers(0, 47), st.integers(0, 47),
    st.sampled_from([0, 20261019, 20261020, 20261021]), st.sampled_from([20261019, 20261020, 99991231]),
)  # fmt: skip


def roster(rows: list[tuple[int, int, bool, int, int, int, int]]) -> Shifts:
    slot, weekdays, workdays, start, end, first, last = (list(c) for c in zip(*rows, strict=True)) if rows else [[]] * 7
    return Shifts(
        np.array(slot, np.int32), np.array(weekdays, np.uint8), np.array(workdays, np.bool_),
        np.array(start, np.int16) * 30, np.array(end, np.int16) * 30, np.array(first, np.int32),
        np.array(last, np.int32),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(SHIFT_ROWS, max_size=6), st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]))
def test_shift_intervals_are_the_minutes_that_ingest_calls_on_duty(
    rows: list[tuple[int, int, bool, int, int, int, int]], zone: str
) -> None:
    zoned, workdays, shifts = LocalDays(zone), {20261020: False}, roster(rows)
    duty = Duty(shifts, 3, workdays, zoned)
    for slot in range(3):
        found = shift_intervals(shifts, slot, DAY, workdays, zoned)
        first, end = zoned.start(DAY), zoned.start(plus_days(DAY, 1))
        minutes = np.arange(first, end, 15 * MINUTE)
        assert on_duty(minutes, found).tolist() == [bool(duty.mask(int(minute))[slot]) for minute in minutes]


def test_intervals_are_joined_and_cut() -> None:
    assert joined([(5, 9), (1, 3), (3, 4), (7, 8), (10, 10)]) == [(1, 4), (5, 9)]
    assert until([(1, 4), (5, 9)], 6) == [(1, 4), (5, 6)]
    assert until([(1, 4), (5, 9)], 5) == [(1, 4)]


@pytest.mark.real_data
def test_real_people_walk_plausible_distances_and_stop_where_they_stay() -> None:
    tracks: dict[tuple[str, int], list[tuple[int, float, float]]] = defaultdict(list)
    with gzip.open(shared_data("gps", "geolife_beijing_2008-11_10s.csv.gz"), "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            moment = int(datetime.fromisoformat(row["time_utc"].replace("Z", "+00:00")).timestamp() * 1000)
            key = row["worker"], DAYS.day(moment)
            if len(tracks) < 40 or key in tracks:
                tracks[key].append((moment, float(row["lon"]), float(row["lat"])))
    checked = 0
    for (_, day), rows in tracks.items():
        path = path_of(*zip(*sorted(set(rows)), strict=True))
        shifts = [(DAYS.start(day), DAYS.start(plus_days(day, 1)))]
        shape = shape_of(path, shifts)
        assert_partition(shape, shifts)
        steps = np.hypot(np.diff(path.x), np.diff(path.y))
        close = np.diff(path.time) <= 600_000
        assert shape.distance <= 1.02 * steps[close].sum() + 50
        if shape.minutes(MOVING) > 30:
            checked += 1
            assert shape.distance >= 0.6 * steps[close].sum() - 1_000
            assert 0.1 < shape.distance / (shape.minutes(MOVING) * 60) < 40
    assert checked > 10
