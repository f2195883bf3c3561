from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.histogram import BINS, ERROR, FIRSTS, LONGEST, VALUES, bin_of, histogram, merged, quantile

DURATIONS = st.lists(st.integers(0, LONGEST), min_size=1, max_size=60)


@given(st.integers(0, LONGEST))
def test_a_bin_stands_for_its_durations_within_one_percent(minutes: int) -> None:
    assert abs(VALUES[bin_of(minutes)] - minutes) <= ERROR * minutes * (1 + 1e-12)


@given(DURATIONS, st.floats(0.01, 1))
def test_quantiles_are_right_within_one_percent(durations: list[int], share: float) -> None:
    exact = sorted(durations)[max(1, ceil(round(share * len(durations), 6))) - 1]
    read = quantile(histogram(durations), share)
    assert read is not None
    assert abs(read - exact) <= ERROR * exact * (1 + 1e-12)


@given(DURATIONS, DURATIONS)
def test_histograms_add(one: list[int], other: list[int]) -> None:
    assert merged([histogram(one), histogram(other)]) == histogram(one + other)
    assert Counter(histogram(one)).total() == len(one)


def test_the_bins_are_fixed() -> None:
    # Stored histograms depend on these borders.
    assert BINS == 527
    assert FIRSTS[:4] == [0, 1, 2, 3]
    some = {0: 0, 1: 1, 50: 50, 51: 50, 60: 55, 1440: 197, 10_080: 294, LONGEST: 526}
    assert {minutes: bin_of(minutes) for minutes in some} == some


def test_longer_than_two_years_counts_as_two_years() -> None:
    assert bin_of(10 * LONGEST) == bin_of(LONGEST)


def test_the_rank_is_not_moved_by_float_noise() -> None:
    assert quantile(dict.fromkeys(range(50), 2), 0.07) == 3


def test_nothing_has_no_quantile() -> None:
    assert quantile({}, 0.5) is None
    assert quantile({3: 0}, 0.5) is None


def test_a_negative_count_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        quantile({1: 3, 2: -1}, 1)
