"""The vectorised clock agrees with the work clock of the domain."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.base_data.workdays import working_days
from dashboard.domain.periods import LocalDays
from dashboard.domain.work_time import WorkClock
from data_sources.simulator.day_clock import duty_clock, is_workday, local_day, midnight

DOMAIN = WorkClock(LocalDays(), ((510, 720), (840, 1050)), working_days({}, True))
SECONDS = st.integers(midnight(20260101), midnight(20261230))


@given(start=SECONDS, minutes=st.integers(1, 6000))
def test_adding_work_minutes_agrees(start: int, minutes: int) -> None:
    found = duty_clock().add(np.array([float(start)]), np.array([float(minutes)]))[0]
    assert abs(found - DOMAIN.add(start * 1000, minutes) / 1000) < 0.01


@given(start=SECONDS, end=SECONDS)
def test_counting_work_minutes_agrees(start: int, end: int) -> None:
    found = duty_clock().between(np.array([float(start)]), np.array([float(end)]))[0]
    assert abs(found - DOMAIN.between(start * 1000, end * 1000)) < 0.01


def test_days_begin_at_local_midnight() -> None:
    assert midnight(20261020) == 1_792_425_600
    assert [local_day(midnight(20261020) + shift) for shift in (-1, 0, 86_399)] == [20261019, 20261020, 20261020]


def test_holidays_and_make_up_days() -> None:
    assert [is_workday(day) for day in (20261001, 20261010, 20261011, 20261012)] == [False, True, False, True]
