from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.base import Shifts, Workers
from dashboard.domain.duty import Duty
from dashboard.domain.frames import MOVING, OFF, SILENT, STILL
from dashboard.domain.periods import LocalDays
from dashboard.domain.presence import Presence, count_by_home, count_by_place
from dashboard.domain.regions import Region, RegionTree

MINUTE = 60_000
T0 = 1_790_000_000_000


@dataclass
class OneWorker:
    """The rules of presence again, one worker and one fix at a time."""

    fixes: list = field(default_factory=list)
    until: int = -1

    def fix(self, t, x, y):
        sampled = {}
        for earlier in self.fixes:
            sampled[earlier[0] // 15_000] = earlier
        far = [s[0] for s in sampled.values() if t - s[0] <= 5 * MINUTE and (s[1] - x) ** 2 + (s[2] - y) ** 2 >= 2500]
        self.until = max(max(far, default=-(10**18)) + 6 * MINUTE, min(self.until, t + MINUTE))
        self.fixes.append((t, x, y))

    def state(self, now, on_duty):
        if not on_duty:
            return OFF
        if not self.fixes or now - self.fixes[-1][0] >= 10 * MINUTE:
            return SILENT
        return MOVING if now < self.until else STILL


four_flags = st.lists(st.booleans(), min_size=4, max_size=4)
steps = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 400_000), st.integers(-60, 60), st.integers(-60, 60)), max_size=40
)


@settings(max_examples=300, deadline=None)
@given(steps, st.lists(st.integers(1, 40), max_size=5), st.integers(0, 700_000), four_flags)
def test_agrees_with_one_worker_at_a_time_however_fixes_are_batched(walk, cuts, later, on_duty):
    slow = [OneWorker() for _ in range(4)]
    times, rows = [T0] * 4, []
    for slot, after, x, y in walk:
        times[slot] += after
        rows.append((slot, times[slot], x, y))
        slow[slot].fix(times[slot], x, y)
    fast = Presence(4)
    bounds = [0, *sorted({min(c, len(rows)) for c in cuts}), len(rows)]
    for first, last in pairwise(bounds):
        feed(fast, rows[first:last])
    now = max(times) + later
    expected = [worker.state(now, on) for worker, on in zip(slow, on_duty, strict=True)]
    assert list(fast.states(now, np.array(on_duty))) == expected


def feed(presence, rows):
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    presence.update(columns[0].astype(np.int32), columns[1], columns[2].astype(np.int32), columns[3].astype(np.int32))


def states(presence, now):
    return list(presence.states(now, np.ones(len(presence), bool)))


def test_fifty_metres_within_five_minutes_is_moving_and_less_is_still():
    presence = Presence(3)
    feed(presence, [(0, T0, 0, 0), (1, T0, 0, 0), (2, T0, 0, 0)])
    later = T0 + 5 * MINUTE
    feed(presence, [(0, later, 30, 40), (1, later, 30, 39), (2, later + 1, 30, 40)])
    assert states(presence, later + 1) == [MOVING, STILL, STILL]


def test_moving_ends_a_minute_after_it_stopped_being_true():
    presence = Presence(1)
    feed(presence, [(0, T0, 0, 0), (0, T0 + MINUTE, 60, 0)])
    assert states(presence, T0 + 6 * MINUTE - 1) == [MOVING]
    assert states(presence, T0 + 6 * MINUTE) == [STILL]


def test_ten_minutes_without_a_fix_is_silent_and_the_next_fix_ends_it():
    presence = Presence(2)
    feed(presence, [(0, T0, 0, 0)])
    assert states(presence, T0 + 10 * MINUTE - 1) == [STILL, SILENT]
    assert states(presence, T0 + 10 * MINUTE) == [SILENT, SILENT]
    feed(presence, [(0, T0 + 11 * MINUTE, 0, 0)])
    assert states(presence, T0 + 11 * MINUTE) == [STILL, SILENT]


def test_workers_keep_what_is_known_when_slots_change():
    presence = Presence(2)
    feed(presence, [(0, T0, 0, 0), (0, T0 + MINUTE, 60, 0), (1, T0, 5, 6)])
    moved = presence.moved_to(np.array([-1, 1, 0]))
    assert states(moved, T0 + MINUTE) == [SILENT, STILL, MOVING]
    assert (moved.x[1], moved.y[1], moved.x[2]) == (5, 6, 60)


TREE = RegionTree(
    [Region("c", "c", 0)]
    + [Region(f"d{i}", "d", 1, "c") for i in range(3)]
    + [Region(f"d{i}s{j}", "s", 2, f"d{i}") for i in range(3) for j in range(4)]
)


NODES = len(TREE) - 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, NODES), st.integers(-1, NODES), st.integers(0, 3)), max_size=60))
def test_counts_of_every_region_agree_with_counting_by_hand(rows):
    rows = sorted(rows)
    home, place, state = (np.array([row[i] for row in rows], np.int32) for i in range(3))
    state = state.astype(np.uint8)
    by_home = count_by_home(TREE, Workers(home=home), state)
    by_place = count_by_place(TREE, place, state)
    for counts, where in ((by_home, home), (by_place, place)):
        for node in range(len(TREE)):
            below = [s for s, w in zip(state, where, strict=True) if w >= 0 and node in TREE.chain(int(w))]
            moving, still, silent = (below.count(s) for s in (MOVING, STILL, SILENT))
            assert list(counts[node]) == [moving + still + silent, moving, still, silent]


def roster(*rows):
    columns = np.array(rows, np.int64).T
    kinds = (np.int32, np.uint8, np.bool_, np.int16, np.int16, np.int32, np.int32)
    return Shifts(*(column.astype(kind) for column, kind in zip(columns, kinds, strict=True)))


EVERY_DAY = (0, 99_991_231)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-20T08:29", [False, True, False, True]),
        ("2026-11-20T08:30", [True, True, False, True]),
        ("2026-11-20T17:59", [True, True, False, True]),
        ("2026-11-20T18:00", [False, True, False, True]),
        ("2026-11-20T22:00", [False, True, True, True]),
        ("2026-11-21T05:59", [False, True, True, True]),
        ("2026-11-21T06:00", [False, True, False, True]),
        ("2026-11-21T09:00", [False, True, False, True]),
        ("2026-11-22T09:00", [True, False, False, True]),
    ],
)
def test_on_duty_by_weekday_night_and_calendar(local, expected):
    shifts = roster(
        (0, 0, True, 510, 1080, *EVERY_DAY),
        (1, 0b0110000, False, 360, 360, *EVERY_DAY),
        (2, 0b0010000, False, 1320, 360, 20261101, 20261130),
    )
    days = LocalDays()
    at = int(np.datetime64(local, "ms").astype(np.int64)) - 8 * 60 * MINUTE
    duty = Duty(shifts, 4, {20261121: False, 20261122: True}, days)
    assert list(duty.mask(at)) == expected
    slots = np.arange(4, dtype=np.int32)
    assert list(duty.on_duty(slots, np.full(4, at))) == expected


def test_on_duty_of_fixes_from_many_minutes():
    duty = Duty(roster((0, 0b1111111, False, 0, 720, *EVERY_DAY)), 2, {}, LocalDays("UTC"))
    random = np.random.default_rng(3)
    times = T0 + random.integers(0, 3 * 1440, 5000) * MINUTE
    slots = random.integers(0, 2, 5000).astype(np.int32)
    morning = times // MINUTE % 1440 < 720
    assert (duty.on_duty(slots, times) == (morning | (slots == 1))).all()


def test_many_threads_may_ask_who_is_on_duty():
    duty = Duty(roster((0, 0b1111111, False, 0, 720, *EVERY_DAY)), 2, {}, LocalDays("UTC"))
    wrong = []

    def ask(seed):
        for minute in np.random.default_rng(seed).integers(0, 1440, 2000).tolist():
            at = T0 // MINUTE // 1440 * 1440 * MINUTE + minute * MINUTE
            if bool(duty.mask(at)[0]) != (minute < 720):
                wrong.append(minute)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(ask, seed) for seed in range(4)]:
            done.result(60)
    assert wrong == []
