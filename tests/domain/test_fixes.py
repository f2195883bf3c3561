import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import fix_checks as fc
from dashboard.domain.presence import NEVER

NOW = 1_790_000_000_000
CITY = (112.9, 27.0, 114.1, 28.2)


def codes(*fixes, bounds=CITY):
    time, lon, lat = np.array(fixes, float).reshape(-1, 3).T
    found = fc.check_columns(time.astype(np.int64), lon, lat, NOW, fc.CheckRules(bounds=bounds))
    return [fc.REASONS[code] for code in found]


@pytest.mark.parametrize(
    ("fix", "reason"),
    [
        ((NOW, 113.1, 27.8), "accepted"),
        ((NOW, math.nan, 27.8), "nan"),
        ((NOW, 113.1, math.inf), "nan"),
        ((NOW, 0.0, 0.0), "zero_zero"),
        ((NOW, 27.8, 113.1), "swapped"),
        ((NOW, 190.0, 27.8), "out_of_range"),
        ((NOW, 113.1, -90.1), "out_of_range"),
        ((NOW + 300_000, 113.1, 27.8), "accepted"),
        ((NOW + 300_001, 113.1, 27.8), "future"),
        ((NOW - 91 * 86_400_000, 113.1, 27.8), "too_old"),
        ((NOW - 89 * 86_400_000, 113.1, 27.8), "accepted"),
    ],
)
def test_reason_of_one_fix(fix, reason):
    assert codes(fix) == [reason]
    assert codes((NOW, 113.0, 27.5), fix, (NOW, 113.0, 27.5)) == ["accepted", reason, "accepted"]


def test_swapped_is_suspected_only_where_the_exchange_lands_in_the_city():
    small = (-10.0, 40.0, 10.0, 60.0)
    assert codes((NOW, 45.0, 5.0), bounds=small) == ["swapped"]
    assert codes((NOW, 45.0, 5.0), bounds=None) == ["accepted"]
    assert codes((NOW, 5.0, 45.0), bounds=small) == ["accepted"]
    assert codes((NOW, 27.8, 113.1), bounds=None) == ["swapped"]


def fresh(workers):
    never = np.full(workers, NEVER, np.int64)
    place = np.zeros(workers, np.int32)
    columns = (column.copy() for column in (never, place, place, never, place, place))
    return fc.Newest(*columns, np.zeros(workers, np.uint8))


def remember(newest, rows, found):
    """What the lane does once the fixes are stored."""
    for (slot, time, x, y), code in zip(rows, found.codes, strict=True):
        if code == fc.ACCEPTED:
            newest.time[slot], newest.x[slot], newest.y[slot] = time, x, y
    for doubt in found.doubts:
        columns = newest.doubt_time, newest.doubt_x, newest.doubt_y, newest.doubts
        values = doubt.time, doubt.x, doubt.y, doubt.count
        for column, value in zip(columns, values, strict=True):
            column[doubt.slot] = value


def sequence(newest, rows, max_speed=60.0):
    kinds = (np.int32, np.int64, np.int32, np.int32)
    columns = zip(np.array(rows, np.int64).reshape(-1, 4).T, kinds, strict=True)
    found = fc.check_sequence(*(column.astype(kind) for column, kind in columns), newest, max_speed)
    remember(newest, rows, found)
    return [fc.REASONS[code] for code in found.codes]


seconds = st.integers(0, 12).map(lambda second: second * 1000)
metres = st.sampled_from([0, 30, 90, 500, 5000])
rows = st.lists(st.tuples(st.integers(0, 2), seconds, metres, st.just(0)), max_size=30)


@settings(max_examples=400, deadline=None)
@given(rows, st.integers(0, 30), st.integers(0, 30))
def test_batches_give_what_one_fix_after_another_gives(fixes, one, two):
    whole, single, parts = fresh(3), fresh(3), fresh(3)
    first, second = sorted((min(one, len(fixes)), min(two, len(fixes))))
    expected = [reason for fix in fixes for reason in sequence(single, [fix])]
    assert sequence(whole, fixes) == expected
    cut = [fixes[:first], fixes[first:second], fixes[second:]]
    assert [reason for part in cut for reason in sequence(parts, part)] == expected
    for a, b in ((whole, single), (parts, single)):
        assert all((getattr(a, name) == getattr(b, name)).all() for name in ("time", "x", "doubts"))


def test_a_worker_several_times_in_one_batch():
    newest = fresh(2)
    fixes = [(1, 1000, 0, 0), (0, 1000, 9, 9), (1, 3000, 20, 0), (1, 2000, 10, 0), (1, 3000, 20, 0), (1, 4000, 9000, 0)]
    assert sequence(newest, fixes) == ["accepted", "accepted", "accepted", "late", "duplicate", "jump"]
    assert (newest.time[1], newest.x[1]) == (3000, 20)


def test_a_receiver_may_tremble_without_being_faster_than_a_vehicle():
    newest = fresh(1)
    assert sequence(newest, [(0, 0, 0, 0), (0, 100, 50, 0), (0, 200, 101, 0)]) == ["accepted", "accepted", "jump"]


def test_three_fixes_that_agree_overrule_a_wrong_newest():
    newest = fresh(1)
    far = [(0, 10_000 + 1000 * i, 500_000 + i, 0) for i in range(4)]
    assert sequence(newest, [(0, 0, 0, 0)]) == ["accepted"]
    assert sequence(newest, far[:2]) == ["jump", "jump"]
    assert sequence(newest, far[2:]) == ["accepted", "accepted"]


def test_single_jumps_never_add_up():
    newest = fresh(1)
    fixes = [(0, 0, 0, 0)]
    for i in range(1, 9):
        fixes += [(0, i * 2000, i, 0), (0, i * 2000 + 1000, 100_000 * i, 0)]
    assert sequence(newest, fixes) == ["accepted"] + ["accepted", "jump"] * 8
