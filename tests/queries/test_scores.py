from pathlib import Path

import msgspec
import pytest

from dashboard.config import Exclusion, Settings
from dashboard.domain.periods import LocalDays, parse_period
from dashboard.extract import Extract
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.queries.queries import Queries
from dashboard.queries.score_league import period_before
from dashboard.queries.score_models import load_models, models_of
from dashboard.queries.scores import Scores
from dashboard.security.caller import DEMO, Caller
from dashboard.security.scope import OutOfScope
from tests.check.cities import SETTINGS, City, city, raws
from tests.domain.happenings import at, event

NOW = at(20_000)
LATER = 6 * 1440
"""A minute after the border moved, on which r1 and r2 lie in s2, and within October."""


def scores_of(town: City, settings: Settings = SETTINGS, extract: Extract | None = None) -> Scores:
    queries = Queries(town.store, lambda: town.base, settings, town.clock.now)
    models = models_of(settings, Path("/nowhere"))
    return Scores(town.store, lambda: town.base, settings, town.clock.now, queries, models, extract)


def bound_to(region: str, unit: str = "") -> Caller:
    return Caller("li", "street", frozenset({"read"}), region, unit)


def fill(town: City) -> None:
    """s1: 40 cases, one late, one open and overdue; s2: 50 cases on time, one reworked, one unsatisfied."""
    for number in range(40):
        steps = [event("accepted", 0, category="natural"), event("closed", 700 if number == 1 else 30)]
        town.send(raws(number, steps[: 1 if number == 0 else 2]))
    for number in range(50, 100):
        end = [event("handled", 30), event("closed", 60)]
        steps = [event("accepted", 0, region="r2", category="natural", unit="u1" if number % 2 else "u2")]
        steps += [event("checked", 40, passed=False), event("handled", 50)] if number == 50 else []
        town.send(
            raws(
                number,
                [*steps, *end, event("rated", 70, score=1 if number == 51 else 4)],
            )
        )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with city(tmp_path_factory.mktemp("city"), NOW) as found:
        fill(found)
        yield found


def test_a_league_is_in_order_with_intervals_and_parents(town: City) -> None:
    league = scores_of(town).league("street", "2026-10", "", "", DEMO)
    assert [(row.place.code, row.rank, row.due, row.overdue) for row in league.rows] == [
        ("s2", 1, 50, 0),
        ("s1", 2, 40, 1),
    ]
    best, last = league.rows
    assert (best.low, best.high) == (1, 2) and last.low is not None and last.low <= 2 <= (last.high or 0)
    assert best.parent is not None and best.parent.code == "d2"
    assert best.change is None
    assert (best.satisfaction, best.satisfaction_n, best.rework_rate) == (0.98, 50, 0.02)


def test_ranks_are_taken_among_what_the_caller_may_see(town: City) -> None:
    scores = scores_of(town)
    league = scores.league("street", "2026-10", "", "", bound_to("d1"))
    assert [(row.place.code, row.rank) for row in league.rows] == [("s1", 1)]
    told = scores.explain("s1", "2026-10", "", bound_to("d1"))
    assert (told.of, told.median, told.row.rank) == (1, told.row.score, 1)
    assert b"s2" not in msgspec.json.encode(told)
    with pytest.raises(OutOfScope):
        scores.explain("s2", "2026-10", "", bound_to("d1"))


def test_a_handling_unit_counts_its_own_cases_alone(town: City) -> None:
    told = scores_of(town).explain("s2", "2026-10", "", bound_to("", "u1"))
    assert told.row.due == 25
    assert [mover.case.id for mover in told.cases] == ["C51"]


def test_units_below_the_line_say_why(town: City) -> None:
    grids = scores_of(town).league("grid", "2026-11", "", "", DEMO)
    assert {row.reason for row in grids.rows} == {"none"} and grids.median is None
    settings = msgspec.structs.replace(SETTINGS, excluded=(Exclusion("s1", "防汛", "2026-10"),))
    league = scores_of(town, settings).league("street", "2026-10", "", "", DEMO)
    out = next(row for row in league.rows if row.place.code == "s1")
    assert (out.rank, out.reason, out.note) == (None, "excluded", "防汛")
    assert [row.rank for row in league.rows] == [1, None]


def test_an_explanation_adds_up(town: City) -> None:
    told = scores_of(town).explain("s1", "2026-10", "", DEMO)
    assert told.row.score is not None
    assert sum(round(part.points * 100) for part in told.parts) == round(told.row.score * 100)
    assert sum(round(part.weight * 100) for part in told.parts) == 10_000
    missing = next(part for part in told.parts if part.key == "satisfaction")
    assert missing.missing and missing.weight == 0 and missing.configured == 15


def test_cases_cost_what_the_score_without_their_trouble_says(town: City) -> None:
    told = scores_of(town).explain("s1", "2026-10", "", DEMO)
    costs = {mover.case.id: (mover.ways, mover.points, mover.open) for mover in told.cases}
    weight = {part.key: part.weight for part in told.parts}
    assert set(costs) == {"C0", "C1"}
    assert costs["C1"][0] == ["late"] and costs["C0"][0] == ["overdue"] and costs["C0"][2]
    assert costs["C1"][1] == pytest.approx(-weight["on_time"] / 40, abs=0.001)
    assert costs["C0"][1] == pytest.approx(-(weight["on_time"] + weight["closure"]) / 40, abs=0.001)


def test_what_can_still_change_and_what_cannot(town: City) -> None:
    told = scores_of(town).explain("s1", "2026-10", "", DEMO)
    (chance,) = told.what_if
    closure = next(part.weight for part in told.parts if part.key == "closure")
    assert (chance.key, chance.n, chance.rank) == ("overdue", 1, 2)
    assert chance.change == pytest.approx(closure / 40, abs=0.001)
    assert told.lost_for_good == pytest.approx(100 - chance.score)


def test_rework_and_ratings_cost_too(town: City) -> None:
    told = scores_of(town).explain("s2", "2026-10", "", DEMO)
    assert {mover.case.id: mover.ways for mover in told.cases} == {"C50": ["rework"], "C51": ["unsatisfied"]}
    assert sum(mover.points for mover in told.cases) == pytest.approx(-(15 + 15) / 50)
    assert told.what_if == [] and told.lost_for_good == pytest.approx(100 - (told.row.score or 0))


def test_children_are_told_by_the_score_without_them(town: City) -> None:
    told = scores_of(town).explain("c", "2026-10", "", DEMO)
    assert [mover.place.code for mover in told.children] == ["d1", "d2"]
    alone = scores_of(town).explain("d2", "2026-10", "", DEMO)
    assert told.children[0].score == pytest.approx(alone.row.score, abs=0.005)
    assert told.children[0].points < 0 < told.children[1].points


def test_other_models_and_what_is_wrong_with_a_question(town: City) -> None:
    scores = scores_of(town)
    told = scores.explain("s1", "2026-10", "five-rates", DEMO)
    assert [part.key for part in told.parts] == ["handled", "on_time", "rework", "overdue", "extended"]
    with pytest.raises(NotFoundHere, match="luck"):
        scores.league("street", "2026-10", "", "luck", DEMO)
    with pytest.raises(Refused):
        scores.league("street", "soon", "", "", DEMO)


def test_extended_cases_are_counted_from_events(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        for number in range(30):
            extension = [event("extended", 5, due=900)] if number < 3 else []
            town.send(raws(number, [event("accepted", 0, category="natural"), *extension, event("closed", 30)]))
        told = scores_of(town).explain("s1", "2026-10", "five-rates", DEMO)
    assert next((part.n, part.d) for part in told.parts if part.key == "extended") == (3, 30)


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2026-10", "2026-09"), ("2026-01", "2025-12"), ("2026-Q1", "2025-Q4"), ("2026-Q4", "2026-Q3"),
        ("2026", "2025"), ("2026-10-01", "2026-09-30"), ("2026-10-12..2026-10-18", "2026-10-05..2026-10-11"),
        ("2026-02-01..2026-02-28", "2026-01..2026-01"), ("2026-10..2026-12", "2026-07..2026-09"),
    ],
)  # fmt: skip
def test_the_period_before(period: str, before: str) -> None:
    found = period_before(parse_period(period))
    assert found == parse_period(before)


def test_files_of_the_office_join_and_replace_the_shipped_ones(tmp_path: Path) -> None:
    text = (Path("dashboard/score_models/patrol.toml")).read_text(encoding="utf-8")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.toml").write_text(text.replace('version = "1"', 'version = "7"'), encoding="utf-8")
    models = models_of(SETTINGS, tmp_path)
    assert next(iter(models)) == "outcomes" and models["patrol"].version == "7" and "five-rates" in models
    (tmp_path / "models" / "b.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.toml.*patrol"):
        load_models(tmp_path / "models")
    (tmp_path / "models" / "b.toml").write_text(text.replace('"patrol"', '"outcomes"'), encoding="utf-8")
    with pytest.raises(ValueError, match="outcomes"):
        models_of(SETTINGS, tmp_path)


@pytest.mark.parametrize("period", ["2026-10", "2026-10-12", "2026-10-13", "2026"])
def test_the_extract_and_the_store_say_the_same(town: City, period: str) -> None:
    extract = Extract(town.store, lambda: town.base, LocalDays())
    extract.refresh()
    try:
        for caller in (DEMO, bound_to("", "u1")):
            for region in ("c", "s1", "s2", "m1", "r2"):
                plain = scores_of(town).explain(region, period, "", caller)
                assert scores_of(town, extract=extract).explain(region, period, "", caller) == plain
            league = scores_of(town).league("grid", period, "", "", caller)
            assert scores_of(town, extract=extract).league("grid", period, "", "", caller) == league
    finally:
        extract.close()
