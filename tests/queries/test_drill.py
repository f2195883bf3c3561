import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.domain.events import CaseEvent
from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import LocalDays, parse_period
from dashboard.extract import NotReady
from dashboard.queries.answers import Figure, Kpis
from dashboard.queries.borders import Borders
from dashboard.queries.errors import Refused
from dashboard.queries.kpis import Rules, evaluated
from dashboard.queries.refolding import add_up, counted_cases
from dashboard.queries.selection import Selection
from tests.check.cities import raws
from tests.domain.happenings import at, event, streams
from tests.queries.drilling import Drilled, drilled

NOW = at(20_000)
PERIODS = ("2026-10", "2026-10-14", "2026-10-13..2026-10-20")
CODES = ("c", "s1", "s2", "r1")
ADDITIVE = ("accepted", "filed", "closed", "due_to_close", "closed_late", "overdue_open", "open", "suspended")

Holds = Callable[[Case], bool]


def values(figures: Iterable[Figure]) -> dict[str, float | None]:
    return {figure.key: figure.value for figure in figures}


def counts(kpis: Kpis) -> dict[str, tuple[float | None, float | None]]:
    return {figure.key: (figure.numerator, figure.denominator) for figure in kpis.figures}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(streams(10), min_size=1, max_size=6), st.integers(0, 25_000), st.integers(0, 5))
def test_filtered_figures_are_those_of_counting_the_cases_one_by_one(
    told: Sequence[list[CaseEvent]], minute: int, split: int
) -> None:
    with tempfile.TemporaryDirectory() as directory, drilled(Path(directory), at(40_000)) as city:
        for number, stream in enumerate(told):
            city.send(raws(number, stream))
            if number == split:
                city.sync()
        city.sync()
        city.town.clock.tell(at(40_000) + minute)
        for region in CODES:
            for text in PERIODS:
                for asked, holds in _filters(region, text):
                    assert values(city.drill.kpis(asked).figures) == _recounted(city, asked, holds), asked


def _filters(region: str, period: str) -> list[tuple[Selection, Holds]]:
    asked = Selection(region, period)
    change = msgspec.structs.replace
    return [
        (change(asked, category="natural"), lambda case: case.category == "natural"),
        (change(asked, unit="u1"), lambda case: case.unit == "u1"),
        (change(asked, state="closed"), lambda case: case.stage == 4),
        (change(asked, weekday="3"), lambda case: _local(case).isoweekday() == 3),
    ]


def _local(case: Case) -> datetime:
    return LocalDays().local(case.accepted_at or 0)


def _recounted(city: Drilled, asked: Selection, holds: Holds) -> dict[str, float | None]:
    town, days = city.town, LocalDays()
    borders = Borders(town.base.tree, days)
    with town.store.read() as connection:
        cases = [case for case in counted_cases(connection, borders, asked.region) if case.accepted_at is not None]
    known = add_up(filter(holds, cases), days, parse_period(asked.period), town.clock.now(), 120)
    return values(evaluated(known, None, Rules(120, 2)))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(streams(10), min_size=1, max_size=6))
def test_values_of_a_filter_add_up_to_the_figure_without_it(told: Sequence[list[CaseEvent]]) -> None:
    with tempfile.TemporaryDirectory() as directory, drilled(Path(directory), at(40_000)) as city:
        city.send([raw for number, stream in enumerate(told) for raw in raws(number, stream)])
        city.sync()
        for region in CODES:
            for text in PERIODS:
                whole = counts(city.drill.kpis(Selection(region, text)))
                days = [counts(city.drill.kpis(Selection(region, text, weekday=str(n)))) for n in range(1, 8)]
                for key in ADDITIVE:
                    assert sum(part[key][0] or 0 for part in days) == whole[key][0], (region, text, key)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(streams(10), min_size=1, max_size=6))
def test_children_have_the_figures_of_their_own_pages(told: Sequence[list[CaseEvent]]) -> None:
    with tempfile.TemporaryDirectory() as directory, drilled(Path(directory), at(40_000)) as city:
        city.send([raw for number, stream in enumerate(told) for raw in raws(number, stream)])
        city.sync()
        for region in CODES:
            for text in PERIODS:
                for asked in (Selection(region, text), Selection(region, text, category="n")):
                    for row in city.drill.children(asked).rows:
                        own = city.drill.kpis(msgspec.structs.replace(asked, region=row.place.code))
                        assert row.figures == own.figures, (row.place.code, text)


def test_a_filtered_figure_knows_no_presence_and_says_what_it_is_as_of(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        city.send(raws(1, [event("accepted", 0, category="natural")]))
        city.sync()
        city.send(raws(2, [event("accepted", 0, category="natural")]))
        found = city.drill.kpis(Selection("c", "2026-10", category="natural"))
    assert values(found.figures)["accepted"] == 1
    assert values(found.figures)["workers_online"] is None
    assert (found.as_of.seq, found.as_of.time) == (1, NOW)


def test_before_the_extract_is_built_only_figures_without_filters_are_told(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        city.send(raws(1, [event("accepted", 0, category="natural")]))
        assert values(city.drill.kpis(Selection("r1", "2026-10-12")).figures)["accepted"] == 1
        with pytest.raises(NotReady):
            city.drill.kpis(Selection("c", "2026-10", category="natural"))
        with pytest.raises(NotReady):
            city.drill.breakdown(Selection("c", "2026-10"))


@pytest.mark.parametrize(
    "asked",
    [Selection("c", "2026-10", state="gone"), Selection("c", "2026-10", hour="24"), Selection("c", "nonsense")],
)
def test_what_cannot_be_understood_is_refused(tmp_path: Path, asked: Selection) -> None:
    with drilled(tmp_path, NOW) as city:
        city.sync()
        with pytest.raises(Refused):
            city.drill.kpis(asked)


def test_a_breakdown_tells_stages_levels_times_and_what_came_in(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        city.send(
            raws(1, [event("reported", -5, category="natural"), event("accepted", 0, channel="hotline"),
                     event("dispatched", 10), event("handled", 70), event("closed", 100), event("rated", 200, score=4)])
        )  # fmt: skip
        city.send(raws(2, [event("accepted", 60, category="work"), event("escalated", 65, level="district")]))
        city.send(raws(3, [event("accepted", 1500, category="work"), event("escalated", 1600)]))
        city.send(raws(4, [event("accepted", 61), event("cancelled", 62)]))
        city.sync()
        found = city.drill.breakdown(Selection("c", "2026-10"))
    assert [(step.stage, step.n) for step in found.funnel] == [
        ("accepted", 3), ("dispatched", 1), ("handled", 1), ("closed", 1), ("rated", 1),
    ]  # fmt: skip
    assert [(time.stage, time.n, time.median, time.p90) for time in found.times] == [
        ("accepting", 1, 5, 5), ("dispatching", 1, 10, 10), ("handling", 1, 60, 60), ("checking", 1, 30, 30),
    ]  # fmt: skip
    assert [(level.level, level.reached, level.here, level.handled) for level in found.levels] == [
        ("grid", 3, 1, 1), ("community", 2, 1, 0), ("street", 1, 0, 0), ("district", 1, 1, 0),
    ]  # fmt: skip
    assert [(bar.key, bar.n) for bar in found.channels] == [("", 3), ("hotline", 1)]
    assert [(bar.key, bar.name, bar.n) for bar in found.categories] == [
        ("natural", "自然时限", 3), ("free", "无时限", 1),
    ]  # fmt: skip
    assert [(bar.key, bar.n) for bar in found.hours if bar.n] == [("08", 1), ("09", 3)]
    assert [(bar.key, bar.n) for bar in found.weekdays if bar.n] == [("1", 3), ("2", 1)]
    assert found.heat[0][8:10] == [1, 2]
    assert [(point.day, point.accepted, point.closed, point.due) for point in found.trend] == [
        (20261012, 2, 1, 2), (20261013, 1, 0, 1),
    ]  # fmt: skip


def test_a_day_without_cases_stands_in_the_trend_and_waiting_cases_are_told(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        for number, day in enumerate((0, 2)):
            city.send(raws(number, [event("accepted", day * 1440, category="natural", due=30_000)]))
        city.sync()
        trend = city.drill.breakdown(Selection("c", "2026-10")).trend
    assert [point.accepted for point in trend] == [1, 0, 1]
    assert [point.pending for point in trend] == [1, 0, 1]
