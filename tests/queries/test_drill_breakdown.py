"""What a breakdown is made of: many cases are counted by the minute, few are put in order, and months add up."""

import math
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dashboard.domain.periods import parse_period
from dashboard.extract.layout import STAGE_MINUTES
from dashboard.extract.months import NAMES, NEVER, UNKNOWN
from dashboard.queries.cohort_sums import CohortSums
from dashboard.queries.drill_breakdown import stage_times, trend

EMPTY = {name: np.zeros(0, np.int64) for name in NAMES}


def cases(n: int, **columns: object) -> dict[str, NDArray[np.int64]]:
    """Accepted cases of one day with nothing else known, but for the columns given."""
    plain = dict.fromkeys(NAMES, 0) | dict.fromkeys(STAGE_MINUTES, UNKNOWN) | {"accepted": 1, "day": 20261001}
    plain |= {"weekday": 1, "waiting": NEVER}
    return {name: np.broadcast_to(np.asarray(value), n).astype(np.int64) for name, value in (plain | columns).items()}


@pytest.mark.parametrize("counted", [1, 10_000])
@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=60), st.integers(0, 5), st.integers(0, 60))
def test_quantiles_are_those_of_the_nearest_rank(counted: int, minutes: list[int], missing: int, cut: int) -> None:
    known = [*minutes, *[UNKNOWN] * missing]
    with patch("dashboard.queries.cohort_sums.COUNTED", counted):
        halves = [CohortSums.of(cases(len(half), **{STAGE_MINUTES[0]: half})) for half in (known[:cut], known[cut:])]
    found = stage_times(CohortSums.sum(halves))[0]
    ordered = sorted(minutes)
    want = [float(ordered[math.ceil(len(ordered) * share / 100) - 1]) for share in (50, 90)]
    assert (found.n, found.median, found.p90) == (len(minutes), *want)


def test_cases_that_were_not_accepted_have_no_times() -> None:
    sums = CohortSums.of(cases(1, accepted=0, **dict.fromkeys(STAGE_MINUTES, 7)))
    assert [(one.n, one.median) for one in stage_times(sums)] == [(0, None)] * len(STAGE_MINUTES)


def test_nothing_adds_up_to_nothing() -> None:
    sums = CohortSums.sum([CohortSums.of(EMPTY)] * 2)
    assert (sums.heat.sum(), sums.passed.tolist(), sums.channels.n.tolist()) == (0, [0] * 5, [])
    assert trend(sums.daily, parse_period("2026-10"), 0) == []


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans(), st.integers(0, 3), st.integers(0, 9)), max_size=40))
def test_a_trend_of_months_is_that_of_their_days(told: list[tuple[int, bool, int, int]]) -> None:
    """Days of two months, each case closed or counting down to an instant around the present."""
    day = [20261001 + n if n < 25 else 20261100 + n - 24 for n, *_ in told]
    closed = [int(done) for _, done, *_ in told]
    waiting = [NEVER if done else instant for _, done, _, instant in told]
    both = cases(len(told), day=day, closed=closed, handled_due=closed, on_time=closed, waiting=waiting,
                 channel=[channel for *_, channel, _ in told])  # fmt: skip
    october = np.array(day, np.int64) < 20261100
    months = [CohortSums.of({name: column[rows] for name, column in both.items()}) for rows in (october, ~october)]
    whole, period = CohortSums.of(both), parse_period("2026-10..2026-11")
    added = CohortSums.sum(months)
    assert trend(added.daily, period, 5) == trend(whole.daily, period, 5)
    assert added.channels.n.tolist() == whole.channels.n.tolist()
    points = trend(whole.daily, period, 5)
    assert sum(one.accepted for one in points) == len(told)
    late = sum(1 for _, done, _, instant in told if not done and instant < 5)
    assert sum(one.due - one.on_time for one in points) == late
