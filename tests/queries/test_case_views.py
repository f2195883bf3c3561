from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.events import CaseEvent
from dashboard.domain.periods import DAY, HOUR, MINUTE
from dashboard.queries.case_answers import CaseView
from dashboard.queries.case_off_hours import off_hours
from dashboard.queries.case_spans import stage_spans
from dashboard.queries.case_steps import deadline_changes, ignored, passages_of, pauses_of, steps_of
from dashboard.queries.case_views import CaseViews
from dashboard.security.caller import RIGHTS, Caller
from tests.check.cities import SETTINGS, City, city, city_at, raws
from tests.domain.happenings import CONTEXT, at, event, folded, streams
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]
NOW = at(4_000)
LEADER = Caller("leader", "leader", RIGHTS["leader"])
CENTER = Caller("center", "center", RIGHTS["center"])


def clock(hour: int, minute: int, second: int = 0) -> float:
    """Minutes since Monday 08:00 of a clock time on that day."""
    return (hour - 8) * 60 + minute + second / 60


def viewed(town: City, case_id: str = "C1", caller: Caller = CENTER) -> CaseView | None:
    return CaseViews(town.store, lambda: town.base, SETTINGS, town.clock.now).view(case_id, caller)


def view_of(directory: Path, *events: CaseEvent, caller: Caller = CENTER) -> CaseView:
    with city(directory, NOW) as town:
        town.send(raws(1, events))
        found = viewed(town, caller=caller)
    assert found is not None
    return found


def spans(view: CaseView) -> list[tuple[str, float]]:
    return [(stage.stage, round(stage.minutes, 2)) for stage in view.stages]


STORY_0058 = (
    event("reported", clock(10, 2, 14), category="work", channel="hotline", text="希望有关部门协调处理"),
    event("accepted", clock(10, 9, 31), category="work", actor="陈某"),
    event("dispatched", clock(10, 26, 5), unit="u1", due=clock(16, 26, 5)),
    event("handled", clock(14, 38, 2), unit="u1"),
    event("checked", clock(15, 4, 40), passed=True),
    event("closed", clock(15, 4, 40)),
    event("rated", clock(15, 40, 12), score=3),
)


def test_the_case_of_the_design_takes_2_h_12_of_4_working_hours(tmp_path: Path) -> None:
    view = view_of(tmp_path, *STORY_0058)
    assert [stage.stage for stage in view.stages] == ["accepting", "dispatching", "handling", "checking", "rating"]
    handling = view.stages[2]
    assert handling.clock == "work"
    before_noon, after = clock(12, 0) - clock(10, 26, 5), clock(14, 38, 2) - clock(14, 0)
    assert (round(before_noon), round(after)) == (94, 38)
    assert handling.minutes == pytest.approx(before_noon + after, abs=0.01)
    assert round(handling.minutes) == 132
    assert (handling.limit, handling.due) == (240.0, at(clock(16, 26, 5)))
    assert [(stage.limit, stage.due) for stage in view.stages if stage.stage != "handling"] == [(None, None)] * 4
    assert [round(stage.minutes) for stage in view.stages if stage.stage != "handling"] == [7, 17, 27, 36]
    assert view.off_hours == [(at(clock(12, 0)), at(clock(14, 0)))]
    assert all(entry.counted for entry in view.entries)
    assert [(change.before, change.after, change.reason) for change in view.deadlines][-1][1:] == (
        at(clock(16, 26, 5)), "dispatched",
    )  # fmt: skip


def test_every_loop_is_a_passage_of_its_own(tmp_path: Path) -> None:
    view = view_of(
        tmp_path,
        event("accepted", 0, category="natural"), event("dispatched", 10), event("returned", 30, reason="不属本单位"),
        event("dispatched", 40), event("handled", 100), event("checked", 110, passed=False), event("handled", 150),
        event("checked", 160, passed=True), event("closed", 160), event("reopened", 200), event("handled", 230),
        event("closed", 240),
    )  # fmt: skip
    assert spans(view) == [
        ("dispatching", 10), ("handling", 20), ("dispatching", 10), ("handling", 60), ("checking", 10),
        ("handling", 40), ("checking", 10), ("handling", 30), ("checking", 10),
    ]  # fmt: skip
    assert (view.reworked, view.reopened) == (True, True)


def test_a_stage_that_lasts_has_no_end_and_counts_until_now(tmp_path: Path) -> None:
    view = view_of(tmp_path, event("accepted", 0, category="natural"), event("dispatched", 5))
    last = view.stages[-1]
    assert (last.stage, last.end, last.minutes, last.due) == ("handling", None, 3_995, at(600))


def test_pauses_are_left_out_of_the_minutes_and_added_to_the_limit(tmp_path: Path) -> None:
    view = view_of(
        tmp_path,
        event("accepted", 0, category="natural"), event("dispatched", 0.5),
        event("suspended", 100, reason="需协调"), event("resumed", 400), event("handled", 500),
    )  # fmt: skip
    handling = view.stages[1]
    assert handling.minutes == pytest.approx(199.5)
    assert handling.limit == pytest.approx(599.5)
    assert handling.due == at(900)
    assert [(pause.begin, pause.end, pause.reason) for pause in view.pauses] == [(at(100), at(400), "需协调")]
    assert [(c.before, c.after, c.reason) for c in view.deadlines] == [
        (None, at(600), "accepted"), (at(600), at(900), "suspended"),
    ]  # fmt: skip


def test_a_case_that_is_handled_without_a_dispatch_was_in_handling(tmp_path: Path) -> None:
    assert spans(view_of(tmp_path, event("accepted", 0), event("closed", 90))) == [("handling", 90)]


def test_events_that_changed_nothing_are_marked(tmp_path: Path) -> None:
    view = view_of(
        tmp_path,
        event("accepted", 0), event("accepted", 5), event("resumed", 6), event("handled", 20),
        event("extended", 30, due=900), event("checked", 40, passed=True), event("closed", 50),
        event("supervised", 60), event("urged", 70),
    )  # fmt: skip
    idle = [entry.type for entry in view.entries if not entry.counted]
    assert idle == ["case.accepted", "case.resumed", "case.extended", "case.supervised"]


def test_events_before_the_acceptance_count_once_it_is_known(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("reported", 0), event("dispatched", 10), event("resumed", 12), event("closed", 20)]))
        waiting = viewed(town)
        town.send(raws(1, [event("accepted", 30)]))
        accepted = viewed(town)
    assert waiting is not None and accepted is not None
    assert [entry.counted for entry in waiting.entries] == [True, False, False, False]
    assert [(entry.type, entry.counted) for entry in accepted.entries if not entry.counted] == [("case.resumed", False)]


def test_a_report_that_was_rejected_ends_there(tmp_path: Path) -> None:
    view = view_of(tmp_path, event("reported", 0), event("rejected", 15))
    assert spans(view) == [("accepting", 15)]
    assert [entry.counted for entry in view.entries] == [True, True]
    assert view.line.state == "void"


def test_neither_a_missing_case_nor_one_out_of_scope_is_answered(tmp_path: Path) -> None:
    elsewhere = Caller("street", "street", RIGHTS["street"], region="d1")
    other_unit = Caller("unit", "unit", RIGHTS["unit"], unit="u9")
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0, region="r2", unit="u1")]))
        assert viewed(town) is not None
        assert [viewed(town, "C1", elsewhere), viewed(town, "C1", other_unit), viewed(town, "C2")] == [None] * 3


def test_personal_data_is_masked_without_the_right(tmp_path: Path) -> None:
    told: dict[str, Any] = {
        "reporter": "刘小明",
        "phone": "13812342207",
        "text": "刘小明 13812342207 反映",
        "actor": "陈小红",
    }
    story = (event("accepted", 0, **told),)
    with city(tmp_path, NOW) as town:
        town.send(raws(1, story))
        clear, masked = viewed(town, caller=CENTER), viewed(town, caller=LEADER)
    assert clear is not None and masked is not None
    assert (clear.reporter, clear.phone, clear.masked) == ("刘小明", "13812342207", False)
    assert (masked.reporter, masked.phone, masked.masked) == ("刘**", "138****2207", True)
    assert clear.entries[0].actor == "陈小红"
    for secret in ("刘小明", "13812342207", "陈小红"):
        assert secret not in repr(masked)


def test_related_cases_are_the_nearest_and_the_same_kind_inside_the_scope(database_url: str) -> None:
    here: dict[str, Any] = {"lon": 113.64, "lat": 34.73}
    with city_at(database_url, NOW) as town:
        town.send(raws(1, [event("accepted", 0, region="r2", **here)]))
        town.send(raws(2, [event("accepted", 1, region="r2", category="work", lon=113.6425, lat=34.73)]))
        town.send(raws(3, [event("accepted", 2, region="r2", category="work", lon=113.641, lat=34.73)]))
        town.send(raws(4, [event("accepted", 3, region="r2", lon=113.645, lat=34.73), event("closed", 5)]))
        town.send(raws(5, [event("accepted", 4, region="r2")]))
        town.send(raws(6, [event("accepted", -31 * 1440, region="r2", **here)]))
        town.send(raws(7, [event("accepted", 6, region="m1", **here)]))
        found = viewed(town)
        bound = viewed(town, caller=Caller("street", "street", RIGHTS["street"], region="s2"))
    assert found is not None and bound is not None
    assert [line.id for line in found.near] == ["C7", "C3", "C2"]
    assert [line.id for line in bound.near] == ["C3", "C2"]
    assert [line.id for line in found.same_kind] == ["C5", "C4"]


def test_off_hours_are_nights_lunches_and_weekends() -> None:
    friday = at(clock(17, 0)) + 4 * DAY
    monday = at(clock(9, 0)) + 7 * DAY
    assert off_hours(CONTEXT.clock, friday, monday) == [(friday + 30 * MINUTE, monday - 30 * MINUTE)]
    assert off_hours(CONTEXT.clock, at(clock(9, 0)), at(clock(15, 0))) == [(at(clock(12, 0)), at(clock(14, 0)))]
    assert off_hours(CONTEXT.clock, at(clock(9, 0)), at(clock(10, 0))) == []
    night = at(clock(20, 0))
    assert off_hours(CONTEXT.clock, night, night + HOUR) == [(night, night + HOUR)]


@given(streams())
@settings(max_examples=60, deadline=None)
def test_any_stream_is_told_as_the_life_cycle_folds_it(stream: list[CaseEvent]) -> None:
    steps = steps_of(stream, CONTEXT)
    assert steps[-1].after == folded(*stream)
    assert {step.event.uid for step in steps} >= ignored(steps, CONTEXT)
    passages = passages_of(steps)
    assert all(passage.end is None or passage.end > passage.begin for passage in passages)
    changes = deadline_changes(steps)
    assert [change.before for change in changes] == [None, *(change.after for change in changes)][: len(changes)]
    assert (changes[-1].after if changes else None) == steps[-1].after.deadline


@st.composite
def straight(draw: st.DrawFn) -> list[CaseEvent]:
    """A case on its shortest way, perhaps dispatched, perhaps parked once or twice."""
    category = draw(st.sampled_from(["natural", "work", "free"]))
    steps = ["accepted", *(["dispatched"] if draw(st.booleans()) else [])]
    steps += ["suspended", "resumed"] * draw(st.integers(0, 2)) + ["handled", "closed"]
    times = draw(st.lists(st.integers(0, 20_000), min_size=len(steps), max_size=len(steps), unique=True))
    return [event(step, at_, category=category) for step, at_ in zip(steps, sorted(times), strict=True)]


@given(straight())
@settings(max_examples=150, deadline=None)
def test_the_stages_of_a_case_without_loops_add_up_to_its_time_without_pauses(stream: list[CaseEvent]) -> None:
    steps = steps_of(stream, CONTEXT)
    case, context = steps[-1].after, CONTEXT
    clock_ = context.categories[case.category].clock
    stages = stage_spans(passages_of(steps), pauses_of(steps), case.category, clock_, context, NOW * 2)
    handling = sum(stage.minutes for stage in stages if stage.stage in ("dispatching", "handling"))
    assert case.accepted_at is not None and case.handled_at is not None
    paused = sum(context.length(case.category, begin, end) for begin, end in case.pauses)
    whole = context.length(case.category, case.accepted_at, case.handled_at)
    assert handling == pytest.approx((whole - paused) / MINUTE)
    if clock_ == "work":
        assert case.work_minutes == int(handling + 1e-9)
