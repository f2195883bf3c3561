"""Case events: the same on every run, cut anywhere; valid; with the proportions of a real city."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from dashboard.base_data.workdays import working_days
from dashboard.domain.events import CaseEvent, parse
from dashboard.domain.life_cycle import Case, Context, fold
from dashboard.domain.periods import LocalDays
from dashboard.domain.work_time import WorkClock
from data_sources.simulator.actors import Actors
from data_sources.simulator.categories import category_rows
from data_sources.simulator.city import City, build_city
from data_sources.simulator.day_clock import midnight
from data_sources.simulator.duty import Duty
from data_sources.simulator.first_start import history_start
from data_sources.simulator.progress import LIFE_DAYS
from data_sources.simulator.scales import SCALES
from data_sources.simulator.stream import CaseStream, Event

HOUR = 3_600_000
START = midnight(20260901) * 1000
NOW = midnight(20261020) * 1000 + 17 * HOUR + 52 * 60_000


def history(city: City, after: int, until: int) -> list[Event]:
    return [event for _, events in CaseStream(city).history(after, until) for event in events]


def folded(events: list[Event]) -> dict[str, Case]:
    clock = WorkClock(LocalDays(), ((510, 720), (840, 1050)), working_days({}, True))
    context = Context(clock, {row.code: row for row in category_rows()})
    by_case: dict[str, list[CaseEvent]] = {}
    for _, raw, _ in events:
        event = parse(raw, NOW)
        assert isinstance(event, CaseEvent)
        by_case.setdefault(event.case, []).append(event)
    return {case: fold(rows, context) for case, rows in by_case.items()}


@pytest.fixture(scope="module")
def events(zhuzhou: City) -> list[Event]:
    return history(zhuzhou, START, NOW)


@pytest.fixture(scope="module")
def cases(events: list[Event]) -> dict[str, Case]:
    return folded(events)


def test_a_day_is_the_same_on_every_call(small: City) -> None:
    one, same = CaseStream(small).day(20261012), CaseStream(small).day(20261012)
    assert one.raw == same.raw
    assert one.raw != CaseStream(small).day(20261013).raw


def test_how_far_the_past_reaches_is_a_number_of_full_months() -> None:
    assert history_start(LocalDays(), NOW) == 20260801
    assert history_start(LocalDays(), NOW, months=13) == 20250901


def test_history_and_live_are_the_unbroken_stream(small: City) -> None:
    middle, end = START + 40 * 24 * HOUR + 7 * HOUR, START + 44 * 24 * HOUR
    whole = history(small, START, end)
    live = CaseStream(small, first_day=20260901)
    cuts = np.sort(np.random.default_rng(1).integers(middle, end, 40)).tolist()
    later = [event for a, b in zip([middle, *cuts], [*cuts, end], strict=True) for event in live.between(a, b)]
    assert history(small, START, middle) + later == whole
    assert len(later) > 100


def test_events_come_by_time_within_the_span_asked_for(small: City) -> None:
    found = CaseStream(small).between(NOW - HOUR, NOW)
    times = [time for time, _, _ in found]
    assert times == sorted(times)
    assert times[0] > NOW - HOUR and times[-1] <= NOW


def test_asking_again_for_the_past_gives_the_same(small: City) -> None:
    stream = CaseStream(small)
    first = stream.between(NOW - HOUR, NOW)
    stream.between(NOW, NOW + 5 * HOUR)
    assert stream.between(NOW - HOUR, NOW) == first
    assert stream.between(NOW - HOUR, NOW) == first


def test_every_event_is_told_at_its_own_time_and_only_once(events: list[Event]) -> None:
    parsed = [(time, parse(raw)) for time, raw, _ in events[:20_000]]
    assert all(event.time == time for time, event in parsed)
    assert len({(event.source, event.id) for _, event in parsed}) == len(parsed)


def test_no_event_comes_after_the_longest_life(small: City) -> None:
    days = [CaseStream(small).day(day) for day in range(20260907, 20260927)]
    assert all(day.time[-1] < midnight(20260907 + n) * 1000 + LIFE_DAYS * 24 * HOUR for n, day in enumerate(days))


def test_every_case_begins_with_a_report_or_an_acceptance_in_a_grid(events: list[Event], zhuzhou: City) -> None:
    grids = set(zhuzhou.leaf_codes)
    seen: set[str] = set()
    for _, raw, _ in events:
        event = parse(raw)
        assert isinstance(event, CaseEvent)
        if event.case not in seen:
            seen.add(event.case)
            assert event.type in ("case.reported", "case.accepted")
            assert event.data.region in grids and event.data.category and event.data.title


def test_a_working_day_brings_as_many_cases_as_the_scale_says(cases: dict[str, Case]) -> None:
    days = Counter(case.id[2:10] for case in cases.values())
    assert 380 < days["20261019"] < 620
    assert 200 < days["20261017"] < 400  # a Saturday
    assert 200 < days["20261002"] < 400  # a holiday


def test_proportions_are_those_of_a_well_run_city_with_faults(cases: dict[str, Case]) -> None:
    real = [case for case in cases.values() if case.accepted_at and not case.voided_at]
    handled = [case for case in real if case.handled_at]
    due = len(handled) + sum(overdue(case) for case in real)
    scores = [score for case in real for _, _, score in case.ratings]
    assert 0.98 < sum(case.handled_at <= case.deadline for case in handled) / due < 0.993
    assert 0.005 < sum(case.failed_check for case in handled) / len(handled) < 0.02
    assert 0.004 < sum(case.reopened for case in real) / len(real) < 0.015
    assert 0.005 < sum(case.voided_at is not None for case in cases.values()) / len(cases) < 0.02
    assert 0.98 < sum(score >= 2 for score in scores) / len(scores) < 0.998


def overdue(case: Case) -> bool:
    return case.handled_at is None and case.suspended_at is None and case.deadline is not None and case.deadline < NOW


def test_just_before_six_the_desk_is_as_full_as_it_should_be(cases: dict[str, Case]) -> None:
    open_ = [c for c in cases.values() if c.accepted_at and not c.closed_at and not c.voided_at]
    waiting = [c for c in open_ if c.handled_at is None and c.suspended_at is None]
    assert 200 < len(open_) < 500
    assert 10 < sum(overdue(c) for c in waiting) < 50
    assert 1 <= sum(c.supervised_at is not None for c in open_) < 20
    assert 3 <= sum(NOW <= (c.deadline or 0) < NOW + 2 * HOUR for c in waiting) < 40


def test_one_district_is_clearly_worse_than_the_others(cases: dict[str, Case]) -> None:
    late: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case in cases.values():
        if case.handled_at and case.deadline:
            total[case.region[:6]] += 1
            late[case.region[:6]] += case.handled_at > case.deadline
    shares = sorted(late[code] / total[code] for code in total)
    assert shares[-1] > 2 * np.median(shares)


def test_every_kind_of_step_occurs(events: list[Event]) -> None:
    types = {parse(raw).type for _, raw, _ in events}
    assert {f"case.{step}" for step in (
        "reported", "accepted", "rejected", "filed", "dispatched", "returned", "extended", "suspended", "resumed",
        "handled", "checked", "closed", "cancelled", "reopened", "urged", "supervised", "rated", "corrected",
        "escalated",
    )} == types  # fmt: skip


def test_grid_workers_report_and_check_in_their_own_grid_while_on_duty(small: City) -> None:
    homes = {worker.id: worker.region for worker in small.workers}
    duty = Duty(small.shifts(), list(homes))
    number = {worker: n for n, worker in enumerate(homes)}
    made: Counter[object] = Counter()
    for time, raw, _ in CaseStream(small).between(NOW - 30 * 24 * HOUR, NOW):
        event, actor = json.loads(raw), json.loads(raw)["data"].get("actor", "")
        if actor in homes:
            made[event["type"], event["source"]] += 1
            assert duty.at(time / 1000)[number[actor]]
            assert "region" not in event["data"] or homes[actor] == event["data"]["region"]
        elif event["source"] == "/grid-app":
            made["off duty"] += 1
    platform = [(f"case.{step}", "/case-platform") for step in ("handled", "checked")]
    assert set(made) == {("case.accepted", "/grid-app"), *platform, "off duty"}
    assert made["case.accepted", "/grid-app"] > 0.4 * (made["case.accepted", "/grid-app"] + made["off duty"])


def test_every_step_tells_who_made_it_but_those_of_citizens_and_cameras(events: list[Event]) -> None:
    nobody = {
        (event["type"], event["source"])
        for event in (json.loads(raw) for _, raw, _ in events)
        if "actor" not in event["data"]
    }
    assert {kind for kind, _ in nobody} == {"case.reported", "case.accepted"}
    assert {source for kind, source in nobody if kind == "case.accepted"} == {"/video-ai"}


def test_every_cell_of_a_city_with_micro_grids_has_the_worker_of_its_grid() -> None:
    scale = replace(
        SCALES["erqi"], counts=(("street", 2), ("community", 4), ("grid", 12), ("microgrid", 60)), workers=14
    )
    city = build_city(scale, seed=3)
    actors = Actors.of(city)
    grids = {worker.id: worker.region for worker in city.workers}
    for cell, worker in enumerate(actors.of_cell.tolist()):
        assert city.levels[-1][cell].parent == grids[actors.ids[worker]]
