from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.contributions import contributions
from dashboard.domain.events import CaseEvent
from dashboard.domain.life_cycle import Case, Stage, apply, fold
from dashboard.domain.periods import MINUTE
from dashboard.domain.tallies import COUNTERS
from tests.domain.happenings import CONTEXT, DAYS, at, event, folded, streams


def flows(case: Case) -> list[tuple[int, str]]:
    return [(when, COUNTERS[column].removesuffix("_flow")) for when, column in case.flows]


# Events of a case order by time, then life-cycle order, then source + id: arrival order never changes a figure.


@given(streams(), st.randoms(use_true_random=False))
def test_arrival_order_never_changes_a_case(stream: list[CaseEvent], random: object) -> None:
    shuffled = list(stream)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled, CONTEXT) == fold(stream, CONTEXT)


@given(streams(), st.integers(0, 15))
def test_apply_continues_a_fold(stream: list[CaseEvent], cut: int) -> None:
    ordered = sorted(stream, key=lambda e: e.key)
    cut = max(1, min(cut, len(ordered)))
    case = fold(ordered[:cut], CONTEXT)
    for late in ordered[cut:]:
        case = apply(case, late, CONTEXT)
    assert case == fold(stream, CONTEXT)


@given(streams())
def test_apply_leaves_its_input_alone(stream: list[CaseEvent]) -> None:
    ordered = sorted(stream, key=lambda e: e.key)
    case = fold(ordered[:-1], CONTEXT) if len(ordered) > 1 else Case("C1")
    before = msgspec.msgpack.encode(case)
    apply(case, ordered[-1], CONTEXT)
    assert msgspec.msgpack.encode(case) == before


@given(streams())
def test_a_case_survives_being_stored(stream: list[CaseEvent]) -> None:
    case = fold(stream, CONTEXT)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(case), type=Case) == case


def test_an_event_that_sorts_earlier_is_refused_by_apply() -> None:
    case = folded(event("accepted", 0), event("handled", 10))
    with pytest.raises(ValueError, match="sorts before"):
        apply(case, event("dispatched", 5), CONTEXT)


def test_events_of_the_same_time_follow_the_life_cycle() -> None:
    case = folded(event("closed", 5), event("rated", 5, score=3), event("handled", 5), event("accepted", 5))
    assert (case.handled_at, case.closed_at, case.row(1).score) == (at(5), at(5), 3)


# Events that come before accepted is known are held; a case without acceptance is in no indicator.


def test_a_case_without_acceptance_is_in_no_indicator() -> None:
    case = folded(event("reported", 0), event("dispatched", 1), event("handled", 2), event("closed", 3))
    assert case.stage is Stage.UNACCEPTED
    assert contributions(case, DAYS) == {}
    assert not case.row(1).open


def test_held_events_take_effect_at_the_acceptance() -> None:
    case = folded(event("filed", 1), event("dispatched", 2), event("accepted", 10))
    assert flows(case) == [(at(10), "accepted"), (at(10), "filed")]
    assert (case.filed_at, case.dispatched_at, case.stage) == (at(1), at(2), Stage.HANDLING)


def test_the_first_acceptance_wins() -> None:
    case = folded(event("accepted", 5), event("accepted", 9, region="r2"))
    assert (case.accepted_at, case.region) == (at(5), "r1")
    assert [name for _, name in flows(case)] == ["accepted"]


def test_the_region_is_that_of_the_first_event_having_one() -> None:
    events = event("accepted", 0, region=""), event("dispatched", 1, region="r2"), event("handled", 2, region="r3")
    case = folded(*events)
    assert case.region == "r2"


# Rejected and cancelled make a case void.


@pytest.mark.parametrize("step", ["rejected", "cancelled"])
def test_void_leaves_cohorts_stocks_and_ratings_and_is_counted_beside_them(step: str) -> None:
    case = folded(event("accepted", 0), event("handled", 2), event(step, 5))
    counted = {COUNTERS[column]: n for (_, column), n in contributions(case, DAYS).items()}
    assert counted == {"voided": 1, "accepted_flow": 1, "handled_flow": 1, "voided_flow": 1}
    assert case.stage is Stage.VOID
    assert not case.row(1).open


def test_void_after_closing_leaves_the_cohort_but_no_stock() -> None:
    case = folded(event("accepted", 0), event("closed", 2), event("rated", 3, score=4), event("cancelled", 5))
    counted = {COUNTERS[column]: n for (_, column), n in contributions(case, DAYS).items()}
    assert counted == {"voided": 1, "accepted_flow": 1, "handled_flow": 1, "closed_flow": 1}


def test_void_is_final() -> None:
    later = event("closed", 2), event("reopened", 3), event("filed", 4)
    case = folded(event("accepted", 0), event("cancelled", 1), *later)
    assert (case.stage, case.closed_at, case.filed_at) == (Stage.VOID, None, None)


def test_a_report_that_was_rejected_is_void_though_never_accepted() -> None:
    case = folded(event("reported", 0), event("rejected", 5))
    assert (case.stage, case.row(1).voided_at) == (Stage.VOID, at(5))
    assert contributions(case, DAYS) == {}


def test_a_case_void_before_its_acceptance_enters_and_leaves_at_the_acceptance() -> None:
    case = folded(event("rejected", 1), event("accepted", 5))
    assert flows(case) == [(at(5), "accepted"), (at(5), "voided")]


# Handled is the latest handled (or closed) not undone by a later failed check, return or reopening.


def test_a_later_handling_replaces_an_earlier_one() -> None:
    assert folded(event("accepted", 0), event("handled", 2), event("handled", 7)).handled_at == at(7)


@pytest.mark.parametrize(("step", "data"), [("checked", {"passed": False}), ("returned", {})])
def test_a_failed_check_and_a_return_undo_handling(step: str, data: dict[str, bool]) -> None:
    case = folded(event("accepted", 0), event("dispatched", 1), event("handled", 2), event(step, 3, **data))
    assert case.handled_at is None
    assert case.ever_handled
    assert case.stage is (Stage.HANDLING if step == "checked" else Stage.PENDING)


def test_a_passed_check_undoes_nothing() -> None:
    case = folded(event("accepted", 0), event("handled", 2), event("checked", 3, passed=True))
    assert (case.handled_at, case.failed_check, case.stage) == (at(2), False, Stage.VERIFYING)


def test_reopening_undoes_handling_and_closing() -> None:
    case = folded(event("accepted", 0), event("handled", 2), event("closed", 3), event("reopened", 4))
    assert (case.handled_at, case.closed_at, case.reopened) == (None, None, True)
    assert case.row(1).waiting


def test_a_check_after_closing_is_counted_but_undoes_nothing() -> None:
    case = folded(event("accepted", 0), event("closed", 3), event("checked", 4, passed=False), event("returned", 5))
    assert (case.handled_at, case.failed_check) == (at(3), True)
    assert [name for _, name in flows(case)] == ["accepted", "handled", "closed", "failed_check", "returned"]


def test_rework_needs_a_handling() -> None:
    case = folded(event("accepted", 0), event("checked", 1, passed=False))
    assert not case.row(1).reworked
    assert folded(event("accepted", 0), event("handled", 1), event("checked", 2, passed=False)).row(1).reworked


# Open is accepted, not closed, not void (suspended included).


def test_a_suspended_case_is_open_and_does_not_wait() -> None:
    row = folded(event("accepted", 0, due=100), event("suspended", 5)).row(1)
    assert (row.open, row.suspended, row.waiting) == (True, True, False)


def test_closing_while_closed_does_nothing() -> None:
    once = folded(event("accepted", 0), event("closed", 3))
    twice = folded(event("accepted", 0), event("closed", 3), event("closed", 9))
    assert (twice.closed_at, twice.closings, twice.flows) == (once.closed_at, 1, once.flows)


def test_reopening_an_open_case_does_nothing() -> None:
    case = folded(event("accepted", 0), event("handled", 1), event("reopened", 4, due=50))
    assert (case.reopened, case.handled_at, case.deadline) == (False, at(1), None)


# A case that only says opened, due and closed (a 311 feed) is complete.


def test_closed_without_handled_is_handled_at_that_time() -> None:
    case = folded(event("accepted", 0, due=60), event("closed", 45))
    assert (case.handled_at, case.natural_minutes) == (at(45), 45)
    counted = {COUNTERS[column] for _, column in contributions(case, DAYS)}
    assert {"handled", "handled_due", "on_time", "closed", "closed_due", "ever_handled", "ever_closed"} <= counted


def test_that_handling_is_undone_by_reopening() -> None:
    assert folded(event("accepted", 0), event("closed", 4), event("reopened", 5)).handled_at is None


# The deadline comes with the event or from the category's limit in its clock.


@pytest.mark.parametrize(("handled", "counter"), [(60, "on_time"), (60.001, "late")])
def test_handled_at_the_deadline_is_on_time(handled: float, counter: str) -> None:
    case = folded(event("accepted", 0, due=60), event("handled", handled))
    assert counter in {COUNTERS[column] for _, column in contributions(case, DAYS)}


def test_a_given_deadline_beats_the_limit_of_the_category() -> None:
    assert folded(event("accepted", 0, category="natural", due=30)).deadline == at(30)


def test_the_natural_limit_counts_every_minute() -> None:
    assert folded(event("accepted", 0, category="natural")).deadline == at(600)


def test_the_work_limit_counts_duty_hours() -> None:
    # 08:00 Monday: seven hours of work end at 17:30 the same day, not at 15:00.
    assert folded(event("accepted", 0, category="work")).deadline == at(9.5 * 60)


def test_without_limit_and_due_there_is_no_deadline() -> None:
    case = folded(event("accepted", 0))
    assert case.deadline is None
    assert "no_deadline" in {COUNTERS[column] for _, column in contributions(case, DAYS)}


@pytest.mark.parametrize("step", ["filed", "dispatched", "extended"])
def test_a_later_due_replaces_the_deadline_until_handling(step: str) -> None:
    start = event("accepted", 0, due=60)
    assert folded(start, event(step, 10, due=90)).deadline == at(90)
    assert folded(start, event("handled", 5), event(step, 10, due=90)).deadline == at(60)


def test_an_extension_counts_only_before_handling_whenever_it_arrives() -> None:
    extended, handled, accepted = event("extended", 70, due=90), event("handled", 65), event("accepted", 0, due=60)
    case = folded(extended, handled, accepted)
    assert "late" in {COUNTERS[column] for _, column in contributions(case, DAYS)}


def test_reopening_without_due_keeps_the_old_deadline() -> None:
    start = (event("accepted", 0, due=60), event("closed", 30))
    assert folded(*start, event("reopened", 100)).deadline == at(60)
    assert folded(*start, event("reopened", 100, due=200)).deadline == at(200)


def test_a_corrected_category_brings_its_own_limit() -> None:
    case = folded(event("accepted", 0, category="natural"), event("corrected", 5, category="work"))
    assert (case.category, case.deadline) == ("work", at(9.5 * 60))
    assert folded(event("accepted", 0, due=60), event("corrected", 5, category="work")).deadline == at(60)


# A suspension moves the deadline by its length on that clock.


def test_a_suspension_moves_the_deadline_by_its_natural_length() -> None:
    case = folded(event("accepted", 0, category="natural"), event("suspended", 10), event("resumed", 40))
    assert case.deadline == at(630)


def test_a_suspension_over_night_moves_a_work_deadline_by_duty_hours_only() -> None:
    # Suspended 17:00 Monday, resumed 09:00 Tuesday: one hour of duty. The deadline 17:30 Monday becomes 09:30 Tuesday.
    case = folded(event("accepted", 0, category="work"), event("suspended", 9 * 60), event("resumed", 25 * 60))
    assert case.deadline == at(25.5 * 60)


@pytest.mark.parametrize("step", ["handled", "closed"])
def test_handling_and_closing_end_a_suspension(step: str) -> None:
    case = folded(event("accepted", 0, due=60), event("suspended", 50), event(step, 90))
    assert (case.suspended_at, case.deadline, case.handled_at) == (None, at(100), at(90))


def test_a_handled_case_cannot_be_suspended_into_time() -> None:
    case = folded(event("accepted", 0, due=60), event("handled", 70), event("suspended", 71), event("resumed", 171))
    assert case.deadline == at(60)


def test_work_time_leaves_suspensions_out_and_clock_time_does_not() -> None:
    case = folded(event("accepted", 60), event("suspended", 90), event("resumed", 150), event("handled", 180))
    assert (case.natural_minutes, case.work_minutes) == (120, 60)


# Closed before accepted: keeps its time, is left out of durations and counted.


def test_closed_before_accepted_keeps_its_time_and_has_no_duration() -> None:
    case = folded(event("closed", 0), event("accepted", 10))
    row = case.row(1)
    assert (row.closed_at, row.closed_first, row.natural_minutes, row.work_minutes) == (at(0), True, None, None)
    assert flows(case) == [(at(10), "accepted"), (at(10), "handled"), (at(10), "closed")]
    assert "closed_first" in {COUNTERS[column] for _, column in contributions(case, DAYS)}


# Ratings: flow by time of rating, the last rating per closing.


def test_the_last_rating_of_each_closing_counts_by_its_own_time() -> None:
    case = folded(
        event("accepted", 0), event("rated", 1, score=1), event("closed", 2), event("rated", 3, score=1),
        event("rated", 4, score=4), event("reopened", 5), event("rated", 6, score=2), event("closed", 7),
        event("rated", 8, score=3),
    )  # fmt: skip
    assert case.ratings == ((1, at(6), 2), (2, at(8), 3))


def test_ratings_before_any_closing_do_not_count() -> None:
    assert folded(event("accepted", 0), event("rated", 1, score=4)).ratings == ()


# Supervision, urging, escalation, correction.


@pytest.mark.parametrize("step", ["closed", "cancelled"])
def test_supervision_ends_with_closing_and_void(step: str) -> None:
    start = (event("accepted", 0), event("supervised", 5))
    assert folded(*start).row(1).supervised_at == at(5)
    assert folded(*start, event(step, 9)).row(1).supervised_at is None


def test_urging_is_counted_and_escalation_names_the_level() -> None:
    row = folded(event("accepted", 0), event("urged", 1), event("urged", 2), event("escalated", 3, level="city")).row(1)
    assert (row.urged, row.level) == (2, "city")


def test_a_correction_changes_the_named_fields_only() -> None:
    first = event("accepted", 0, title="a", channel="app", lon=113.0, lat=27.0)
    case = folded(first, event("corrected", 1, region="r9", title="b", due=70))
    assert (case.region, case.title, case.channel, case.deadline) == ("r9", "b", "app", at(70))
    assert (case.lon, case.lat) == (113.0, 27.0)


def test_the_unit_is_the_latest_one_named() -> None:
    assert folded(event("accepted", 0, unit="a"), event("dispatched", 1, unit="b"), event("handled", 2)).unit == "b"


def test_the_kind_follows_the_category_where_it_is_not_told() -> None:
    assert folded(event("accepted", 0, category="work")).kind == "part"
    assert folded(event("accepted", 0, category="work", kind="event")).kind == "event"


@pytest.mark.parametrize(
    ("steps", "stage"),
    [
        (["accepted"], Stage.PENDING),
        (["accepted", "dispatched"], Stage.HANDLING),
        (["accepted", "dispatched", "returned"], Stage.PENDING),
        (["accepted", "dispatched", "handled"], Stage.VERIFYING),
        (["accepted", "dispatched", "handled", "closed"], Stage.CLOSED),
        (["accepted", "dispatched", "handled", "closed", "reopened"], Stage.HANDLING),
        (["accepted", "cancelled"], Stage.VOID),
    ],
)
def test_stages(steps: list[str], stage: Stage) -> None:
    assert folded(*(event(step, minute) for minute, step in enumerate(steps))).stage is stage


# Invariants over any stream.


@given(streams())
def test_a_closed_case_is_handled_and_a_handled_one_is_not_suspended(stream: list[CaseEvent]) -> None:
    case = fold(stream, CONTEXT)
    assert case.closed_at is None or case.handled_at is not None
    assert case.suspended_at is None or (case.handled_at is None and case.open)
    assert case.supervised_at is None or case.open


@given(st.lists(streams(), max_size=6), st.integers(0, 20_000), st.integers(0, 20_000))
def test_carried_over_accepted_reopened_equal_closed_voided_open(
    many: list[list[CaseEvent]], first: int, last: int
) -> None:
    start, end = at(min(first, last)), at(max(first, last))
    counted: Counter[str] = Counter()
    for stream in many:
        for when, name in flows(fold(stream, CONTEXT)):
            sign = {"accepted": 1, "reopened": 1, "closed": -1, "voided": -1}.get(name, 0)
            counted["carried"] += sign * (when < start)
            counted[name] += start <= when < end
        counted["open"] += open_at(stream, end)
    left = counted["carried"] + counted["accepted"] + counted["reopened"]
    assert left == counted["closed"] + counted["voided"] + counted["open"]


def open_at(stream: list[CaseEvent], end: int) -> bool:
    """Whether the case was open by the events before an instant."""
    earlier = [one for one in stream if one.time < end]
    return bool(earlier) and fold(earlier, CONTEXT).open


@given(st.integers(1, 3_000))
def test_a_suspension_never_makes_an_overdue_case_less_overdue(length: int) -> None:
    case = fold([event("accepted", 0, due=100)], CONTEXT)
    paused = folded(event("accepted", 0, due=100), event("suspended", 500), event("resumed", 500 + length))
    assert case.deadline is not None and paused.deadline is not None
    assert paused.deadline - case.deadline == length * MINUTE
