"""Times of stages: many cases are counted by the minute, few are put in order, and both say the same."""

import math
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.extract.layout import STAGE_MINUTES
from dashboard.extract.slices import UNKNOWN
from dashboard.queries.drill_breakdown import stage_times


@pytest.mark.parametrize("counted", [1, 10_000])
@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=60), st.integers(0, 5))
def test_quantiles_are_those_of_the_nearest_rank(counted: int, minutes: list[int], missing: int) -> None:
    known = np.array([*minutes, *[UNKNOWN] * missing], np.int32)
    cohort = dict.fromkeys(STAGE_MINUTES, known) | {"accepted": np.ones(len(known), np.int8)}
    with patch("dashboard.queries.drill_breakdown.COUNTED", counted):
        found = stage_times(cohort)[0]
    ordered = sorted(minutes)
    want = [float(ordered[math.ceil(len(ordered) * share / 100) - 1]) for share in (50, 90)]
    assert (found.n, found.median, found.p90) == (len(minutes), *want)


def test_cases_that_were_not_accepted_have_no_times() -> None:
    cohort = {name: np.array([7], np.int32) for name in STAGE_MINUTES} | {"accepted": np.zeros(1, np.int8)}
    assert [(one.n, one.median) for one in stage_times(cohort)] == [(0, None)] * len(STAGE_MINUTES)
