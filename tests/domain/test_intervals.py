import time

import numpy as np
import pytest

from dashboard.domain.intervals import moved, rank_intervals, spread
from dashboard.domain.models import parse_model
from dashboard.domain.ranking import DEFAULT
from tests.domain.test_explain import known
from tests.domain.test_models import TEXT


def test_more_cases_make_a_score_surer() -> None:
    few, many = (
        known(handled_due=n, on_time=n * 9 // 10, closed_due=n, ever_handled=n, ever_closed=n) for n in (50, 5_000)
    )
    assert spread(few, DEFAULT) == pytest.approx(10 * spread(many, DEFAULT), rel=0.2)


def test_all_of_a_few_is_not_certain_and_nothing_is_not_known() -> None:
    assert spread(known(handled_due=22, on_time=22, closed_due=22), DEFAULT) > 1
    assert spread(known(), DEFAULT) == 0


def test_the_deviation_of_one_share_by_hand() -> None:
    model = parse_model(TEXT, "test")
    share, n = 90.5 / 101, 102
    assert spread(known(handled_due=100, on_time=90), model) == pytest.approx(100 * (share * (1 - share) / n) ** 0.5)


def test_far_apart_is_certain_and_close_is_not() -> None:
    assert rank_intervals([99, 80, 60], [0.5, 0.5, 0.5]).tolist() == [[1, 1], [2, 2], [3, 3]]
    assert rank_intervals([90.0, 90.1, 60], [2, 2, 0.5]).tolist() == [[1, 2], [1, 2], [3, 3]]
    assert rank_intervals([], []).shape == (0, 2)


def test_nine_in_ten_draws_fall_into_the_interval() -> None:
    scores, spreads = np.linspace(80, 99, 40), np.full(40, 1.5)
    low, high = rank_intervals(scores.tolist(), spreads.tolist()).T
    noise = np.random.default_rng(1).standard_normal((4_000, 40)) * spreads
    places = (-(scores + noise)).argsort(axis=1).argsort(axis=1) + 1
    inside = ((places >= low) & (places <= high)).mean(axis=0)
    assert inside.min() > 0.87


def test_the_same_question_has_the_same_answer() -> None:
    scores = np.linspace(70, 99, 105).tolist()
    assert (rank_intervals(scores, [1.0] * 105) == rank_intervals(scores, [1.0] * 105)).all()


@pytest.mark.parametrize(("units", "seconds"), [(105, 0.25), (2_000, 1.5)])
def test_fast_enough_for_a_page(units: int, seconds: float) -> None:
    began = time.perf_counter()
    rank_intervals(np.linspace(60, 99, units).tolist(), [1.5] * units)
    assert time.perf_counter() - began < seconds


def test_a_rank_has_moved_when_the_intervals_do_not_meet() -> None:
    assert moved((10, 20), (21, 30)) and moved((21, 30), (10, 20))
    assert not moved((10, 20), (20, 30))
