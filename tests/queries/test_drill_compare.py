import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.domain.contributions import contributions
from dashboard.domain.events import CaseEvent
from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import LocalDays, parse_period
from dashboard.domain.tallies import COUNTERS
from dashboard.extract.spells import spells
from dashboard.queries.drill_answers import Compared
from dashboard.queries.drill_compare import _cohort, as_they_stood
from dashboard.queries.drill_spans import Span, pairs
from dashboard.queries.drill_where import Condition
from dashboard.queries.selection import Selection
from dashboard.store import DayEnd
from tests.check.cities import raws
from tests.domain.happenings import at, event, folded
from tests.queries.drilling import drilled

DAYS = LocalDays()
NOW = DAYS.start(20261020) + 10 * 3_600_000

_STEPS = ("dispatched", "returned", "handled", "checked", "closed", "reopened", "cancelled")


@st.composite
def lives(draw: st.DrawFn) -> list[CaseEvent]:
    """A case whose deadline never moves: steps of four days in any order behind the acceptance."""
    times = sorted(draw(st.sets(st.integers(1, 5_700), max_size=9)))
    first = event("accepted", 0, category=draw(st.sampled_from(["natural", "free"])))
    steps = [draw(st.sampled_from(_STEPS)) for _ in times]
    return [first, *(event(step, minute, passed=False) for step, minute in zip(steps, times, strict=True))]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lives(), min_size=1, max_size=4), st.integers(20261012, 20261015))
def test_figures_as_they_stood_are_those_of_the_events_up_to_then(told: list[list[CaseEvent]], last: int) -> None:
    until = DAYS.start(last + 1)
    with tempfile.TemporaryDirectory() as directory, drilled(Path(directory), at(40_000)) as city:
        for number, life in enumerate(told):
            city.send(raws(number, life))
        city.sync()
        with city.extract.reading() as view:
            found = as_they_stood(view, Condition(), Span(20261012, last, until), DAYS.start(20261012), 2)
    want = dict.fromkeys(COUNTERS, 0)
    then = [folded(*(step for step in life if step.time < until)) for life in told]
    for case in then:
        for (_, column), n in contributions(case, DAYS).items():
            want[COUNTERS[column]] += n
    unknown = {"escalated", "closed_first", "voided"}
    assert {key: n for key, n in found.counts.items() if key in want} == {
        key: n for key, n in want.items() if key not in unknown
    }
    assert found.counts["overdue_cohort"] == sum(_late(case, until) for case in then)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lives(), min_size=1, max_size=5), st.sampled_from([0.0, 0.5, 1.0]))
def test_cases_that_had_settled_are_counted_once_for_all_instants(told: list[list[CaseEvent]], share: float) -> None:
    with tempfile.TemporaryDirectory() as directory, drilled(Path(directory), at(40_000)) as city:
        for number, life in enumerate(told):
            city.send(raws(number, life))
        city.sync()
        with city.extract.reading() as view, patch("dashboard.queries.drill_compare.SETTLED", share):
            for minute in (0, 1, 700, 1_441, 3_000, 4_400, 5_699, 5_700, 30_000):
                for through in (None, DAYS.day(at(minute))):
                    asked = (view, Condition(), Span(20261001, 20261031), at(minute), through)
                    with patch("dashboard.queries.drill_compare.keeps", lambda tests: False):
                        counts, minutes = _cohort(*asked)
                    found = _cohort(*asked)
                    assert (found[0], found[1].tolist()) == (counts, minutes.tolist()), (minute, through)


def _late(case: Case, until: int) -> bool:
    return case.open and case.handled_at is None and case.deadline is not None and case.deadline < until


def test_spells_end_where_something_undoes_them() -> None:
    case = folded(
        event("accepted", 0), event("handled", 10), event("checked", 20, passed=False), event("suspended", 25),
        event("resumed", 28), event("handled", 30), event("closed", 40), event("reopened", 50), event("handled", 60),
    )  # fmt: skip
    found = sorted((state, began, ended) for state, began, ended in spells(case))
    assert found == [(0, at(10), at(20)), (0, at(30), at(50)), (1, at(40), at(50)), (2, at(25), at(28))]


@pytest.mark.parametrize(
    ("period", "found"),
    [
        ("2026-10", [("before", "2026-10-01..2026-10-19", "2026-09-01..2026-09-19"),
                     ("year", "2026-10-01..2026-10-19", "2025-10-01..2025-10-19")]),
        ("2026-09", [("before", "2026-09", "2026-08"), ("year", "2026-09", "2025-09")]),
        ("2026-Q4", [("before", "2026-10-01..2026-10-19", "2026-07-01..2026-07-19"),
                     ("year", "2026-10-01..2026-10-19", "2025-10-01..2025-10-19")]),
        ("2026", [("before", "2026-01-01..2026-10-19", "2025-01-01..2025-10-19"),
                  ("year", "2026-01-01..2026-10-19", "2025-01-01..2025-10-19")]),
        ("2026-10-20", [("before", "2026-10-20", "2026-10-19"), ("year", "2026-10-20", "2025-10-20")]),
        ("2026-10-05", [("before", "2026-10-05", "2026-10-04"), ("year", "2026-10-05", "2025-10-05")]),
        ("2026-10-05..2026-10-11", [("before", "2026-10-05..2026-10-11", "2026-09-28..2026-10-04"),
                                    ("year", "2026-10-05..2026-10-11", "2025-10-05..2025-10-11")]),
        ("2026-11", []),
        ("2026-10-20..2026-10-25", []),
    ],
)  # fmt: skip
def test_spans_of_equal_age(period: str, found: list[tuple[str, str, str]]) -> None:
    told = pairs(parse_period(period), NOW, DAYS)
    assert [(pair.kind, pair.now.text, pair.then.text) for pair in told] == found


def test_a_shorter_month_ends_at_its_last_day() -> None:
    now = DAYS.start(20260331) + 1
    (before, _) = pairs(parse_period("2026-03"), now, DAYS)
    assert (before.now.text, before.then.text) == ("2026-03-01..2026-03-30", "2026-02")
    assert (before.now.until, before.then.until) == (DAYS.start(20260331), DAYS.start(20260301))


def test_today_is_compared_up_to_the_same_time_of_day() -> None:
    before = pairs(parse_period("2026-10-20"), NOW, DAYS)[0]
    assert (before.now.until, before.then.until) == (NOW, NOW - 86_400_000)


def _found(rows: Sequence[Compared], key: str, kind: str = "before") -> tuple[float | None, float | None]:
    (row,) = (row for row in rows if row.key == key and row.kind == kind)
    return row.now, row.then


def test_today_against_yesterday(tmp_path: Path) -> None:
    day = 1440
    with drilled(tmp_path, at(day + 120)) as city:
        city.send(raws(1, [event("accepted", 0), event("closed", 30)]))
        city.send(raws(2, [event("accepted", 60), event("closed", 90), event("reopened", 200)]))
        city.send(raws(3, [event("accepted", 130)]))
        city.send(raws(4, [event("accepted", day + 10), event("closed", day + 20)]))
        city.sync()
        rows = city.drill.compared(Selection("c", "2026-10-13"))
        filtered = city.drill.compared(Selection("c", "2026-10-13", category="none"))
    assert _found(rows, "accepted") == (1, 2)
    assert _found(rows, "closed") == (1, 2)
    assert _found(rows, "closed_share") == (1, 1)
    assert _found(rows, "satisfaction") == (None, None)
    assert _found(filtered, "accepted") == (0, 0)


def test_a_running_month_is_compared_by_the_stored_ends_of_days(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        city.send(raws(1, [event("accepted", -21 * 1440)]))
        counts = dict.fromkeys(COUNTERS, 0)
        with city.town.store.write() as connection:
            for day, on_time in ((20261019, 9), (20260919, 8)):
                numbers = list((counts | {"handled_due": 10, "on_time": on_time, "accepted_flow": 12}).values())
                city.town.store.put_day_end(connection, [DayEnd(day, "s1", numbers, 0)])
        rows = city.drill.compared(Selection("s1", "2026-10"))
        city.sync()
        other = city.drill.compared(Selection("s2", "2026-10"))
    assert _found(rows, "on_time_rate") == (0.9, 0.8)
    assert _found(rows, "accepted") == (12, 12)
    assert _found(other, "accepted") == (0, 0)


def test_a_period_that_is_over_is_compared_as_it_stands(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        city.send(raws(1, [event("accepted", 0, category="natural"), event("closed", 30)]))
        city.send(raws(2, [event("accepted", 1440, category="natural")]))
        city.sync()
        rows = city.drill.compared(Selection("c", "2026-10-13"))
    assert _found(rows, "on_time_rate") == (0, 1)
    assert not [row for row in rows if row.key == "overdue_open"]


def test_nothing_is_known_of_the_time_before_the_first_month(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        empty = city.drill.compared(Selection("c", "2026-10"))
        city.send(raws(1, [event("accepted", 0), event("closed", 30)]))
        city.sync()
        rows = city.drill.compared(Selection("c", "2026-10"))
        days = city.drill.compared(Selection("c", "2026-10-13"))
    assert (empty, rows) == ([], [])
    assert {row.kind for row in days} == {"before"}


@pytest.mark.parametrize("region", ["c", "d1", "s1"])
def test_flows_of_days_are_those_of_the_cases(tmp_path: Path, region: str) -> None:
    with drilled(tmp_path, NOW) as city:
        city.send(raws(1, [event("accepted", 0), event("closed", 30), event("rated", 40, score=4)]))
        city.send(raws(2, [event("accepted", 1500), event("closed", 1530), event("reopened", 1600)]))
        city.send(raws(3, [event("accepted", -365 * 1440)]))
        city.sync()
        asked = Selection(region, "2026-Q4")
        found = city.drill.compared(asked)
        with patch("dashboard.queries.drill.held", lambda period, level: False):
            assert city.drill.compared(asked) == found
        assert {one.key: one.now for one in found if one.kind == "year"}["satisfaction"] == 1.0
