"""What is frozen: figures counted by hand, the same bytes at the same cut-off, months with nothing or one case."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from dashboard.base_data.applying import apply_rows
from dashboard.config import Exclusion
from dashboard.domain.base import Unit
from dashboard.domain.coordinates import from_wgs84
from dashboard.domain.events import CaseEvent
from dashboard.reports.checks import faults
from dashboard.reports.content import compose
from dashboard.reports.facts_leagues import unit_names
from dashboard.reports.facts_lists import bottom_of
from dashboard.reports.freeze_rules import FreezeRules
from dashboard.reports.freezing import close_period, freeze
from dashboard.reports.office import Office
from dashboard.reports.recount import Beside, recount
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import Asked, Correction, Cut, Fact, Snapshot, canonical
from tests.check.cities import SETTINGS
from tests.domain.happenings import at, event
from tests.reports import invented
from tests.reports.frozen import MONTH, Frozen, frozen, frozen_at
from tests.reports.saying import said
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]
DAY = 1440


def ten(town: Frozen) -> None:
    """Ten cases of street s2, accepted on the 17th of October: C0..C3 handled and closed in time, rated 4 4 1 2, C4 and
    C5 late, C6 overdue, C7 suspended, C8 void, C9 without a limit and open."""
    for n in range(4):
        told = [event("handled", 5 * DAY + 60), event("closed", 5 * DAY + 90),
                event("rated", 6 * DAY, score=(4, 4, 1, 2)[n])]  # fmt: skip
        town.send(n, [event("accepted", 5 * DAY, region="r2", category="natural", channel="hotline", unit="u1"), *told])
    for n in (4, 5):
        late = [event("handled", 5 * DAY + 700), event("checked", 5 * DAY + 710, passed=False)]
        late += [event("handled", 5 * DAY + 720), event("closed", 5 * DAY + 730)]
        town.send(n, [event("accepted", 5 * DAY, region="r2", category="natural", unit="u2"), *late])
    town.send(6, [event("accepted", 5 * DAY, region="r2", category="natural"), event("supervised", 6 * DAY)])
    town.send(7, [event("accepted", 5 * DAY, region="r2", category="natural"), event("suspended", 5 * DAY + 5)])
    town.send(8, [event("accepted", 5 * DAY, region="r2", category="natural"), event("cancelled", 5 * DAY + 9)])
    town.send(9, [event("accepted", 5 * DAY, region="r2", category="free", tags=["三跨", "专项"])])


def value(found: Snapshot, key: str) -> object:
    return found.fact(key).value


def test_ten_cases_counted_by_hand(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        ten(town)
        found = town.freeze()
        assert recount(town.books, found) == []
    assert (value(found, "total.accepted"), value(found, "total.voided"), value(found, "total.closed")) == (10, 1, 6)
    assert found.fact("total.on_time_rate") == Fact(4 / 7, "share", 4, 7)
    assert found.fact("total.closure_rate") == Fact(6 / 7, "share", 6, 7)
    assert found.fact("total.rework_rate") == Fact(2 / 6, "share", 2, 6)
    assert found.fact("total.satisfaction") == Fact(3 / 4, "share", 3, 4)
    assert found.fact("total.handling_hours") == Fact(1.0, "hours", None, 6)
    assert found.fact("total.handling_hours_p90") == Fact(12.0, "hours", None, 6)
    assert [value(found, f"total.{key}") for key in ("overdue_open", "suspended", "supervised", "open")] == [1, 1, 1, 3]
    equation = ("carried", "accepted", "reopened", "closed", "voided", "open")
    assert [value(found, f"equation.{key}") for key in equation] == [0, 10, 0, 6, 1, 3]
    assert {key: [row.id for row in rows] for key, rows in found.lists.items()} == {
        "overdue": ["C6"], "supervised": ["C6"], "suspended": ["C7"], "crossing": ["C9"],
    }  # fmt: skip
    assert (value(found, "channel.hotline"), value(found, "category.natural"), value(found, "hour.08")) == (4, 9, 10)


def test_streets_and_units_stand_below_the_line_with_their_counts(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        ten(town)
        found = town.freeze()
    street = {row.place.code: (row.due, row.rank, row.reason) for row in found.leagues["street"].rows}
    assert street == {"s2": (7, None, "few"), "s1": (0, None, "none")}
    assert found.units is not None
    units = {row.place.code: (row.place.level, row.due, row.on_time_rate) for row in found.units.rows}
    assert units == {"u1": ("unit", 4, 1.0), "u2": ("unit", 2, 0.0)}
    assert found.counts["street"]["s2"]["on_time"] == 4 and found.terms["outcomes"][0].weight == 45


def test_the_same_cut_off_gives_the_same_bytes_whatever_comes_later(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        ten(town)
        cut = close_period(town.books)
        first = canonical(freeze(town.books, MONTH, cut))
        town.send(6, [event("handled", 5 * DAY + 30, 1), event("closed", 5 * DAY + 40, 1)])
        town.send(0, [event("reopened", 7 * DAY), event("corrected", 7 * DAY + 1, category="work", region="r1")])
        town.send(20, [event("accepted", 5 * DAY + 3, region="r2", category="other", channel="new", unit="u9")])
        assert canonical(freeze(town.books, MONTH, cut)) == first
        assert canonical(town.freeze()) != first
        rebuilt = Frozen(town.town, town.books.settings, {})
        try:
            assert canonical(freeze(rebuilt.books, MONTH, cut)) == first
        finally:
            rebuilt.extract.close()


def test_both_databases_freeze_the_same(database_url: str) -> None:
    with frozen_at(database_url) as town:
        ten(town)
        found = town.freeze()
        assert recount(town.books, found) == []
    assert found.fact("total.on_time_rate") == Fact(4 / 7, "share", 4, 7)
    assert [row.id for row in found.lists["crossing"]] == ["C9"]


def test_earlier_months_are_compared_at_equal_age(tmp_path: Path) -> None:
    with frozen(tmp_path, now=at(DAY * 20 + 60)) as town:
        town.send(0, [event("accepted", -50 * DAY, region="r2", category="natural")])
        town.send(1, [event("accepted", -20 * DAY, region="r2", category="natural"), event("handled", -5 * DAY)])
        town.send(2, [event("accepted", 5 * DAY, region="r2", category="natural", channel="hotline")])
        found = town.freeze()
    assert (value(found, "before.total.accepted"), value(found, "change.total.accepted")) == (1, 0)
    assert found.fact("before.total.on_time_rate") == Fact(0.0, "share", 0, 1)
    assert found.fact("before.total.closed_late").value == 0
    assert (value(found, "before.category.natural"), value(found, "before.channel.hotline")) == (1, 0)
    assert found.fact("year.total.accepted").value is None and found.fact("change_year.total.accepted").value is None


def test_a_month_in_whose_middle_the_system_began_is_none_to_compare_with(tmp_path: Path) -> None:
    with frozen(tmp_path, now=at(DAY * 20 + 60)) as town:
        town.send(1, [event("accepted", -20 * DAY, region="r2", category="natural"), event("handled", -5 * DAY)])
        town.send(2, [event("accepted", 5 * DAY, region="r2", category="natural", channel="hotline")])
        found = town.freeze()
    assert value(found, "total.accepted") == 1
    earlier = {key: fact.value for key, fact in found.facts.items() if key.startswith(("before.total.", "change."))}
    assert earlier and set(earlier.values()) == {None}
    assert not [key for key in found.facts if key.startswith(("before.category.", "before.channel."))]


def test_ranks_have_intervals_and_a_month_before(tmp_path: Path) -> None:
    rules = msgspec.structs.replace(SETTINGS.rules, min_due=1)
    with frozen(tmp_path, rules=rules) as town:
        for month in range(2):
            start = 5 * DAY - 45 * DAY * month
            for n, (region, wait) in enumerate([("r1", 30), ("r2", 900), ("r2", 30)]):
                told = [event("handled", start + wait), event("closed", start + wait + 5)]
                town.send(10 * month + n, [event("accepted", start, region=region, category="natural"), *told])
        found = town.freeze(Asked("month", "2026-10", levels=("grid",)))
        assert recount(town.books, found) == []
    assert [(row.place.code, row.rank) for row in found.leagues["grid"].rows] == [("r1", 1), ("r2", 2)]
    assert [row.rank for row in found.before_leagues["grid"].rows] == [1, 2]
    assert all(row.low == 1 and row.high == 2 and row.change is None for row in found.leagues["grid"].rows)


def test_nobody_moved_from_a_month_in_whose_middle_the_system_began(tmp_path: Path) -> None:
    rules = msgspec.structs.replace(SETTINGS.rules, min_due=1)
    with frozen(tmp_path, rules=rules) as town:
        for month, waits in enumerate(((30, 900), (900, 30))):
            for n in range(80):
                start, region = 5 * DAY - 25 * DAY * month + n, ("r1", "r2")[n % 2]
                told = [event("accepted", start, region=region, category="natural", unit=region)]
                town.send(100 * month + n, [*told, event("handled", start + waits[n % 2])])
        found = town.freeze(Asked("month", "2026-10", levels=("grid",)))
        assert recount(town.books, found) == []
    assert found.units is not None
    for rows in (found.leagues["grid"].rows, found.units.rows):
        assert [(row.rank, row.change) for row in rows] == [(1, None), (2, None)]
    assert [(row.rank, row.due) for row in found.before_leagues["grid"].rows] == [(None, 0), (None, 0)]


def test_a_late_event_restates_the_rows_of_its_units_too(tmp_path: Path) -> None:
    with frozen(tmp_path, rules=msgspec.structs.replace(SETTINGS.rules, min_due=1)) as town:
        ten(town)
        issued = town.freeze()
        town.send(6, [event("handled", 5 * DAY + 30)])
        found = town.freeze(issued=[issued])
        assert recount(town.books, found, Beside(issued=[issued])) == []
    told = {one.key: (one.then, one.now) for one in found.restated if one.key.startswith("row|")}
    changed = {key.split("|")[2] for key in told}
    assert told["row|street|s2|on_time_rate"][0] != told["row|street|s2|on_time_rate"][1]
    assert "row|street|s2|score" in told and "s1" not in changed
    document = compose(found, Office())
    assert faults(document, found) == []
    table = next(one for annex in document.annexes for one in annex.blocks if getattr(one, "key", "") == "restated")
    assert "二街得分" in [row[1] for row in table.rows]


def test_the_same_place_is_one_in_any_system_and_no_place_is_none(tmp_path: Path) -> None:
    def told(minute: int, **place: object) -> list[CaseEvent]:
        return [event("accepted", minute, region="r2", category="natural", **place)]

    with frozen(tmp_path) as town:
        lon, lat = (float(axis) for axis in from_wgs84(113.2, 27.8, "gcj02"))
        town.send(1, told(0, lon=113.2, lat=27.8))
        town.send(2, told(DAY, lon=lon, lat=lat, crs="gcj02"))
        town.send(3, told(DAY))
        town.send(4, told(DAY + 1))
        cut = close_period(town.books)
        first = town.freeze()
        town.send(2, [event("handled", DAY + 5)])
        again = freeze(town.books, MONTH, cut)
        assert recount(town.books, first) == []
    assert value(first, "repeat.cases") == value(again, "repeat.cases") == 1
    assert first.names["repeat.1"] == again.names["repeat.1"] == "二街格二“自然时限”"


def test_a_notice_of_days_that_are_not_over_is_compared_with_nothing(tmp_path: Path) -> None:
    with frozen(tmp_path, now=at(DAY * 5)) as town:
        town.send(1, [event("accepted", -40 * DAY, region="r2", category="natural", channel="hotline")])
        town.send(2, [event("accepted", 4 * DAY, region="r2", category="natural", channel="hotline")])
        found = town.freeze(Asked("notice", "2026-10-12..2026-10-17"))
        assert recount(town.books, found) == []
    assert value(found, "total.accepted") == 1
    assert not [key for key in found.facts if key.startswith(("before.", "year.", "change"))]


def test_the_last_third_of_a_group_in_every_period_is_at_the_bottom() -> None:
    league = invented.snapshot().leagues["district"]
    ranked = [row.place.code for row in league.rows if row.rank is not None]
    turned = msgspec.structs.replace(
        league, rows=[msgspec.structs.replace(row, rank=len(ranked) + 1 - row.rank) for row in league.rows if row.rank]
    )
    assert bottom_of([league] * 3, {}) == ranked[-3:]
    assert bottom_of([league, turned, league], {}) == []
    assert bottom_of([league, None, league], {}) == []
    assert bottom_of([league] * 3, {code: code for code in ranked}) == []


@pytest.mark.parametrize(("levels", "units"), [(("district", "street"), False), ((), True), ((), False)])
def test_every_ranking_can_be_left_out(tmp_path: Path, levels: tuple[str, ...], units: bool) -> None:
    with frozen(tmp_path, rules=msgspec.structs.replace(SETTINGS.rules, min_due=1)) as town:
        ten(town)
        found = freeze(town.books, Asked("month", "2026-10", levels=levels), close_period(town.books),
                       FreezeRules(units=units))  # fmt: skip
        assert recount(town.books, found) == []
    assert (tuple(found.leagues), found.units is not None) == (levels, units)
    document = compose(found, Office())
    assert faults(document, found) == []
    assert ("责任单位排名。" in said(document)) == units
    assert any(section.key == "ranking" for section in document.sections) == (bool(levels) or units)
    assert not any("排名" in annex.title for annex in document.annexes) or levels or units


def test_an_excluded_street_is_unranked_with_its_reason(tmp_path: Path) -> None:
    excluded = (Exclusion("s2", "泄洪期间不可抗力", "2026-10"),)
    with frozen(tmp_path, excluded=excluded) as town:
        ten(town)
        row = next(row for row in town.freeze().leagues["street"].rows if row.place.code == "s2")
    assert (row.rank, row.reason, row.note) == (None, "excluded", "泄洪期间不可抗力")


def test_an_accepted_appeal_changes_totals_leagues_and_is_recorded(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        ten(town)
        cut = close_period(town.books)
        appeal = Correction("A1", "C4", "s2", {"late": -1, "on_time": 1}, "天气原因；属实")
        foreign = Correction("A2", "nobody", "s2", {"late": -1}, "没有此案")
        found = freeze(town.books, MONTH, cut, corrections=[foreign, appeal])
    assert found.corrections == [appeal]
    assert found.fact("total.on_time_rate") == Fact(5 / 7, "share", 5, 7)
    assert found.counts["street"]["s2"]["late"] == 1 and found.counts["unit"]["u2"]["on_time"] == 1


def test_a_late_event_restates_an_issued_month_and_an_ordinary_one_does_not(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        ten(town)
        issued = town.freeze()
        town.send(6, [event("handled", 5 * DAY + 30)])
        late = town.freeze(issued=[issued]).restated
    told = {one.key: (one.period, one.then.value, one.now.value) for one in late}
    assert told["total.overdue_open"] == ("2026-10", 1, 0)
    assert told["total.on_time_rate"] == ("2026-10", 4 / 7, 5 / 7)
    assert "total.accepted" not in told


def test_nothing_is_restated_where_cases_only_went_on(tmp_path: Path) -> None:
    with frozen(tmp_path, now=at(20 * DAY)) as town:
        ten(town)
        issued = freeze(town.books, MONTH, Cut(town.town.store.last_seq(), at(20 * DAY)))
        town.town.clock.tell(at(40 * DAY))
        town.send(6, [event("handled", 21 * DAY), event("closed", 22 * DAY)])
        found = freeze(town.books, MONTH, Cut(town.town.store.last_seq(), at(40 * DAY)), issued=[issued])
    assert found.fact("total.closed_late").value == 3
    assert found.restated == []


def test_days_without_anything_are_gaps(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        ten(town)
        gaps = dict(town.freeze(Asked("week", "2026-10-12..2026-10-18")).gaps)
    assert gaps == {"s1": list(range(20261012, 20261019)), "s2": [*range(20261012, 20261017)]}


@pytest.mark.parametrize("asked", [
    MONTH, Asked("week", "2026-10-12..2026-10-18"), Asked("quarter", "2026-Q3"), Asked("year", "2025"),
    Asked("excerpt", "2026-10", "s2"), Asked("notice", "2026-10-12..2026-10-20", filters={"category": "natural"}),
    Asked("month", "2026-10", "d1"),
])  # fmt: skip
@pytest.mark.parametrize("cases", [0, 1])
def test_every_kind_over_nothing_and_over_one_case(tmp_path: Path, asked: Asked, cases: int) -> None:
    with frozen(tmp_path) as town:
        for n in range(cases):
            town.send(n, [event("accepted", 5 * DAY, region="r2", category="natural")])
        found = town.freeze(asked)
        assert recount(town.books, found) == []
    assert msgspec.json.decode(canonical(found), type=Snapshot) == found
    assert found.fact("total.satisfaction").value is None


@pytest.mark.parametrize(("asked", "key"), [
    (Asked("month", "2026-11"), "future"), (Asked("month", "2030-01"), "future"), (Asked("month", "2026-13"), "period"),
    (Asked("month", "2026-10", "nowhere"), "region"), (Asked("month", "2026-10", model="nice"), "model"),
    (Asked("notice", "2026-10", filters={"hour": "99"}), "filter"),
    *((Asked("notice", "2026-10", filters={name: "no"}), "filter") for name in ("unit", "category", "channel", "grid")),
    (Asked("excerpt", "2026-10"), "region"),
])  # fmt: skip
def test_what_cannot_be_frozen_is_refused_in_words(tmp_path: Path, asked: Asked, key: str) -> None:
    with frozen(tmp_path) as town, pytest.raises(ReportRefused) as refused:
        town.freeze(asked)
    assert refused.value.key == key and str(refused.value)


HOSTILE = ('=HYPERLINK("http://x")', "<script>alert(1)</script>#set page()", "𠮷𬱖龘" * 300, "\u202eabc\t'\"`$")


@pytest.mark.parametrize(("words", "cases"), [("'\"--", 1), ("三号楼", 2), ("C7", 1), ("nothing", 0)])
def test_a_notice_looks_at_cases_by_words_of_their_titles_and_ids(tmp_path: Path, words: str, cases: int) -> None:
    with frozen(tmp_path) as town:
        for number, title in ((7, "三号楼前"), (8, "三号楼后'\"--"), (9, "井盖")):
            town.send(number, [event("accepted", 5 * DAY, region="r2", title=title), event("closed", 6 * DAY)])
        found = town.freeze(Asked("notice", "2026-10", filters={"words": words}))
        assert recount(town.books, found) == []
    assert (found.fact("total.accepted").value or 0) == cases


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_every_field_are_kept_as_words(tmp_path: Path, words: str) -> None:
    short = words[:250]
    with frozen(tmp_path) as town:
        apply_rows(town.town.store.engine, "units", [Unit(short, short)])
        data = {"channel": short, "unit": short, "title": words[:1000], "tags": [short, "三跨"], "kind": short}
        town.send(1, [event("accepted", 5 * DAY, region="r2", category=short, **data)])
        found = town.freeze()
        assert recount(town.books, found) == []
    assert found.facts[f"channel.{short}"].value == 1
    assert [row.unit for row in found.lists["crossing"]] == [short]
    assert msgspec.json.decode(canonical(found), type=Snapshot) == found


def test_a_number_in_a_title_is_masked_in_the_lists(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        opened = event("accepted", 5 * DAY, region="r2", category="natural", title="请联系13812345678")
        town.send(1, [opened])
        found = town.freeze()
    assert "13812345678" not in canonical(found).decode()
    assert len(found.lists["overdue"]) == 1


def test_long_lists_are_cut_and_counted(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        ten(town)
        town.send(30, [event("accepted", 5 * DAY + 2, region="r2", category="natural")])
        found = town.freeze(rules=FreezeRules(list_length=1))
        assert recount(town.books, found) == []
    assert (value(found, "list.overdue"), [row.id for row in found.lists["overdue"]]) == (2, ["C6"])


def test_complaints_about_the_same_place_again(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        for n, (minute, lon) in enumerate([(0, 113.10001), (DAY, 113.10002), (2 * DAY, 113.10001), (3 * DAY, 113.2)]):
            told = event("accepted", minute, region="r2", category="natural", lon=lon, lat=27.5, crs="wgs84")
            town.send(n, [told])
        found = town.freeze()
    assert (value(found, "repeat.cases"), value(found, "repeat.places"), value(found, "repeat.1")) == (2, 1, 2)
    assert "自然时限" in found.names["repeat.1"]


def test_units_of_one_name_are_told_apart_by_their_regions(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        base = town.books.base()
        region = base.tree.regions[1]
        units = [Unit("a", "公安分局", region=region.code), Unit("b", "公安分局")]
        units.append(Unit("c", "水务局", region=region.code))
        shared = Unit("d", f"{region.name[-1]}公安分局", region=region.code), Unit("e", f"{region.name[-1]}公安分局")
        found = unit_names(replace(base, units={unit.code: unit for unit in (*units, *shared)}))
    assert (found["a"], found["b"], found["c"]) == (f"{region.name}公安分局", "公安分局", "水务局")
    assert found["d"] == f"{region.name}公安分局"
