import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from dashboard.boards.build import PANELS, build
from dashboard.boards.scope import UnknownRegion
from dashboard.config import Score, Settings
from dashboard.domain.changes import SourceState, Tick
from tests.ingest.city import DAY, HOUR, MINUTE, NOON, accepted, event, life
from tests.replica.world import World, world

TODAY = 20261017
YESTERDAY = 20261016


@pytest.fixture
def city(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def board(city: World, region: str = "") -> dict[str, Any]:
    built = build(city.flow(), region)
    return orjson.loads(orjson.dumps(built))  # type: ignore[no-any-return]


def test_an_empty_city_has_every_panel(city: World) -> None:
    built = board(city)
    assert list(built) == [key for key, _ in PANELS]
    assert built["tiles"]["open"] == {"value": 0, "pending": 0, "handling": 0, "verifying": 0, "suspended": 0}
    assert built["tiles"]["workers"]["online"] is None
    assert built["tiles"]["on_time"]["compare"] is None
    assert built["ranking"]["rows"] == []


def test_a_system_without_regions_has_a_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "import_base", lambda self: None)
    with world(tmp_path) as city:
        built = board(city)
        assert (built["meta"]["region"], built["meta"]["version"]) == ("", 0)
        assert built["tiles"]["on_time"]["d"] == 0


def test_meta_names_the_scope(city: World) -> None:
    meta = board(city, "A")["meta"]
    assert meta["region"] == "A" and meta["level"] == "district" and not meta["root"]
    assert meta["counts"] == [["street", 2], ["community", 2], ["grid", 3]]
    assert meta["title"] == {"zh": "宁川市网格化治理", "en": "Ningchuan grid governance"}
    assert meta["zone_minutes"] == 480


def test_unknown_regions_are_refused(city: World) -> None:
    with pytest.raises(UnknownRegion):
        build(city.replica, "nowhere")


def test_open_cases_stand_in_their_stage(city: World) -> None:
    city.submit([accepted("K1", NOON), accepted("K2", NOON), event("dispatched", "K2", NOON + MINUTE)])
    city.submit([accepted("K3", NOON - HOUR), event("handled", "K3", NOON)])
    city.submit([accepted("K4", NOON), event("suspended", "K4", NOON + MINUTE)])
    assert board(city)["tiles"]["open"] == {"value": 4, "pending": 2, "handling": 1, "verifying": 1, "suspended": 1}
    assert board(city, "B")["tiles"]["open"]["value"] == 0


def test_accepted_is_compared_up_to_the_same_time_of_yesterday(city: World) -> None:
    city.submit([accepted("K1", NOON - HOUR), accepted("K2", NOON - DAY - HOUR), accepted("K3", NOON - DAY + HOUR)])
    tile = board(city)["tiles"]["accepted"]
    assert (tile["value"], tile["yesterday"]) == (1, 1)
    assert tile["spark"][-1] == [720, 1] and tile["spark"][0] == [0, 0]
    assert tile["reference"][-1] == [1440, 2]


def test_a_grid_counts_its_own_day(city: World) -> None:
    city.submit(life("K1", NOON - 3 * HOUR))
    grid, city_ = board(city, "A111"), board(city)
    assert grid["tiles"]["accepted"]["value"] == city_["tiles"]["accepted"]["value"] == 1
    assert grid["tiles"]["accepted"]["closed"] == 1
    assert grid["tiles"]["on_time"]["n"] == 1
    assert grid["districts"]["rows"] == [] and grid["events"]["daily"] == []


def test_rates_count_overdue_cases_of_the_cohort_as_due(city: World) -> None:
    city.submit([*life("K1", NOON - 8 * HOUR), accepted("K2", NOON - 6 * HOUR), accepted("K3", NOON)])
    tile = board(city)["tiles"]["on_time"]
    assert (tile["n"], tile["d"]) == (1, 2)
    assert tile["spark"] == [[TODAY, 1, 2]]
    assert board(city)["tiles"]["satisfaction"]["n"] == 1


def test_months_are_compared_at_equal_age(city: World) -> None:
    september = NOON - 31 * DAY
    with city.store.write() as connection:
        from dashboard.domain.tallies import COLUMN, WIDTH
        from dashboard.store import DayEnd

        counts = [0] * WIDTH
        counts[COLUMN["on_time"]], counts[COLUMN["handled_due"]] = 8, 9
        then = [DayEnd(20260916, "C", counts, 1), DayEnd(YESTERDAY, "C", counts, 3)]
        city.store.put_day_end(connection, then)
    assert september
    compare = build(city.fresh(), "")["tiles"]["on_time"]["compare"]
    assert compare == {"now": {"n": 8, "d": 12}, "then": {"n": 8, "d": 10}, "day": YESTERDAY, "then_day": 20260916}


def test_overdue_lists_supervised_first_then_longest(city: World) -> None:
    for number, hours in enumerate((5, 7, 6)):
        city.submit([accepted(f"K{number}", NOON - hours * HOUR, lon=112.005, lat=28.005)])
    city.submit([event("supervised", "K0", NOON - MINUTE), accepted("K9", NOON - 3 * HOUR)])
    built = board(city)
    assert [row["id"] for row in built["overdue"]["rows"]] == ["K0", "K1", "K2"]
    assert [row["id"] for row in built["overdue"]["soon"]] == ["K9"]
    assert built["overdue"]["rows"][0]["place"] == {"zh": "甲区 甲一街道", "en": "甲区 甲一街道"}
    assert built["tiles"]["overdue"]["value"] == 3 and built["tiles"]["overdue"]["supervised"] == 1
    assert {mark[2] for mark in built["map"]["cases"].values()} == {"overdue", "supervised"}


def test_plain_open_cases_are_drawn_from_the_street_down(city: World) -> None:
    city.submit([accepted("K1", NOON, lon=112.005, lat=28.005)])
    assert board(city)["map"]["cases"] == {}
    assert board(city, "A1")["map"]["cases"]["K1"][2] == "open"


def test_overdue_of_yesterday_comes_from_the_moments(city: World) -> None:
    city.submit([accepted("K1", NOON - 6 * HOUR)])
    city.tick(NOON + 10 * MINUTE)
    city.submit([accepted("K2", NOON - 6 * HOUR)])
    city.tick(NOON + DAY + 10 * MINUTE)
    tile = board(city)["tiles"]["overdue"]
    assert (tile["value"], tile["yesterday"]) == (2, 1)
    assert tile["spark"][0] == [NOON + 10 * MINUTE, 1]


def test_presence_is_counted_for_the_scope_and_its_children(city: World) -> None:
    city.stand(1, [0] * 8, [0] * 8, [1, 1, 2, 3, 0, 0, 1, 2])
    built = board(city)
    tile = built["tiles"]["workers"]
    assert (tile["online"], tile["on_duty"], tile["total"], tile["off"]) == (5, 6, 8, 2)
    assert sum(built["map"]["labels"].values()) == 5
    assert built["districts"]["total"] == {"moving": 3, "online": 5, "open": 0, "overdue": 0}
    assert sum(row["online"] for row in built["districts"]["rows"]) == 5
    assert (built["map"]["workers"], built["map"]["seen"]) == (6, 6)


def test_a_region_that_is_nobody_s_home_is_not_said_to_be_off_duty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.replica.world.WORKERS", 1)
    with world(tmp_path) as city:
        city.stand(1, [0], [0], [0])
        assert board(city)["map"]["off_hours"] and list(board(city)["map"]["labels"]) == ["A"]
        empty = board(city, "B")
        assert not empty["map"]["off_hours"] and empty["tiles"]["workers"]["total"] == 0
        assert empty["map"]["labels"] == {}


def test_the_ticker_shows_the_scope_s_newest_steps(city: World) -> None:
    city.submit([*life("K1", NOON - 3 * HOUR), accepted("K2", NOON, "B111")])
    rows = board(city)["ticker"]["rows"]
    assert [(row["type"], row["stage"]) for row in rows[:3]] == [
        ("case.accepted", 1), ("case.rated", 5), ("case.closed", 5)
    ]  # fmt: skip
    city.submit([event("dispatched", "K2", NOON + MINUTE)])
    assert [row["type"] for row in board(city, "B")["ticker"]["rows"]] == ["case.dispatched", "case.accepted"]


def test_the_equation_of_the_month_holds(city: World) -> None:
    city.submit(life("K1", NOON - 40 * DAY))
    city.submit([accepted("K2", NOON - 20 * DAY), accepted("K3", NOON), accepted("K4", NOON)])
    city.submit([event("cancelled", "K4", NOON + MINUTE), event("closed", "K3", NOON + 2 * MINUTE)])
    equation = board(city)["events"]["equation"]
    assert equation == {"carried": 1, "accepted": 2, "reopened": 0, "closed": 1, "voided": 1, "open": 1}


def test_inflow_by_category_channel_and_hour(city: World) -> None:
    city.submit([accepted("K1", NOON), accepted("K2", NOON - 2 * DAY)])
    events = board(city)["events"]
    assert events["channels"] == [{"key": "hotline", "n": 2}]
    assert events["hours"][12] == 2 and len(events["hours"]) == 24
    assert events["categories"][0]["name"]["zh"] == "市容环境"
    assert [TODAY, 1] in events["daily"]


def test_a_board_built_again_and_again_equals_the_first_one_of_a_fresh_process(city: World) -> None:
    def step(number: int, at: int) -> None:
        city.submit(life(f"K{number}", at - (number + 1) * HOUR))
        city.submit([accepted(f"L{number}", at - 3 * HOUR, "A112")])
        city.tick(at)

    for number, at in enumerate((NOON + MINUTE, NOON + 5 * HOUR, NOON + 13 * HOUR, NOON + DAY)):
        step(number, at)
        for region in ("C", "A", "A1", "A111"):
            kept, fresh = board(city, region), build(city.fresh(), region)
            for panel in ("tiles", "events"):
                assert kept[panel] == orjson.loads(orjson.dumps(fresh[panel])), (number, region, panel)


def test_the_register_is_read_from_metrics(city: World) -> None:
    stock = board(city)["stock"]
    assert stock["persons"] == {
        "value": 1000, "parts": [{"key": "registered", "value": 900}, {"key": "floating", "value": 100}]
    }  # fmt: skip
    assert (stock["accuracy"]["n"], stock["accuracy"]["d"]) == (49, 50)
    assert [row["code"] for row in stock["accuracy"]["rows"]] == ["A"]
    assert stock["tasks"] == [{"key": "visit", "name": {"zh": "visit", "en": "visit"}, "n": 7, "d": 9}]
    assert board(city, "B")["stock"] is None


def many(city: World, street: str, cases: int, late: int) -> None:
    start = NOON - 10 * HOUR
    for number in range(cases):
        case = f"{street}-{number}"
        handled = start + (5 if number < late else 1) * HOUR
        city.submit([accepted(case, start, street), event("handled", case, handled), event("closed", case, handled)])


def test_streets_rank_by_score_and_only_on_the_clock(tmp_path: Path) -> None:
    settings = Settings(score=Score(weights={"on_time": 1}))
    with world(tmp_path, settings=settings) as city:
        many(city, "A111", 30, 3)
        many(city, "A211", 30, 0)
        first = build(city.fresh(), "")["ranking"]
        ranked = [(row["code"], row["rank"], row["score"]) for row in first["rows"]]
        assert ranked == [("A2", 1, 100.0), ("A1", 2, 90.0)]
        assert [(row["code"], row["reason"]) for row in first["below"]] == [("B1", "none")]
        assert first["next"] == NOON + 5 * MINUTE and first["rows"][0]["small"]
        before = board(city)["ranking"]
        many(city, "B111", 30, 1)
        city.tick(NOON + 4 * MINUTE)
        assert board(city)["ranking"] == before
        city.tick(NOON + 5 * MINUTE)
        after = board(city)["ranking"]
        assert [row["code"] for row in after["rows"]] == ["A2", "B1", "A1"]
        assert [row["rank"] for row in board(city)["districts"]["rows"]] == [1, 2]


def test_the_change_of_rank_is_against_last_month_at_equal_age(tmp_path: Path) -> None:
    from dashboard.domain.tallies import COLUMN, WIDTH
    from dashboard.store import DayEnd

    def ended(code: str, on_time: int) -> DayEnd:
        counts = [0] * WIDTH
        counts[COLUMN["on_time"]], counts[COLUMN["handled_due"]] = on_time, 50
        return DayEnd(20260916, code, counts, 0)

    with world(tmp_path, settings=Settings(score=Score(weights={"on_time": 1}))) as city:
        many(city, "A111", 30, 3)
        many(city, "A211", 30, 0)
        with city.store.write() as connection:
            city.store.put_day_end(connection, [ended("A1", 49), ended("A2", 40)])
        rows = build(city.fresh(), "")["ranking"]["rows"]
        assert [(row["code"], row["change"]) for row in rows] == [("A2", 1), ("A1", -1)]


def test_below_the_ranking_level_children_are_ranked(city: World) -> None:
    assert board(city, "A1")["ranking"]["level"] == "community"
    assert {row["code"] for row in board(city, "A11")["ranking"]["below"]} == {"A111", "A112"}


def test_sources_carry_their_thresholds(city: World) -> None:
    city.submit([accepted("K1", NOON)])
    city.tick(NOON + 1000)
    rows = {row["name"]: row for row in board(city)["sources"]}
    assert rows["test"]["lane"] == "cases" and (rows["test"]["ok"], rows["test"]["lost"]) == (3600, 18_000)
    assert rows["indicators"]["event_time"] == NOON
    assert rows["stock"]["label"] == {"zh": "人房数据", "en": "Residents"}


def test_how_long_a_source_waited_is_told_from_a_second_on_until_it_is_quiet(city: World) -> None:
    def waited(ms: int, quiet: int = 0) -> float:
        source = SourceState("gps", "positions", NOON, NOON, waited=ms)
        city.feed.append(Tick(NOON + quiet, city.store.last_seq(), 0, [source]))
        (row,) = [row for row in board(city)["sources"] if row["name"] == "gps"]
        return float(row["waited"])

    assert [waited(990), waited(3_240), waited(3_240, quiet=6_000)] == [0, 3.2, 0]


def test_a_board_is_plain_json(city: World) -> None:
    city.submit([*life("K1", NOON - 3 * HOUR), accepted("K2", NOON - 6 * HOUR, lon=112.0, lat=28.0)])
    city.stand(1, [0] * 8, [0] * 8, [1] * 8)
    for code in ("C", "A", "A1", "A11", "A111"):
        built = build(city.flow(), code)
        assert json.loads(json.dumps(built)) == built == orjson.loads(orjson.dumps(built))


def test_titles_are_shown_without_numbers_of_persons(city: World) -> None:
    title = "张三 13812345678 反映噪声"
    told = event("accepted", "K1", NOON, region="A111", category="01", channel="hotline", title=title)
    city.submit([told])
    (row,) = board(city)["ticker"]["rows"]
    assert row["title"] == "张三 138****5678 反映噪声"
