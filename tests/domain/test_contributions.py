from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.contributions import (
    Contributions,
    contributions,
    difference,
    durations,
    inflow,
    top_level,
)
from dashboard.domain.events import CaseEvent
from dashboard.domain.histogram import bin_of
from dashboard.domain.life_cycle import Case, fold
from dashboard.domain.tallies import COHORT, COUNTERS
from tests.domain.happenings import CONTEXT, DAYS, event, folded, streams

DAY = 24 * 60


def named(case: Case) -> dict[tuple[int, str], int]:
    return {(day, COUNTERS[column]): n for (day, column), n in contributions(case, DAYS).items()}


def test_a_case_handled_late_over_three_days() -> None:
    case = folded(
        event("accepted", 0, due=60), event("filed", 5), event("dispatched", 9), event("handled", DAY),
        event("checked", DAY + 5, passed=False), event("handled", DAY + 60), event("closed", 2 * DAY),
        event("rated", 3 * DAY, score=1),
    )  # fmt: skip
    cohort = (
        "accepted", "handled", "handled_due", "late", "closed", "closed_due", "ever_handled", "reworked", "ever_closed",
    )  # fmt: skip
    assert named(case) == {(20261012, name): 1 for name in (*cohort, "accepted_flow", "filed_flow")} | {
        (20261013, "handled_flow"): 2,
        (20261013, "failed_check_flow"): 1,
        (20261014, "closed_flow"): 1,
        (20261015, "rated"): 1,
        (20261015, "rated_1"): 1,
    }


def test_days_are_those_of_the_zone() -> None:
    # Minute 960 is 16:00 UTC, midnight in Shanghai.
    assert {day for day, _ in named(folded(event("accepted", 959)))} == {20261012}
    assert {day for day, _ in named(folded(event("accepted", 960)))} == {20261013}


@given(streams())
def test_cohort_counters_stand_on_the_day_of_acceptance_and_count_once(stream: list[CaseEvent]) -> None:
    case = fold(stream, CONTEXT)
    for (day, name), n in named(case).items():
        if name in COHORT:
            assert case.accepted_at is not None
            assert (day, n) == (DAYS.day(case.accepted_at), 1)


@given(streams())
def test_counters_agree_with_each_other(stream: list[CaseEvent]) -> None:
    totals: Counter[str] = Counter()
    for (_, name), n in named(fold(stream, CONTEXT)).items():
        totals[name] += n
    assert totals["on_time"] + totals["late"] == totals["handled_due"] <= totals["handled"] <= totals["ever_handled"]
    assert totals["closed_due"] <= totals["closed"] <= min(totals["ever_closed"], totals["handled"])
    assert totals["closed_due"] <= totals["handled_due"]
    assert totals["reworked"] <= totals["ever_handled"]
    assert totals["reopened"] <= totals["ever_closed"]
    assert totals["rated"] == sum(totals[f"rated_{score}"] for score in range(1, 5))
    assert totals["accepted"] + totals["voided"] == totals["accepted_flow"]


_counts = st.dictionaries(st.tuples(st.integers(1, 3), st.integers(0, 3)), st.integers(1, 3))


@given(_counts, _counts)
def test_old_plus_difference_is_new(new: Contributions, old: Contributions) -> None:
    changed = difference(new, old)
    assert 0 not in changed.values()
    total = Counter(old)
    total.update(changed)
    assert {key: n for key, n in total.items() if n} == new


def test_durations_fall_into_bins_of_both_clocks() -> None:
    case = folded(event("accepted", 30), event("suspended", 60), event("resumed", 90), event("handled", 150))
    assert durations(case, DAYS) == (20261012, bin_of(120), bin_of(90))


def test_open_void_and_wrongly_ordered_cases_have_no_duration() -> None:
    assert durations(folded(event("accepted", 0)), DAYS) is None
    assert durations(folded(event("accepted", 0), event("handled", 1), event("cancelled", 2)), DAYS) is None
    assert durations(folded(event("closed", 0), event("accepted", 1)), DAYS) is None


def test_inflow_counts_an_accepted_case_once_in_every_dimension() -> None:
    case = folded(event("accepted", 90, category="work", channel="app"))
    assert inflow(case, DAYS, CONTEXT.categories) == {
        (20261012, "category", "natural"): 1,
        (20261012, "channel", "app"): 1,
        (20261012, "kind", "part"): 1,
        (20261012, "hour", "09"): 1,
    }
    assert inflow(folded(event("reported", 0)), DAYS, CONTEXT.categories) == {}


def test_a_void_case_still_came_in() -> None:
    assert len(inflow(folded(event("accepted", 0), event("cancelled", 1)), DAYS, {})) == 4


def test_a_category_that_is_not_known_stands_for_itself() -> None:
    assert top_level("x", CONTEXT.categories) == "x"
    assert top_level("work", CONTEXT.categories) == "natural"
