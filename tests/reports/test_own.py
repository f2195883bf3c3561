"""Where a report's own region stands in the whole city: by hand, by the events again, and nothing of the others."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from dashboard.config import Exclusion
from dashboard.domain.regions import Region
from dashboard.reports.checks import faults
from dashboard.reports.content import compose
from dashboard.reports.freezing import close_period, freeze
from dashboard.reports.office import Office
from dashboard.reports.recount import Beside, recount
from dashboard.reports.snapshot import Asked, Correction, Own, Snapshot, canonical
from tests.check import cities
from tests.check.cities import SETTINGS, raws
from tests.domain.happenings import event
from tests.reports.frozen import MONTH, Frozen, frozen
from tests.reports.saying import said

DAY = 1440
EXCERPT = Asked("excerpt", "2026-10", "KA03")
NAMES = {
    "KA01": "甲街道", "KA02": "乙街道", "KA03": "丙街道", "KA04": "丁街道", "KA05": "戊街道", "TA01": "子镇",
    "TA02": "丑镇",
}  # fmt: skip
STREETS = [
    Region(code, name, 2, "d1" if code < "T" else "d2", name.lstrip("甲乙丙丁戊子丑")) for code, name in NAMES.items()
]
LATE = {"KA01": (4, 0), "KA02": (4, 1), "KA03": (4, 2), "KA04": (4, 3), "TA01": (4, 0), "TA02": (4, 4)}
"""Cases and late ones. Nothing is rated or reworked, all is closed, so a score is (45 * on time + 40) / 85."""
RULES = msgspec.structs.replace(SETTINGS.rules, min_due=1)
replace = msgspec.structs.replace


def streets(town: Frozen, cases: Mapping[str, tuple[int, int]] = LATE, start: int = 0, number: int = 0) -> None:
    """Cases of streets from a minute on, each handled after an hour or, of a limit of 600 minutes, after 700."""
    told: list[bytes] = []
    for street, (count, late) in cases.items():
        for n in range(count):
            wait, number = 700 if n < late else 60, number + 1
            opened = event("accepted", start, region=f"G{street}", category="natural")
            done = [event("handled", start + wait), event("closed", start + wait + 5)]
            told += raws(number, [opened, *done])
    receipt = town.town.send(told)
    assert not receipt.rejected, receipt


@pytest.fixture(autouse=True)
def seven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five streets in the east and two towns in the west, each with a grid."""
    grids = [Region(f"G{one.code}", f"格{one.code}", 4, one.code) for one in STREETS]
    monkeypatch.setattr(cities, "REGIONS", [*cities.REGIONS, *STREETS, *grids])


@pytest.fixture
def town(tmp_path: Path, seven: None) -> Iterator[Frozen]:
    with frozen(tmp_path, rules=RULES) as found:
        yield found


def own(snapshot: Snapshot) -> Own:
    assert isinstance(snapshot.own, Own)
    return snapshot.own


def sentence(snapshot: Snapshot) -> str:
    document = compose(snapshot, Office())
    assert faults(document, snapshot) == []
    return said(document)


def test_the_third_of_four_streets(town: Frozen) -> None:
    streets(town)
    found = town.freeze(EXCERPT)
    mine = own(found)
    assert (mine.group, mine.row.rank, mine.ranked, mine.regions, mine.was) == ("街道", 3, 4, 5, None)
    assert (mine.row.score, mine.row.due, mine.row.tied, mine.row.change) == (73.53, 4, False, None)
    assert mine.row.low is not None and mine.row.high is not None and mine.row.low < 3 <= mine.row.high <= 4
    words = f"丙街道得分73.53分，在城街道4个参与排名的单位中位列第3名（名次区间{mine.row.low}–{mine.row.high}）。"
    assert words in sentence(found)
    assert recount(town.books, found) == []


def test_an_office_may_put_streets_into_other_groups(town: Frozen) -> None:
    streets(town)
    groups = {"KA03": "先行组", "TA01": "先行组"}
    found = freeze(town.books, EXCERPT, close_period(town.books), groups=groups)
    assert (own(found).group, own(found).row.rank, own(found).ranked, own(found).regions) == ("先行组", 2, 2, 2)
    assert recount(town.books, found, Beside(groups=groups)) == []
    assert "own.group" in {fault.where for fault in recount(town.books, found)}


def test_streets_of_a_kind_each_are_ranked_as_one(town: Frozen) -> None:
    streets(town)
    groups = {code: code for code in NAMES}
    found = freeze(town.books, EXCERPT, close_period(town.books), groups=groups)
    assert (own(found).group, own(found).row.rank, own(found).ranked, own(found).regions) == ("", 4, 6, 9)
    assert recount(town.books, found, Beside(groups=groups)) == []


def test_a_move_beyond_chance_is_told(town: Frozen) -> None:
    others = {"KA01": (40, 10), "KA02": (40, 20), "TA01": (4, 0), "TA02": (4, 4)}
    streets(town, others | {"KA03": (40, 40)}, -40 * DAY)
    streets(town, others | {"KA03": (40, 0)}, 0, 1000)
    found = town.freeze(EXCERPT)
    assert (own(found).row.rank, own(found).was, own(found).row.change) == (1, 3, 2)
    assert "位列第1名，较9月上升2名。" in sentence(found)
    assert recount(town.books, found) == []


def test_a_place_that_is_as_it_was_is_told_as_such(town: Frozen) -> None:
    streets(town, LATE, -40 * DAY)
    streets(town, LATE, 0, 1000)
    found = town.freeze(EXCERPT)
    assert (own(found).row.rank, own(found).was, own(found).row.change) == (3, 3, None)
    assert "，与9月相比名次变化在数据波动范围之内。" in sentence(found)
    assert recount(town.books, found) == []


def test_an_accepted_appeal_moves_it(town: Frozen) -> None:
    streets(town)
    appeal = Correction("A1", "C9", "KA03", {"late": -1, "on_time": 1}, "不可抗力；属实")
    found = town.freeze(EXCERPT, corrections=[appeal])
    assert (own(found).row.rank, own(found).row.tied, own(found).row.score) == (2, True, 86.76)
    assert "在城街道4个参与排名的单位中并列第2名" in sentence(found)
    assert recount(town.books, found) == []


def test_without_cases_it_has_no_place(town: Frozen) -> None:
    streets(town)
    found = town.freeze(replace(EXCERPT, region="KA05"))
    assert (own(found).row.rank, own(found).row.reason, own(found).ranked) == (None, "none", 0)
    assert "戊街道没有应办结案件，不参与排名。" in sentence(found)
    assert recount(town.books, found) == []


def test_an_excluded_street_says_why(tmp_path: Path) -> None:
    with frozen(tmp_path, rules=RULES, excluded=(Exclusion("KA03", "泄洪期间", "2026-10"),)) as town:
        streets(town)
        found = town.freeze(EXCERPT)
        assert "丙街道不参与排名，原因为泄洪期间。" in sentence(found)
        assert recount(town.books, found) == []


@pytest.mark.parametrize("kind", [("month", "2026-10"), ("quarter", "2026-Q3"), ("week", "2026-10-12..2026-10-18")])
def test_other_reports_of_a_region_have_it_too(town: Frozen, kind: tuple[str, str]) -> None:
    streets(town)
    found = town.freeze(Asked(*kind, "d1"))
    assert own(found).row.place.level == "district"
    assert own(found).row.rank == (None if kind[0] == "quarter" else 1)
    sentence(found)
    assert recount(town.books, found) == []


def test_neither_the_whole_city_nor_a_choice_of_cases_has_it(town: Frozen) -> None:
    streets(town)
    chosen = Asked("notice", "2026-10", "KA03", filters={"category": "natural"})
    assert all(b'"own"' not in canonical(town.freeze(asked)) for asked in (MONTH, chosen))


WRONG: Mapping[str, Callable[[Own], Own]] = {
    "own.rank": lambda one: replace(one, row=replace(one.row, rank=2)),
    "own.tied": lambda one: replace(one, row=replace(one.row, tied=True)),
    "own.score": lambda one: replace(one, row=replace(one.row, score=73.54)),
    "own.interval": lambda one: replace(one, row=replace(one.row, low=3, high=3)),
    "own.change": lambda one: replace(one, row=replace(one.row, change=1)),
    "own.due": lambda one: replace(one, row=replace(one.row, due=5)),
    "own.on_time_rate": lambda one: replace(one, row=replace(one.row, on_time_rate=0.51)),
    "own.was": lambda one: replace(one, was=1),
    "own.ranked": lambda one: replace(one, ranked=5),
    "own.regions": lambda one: replace(one, regions=4),
    "own.group": lambda one: replace(one, group="镇"),
}


@pytest.mark.parametrize("where", WRONG)
def test_whatever_is_wrong_is_named_by_the_events(town: Frozen, where: str) -> None:
    streets(town)
    found = town.freeze(EXCERPT)
    wrong = replace(found, own=WRONG[where](own(found)))
    assert [fault.where for fault in recount(town.books, wrong)] == [where]


@pytest.mark.parametrize("change", [{"due": 5}, {"on_time_rate": 0.9}, {"rank": 9}, {"change": 1}, {"score": None}])
def test_what_contradicts_the_totals_or_sizes_blocks_the_report(town: Frozen, change: dict[str, object]) -> None:
    streets(town)
    found = town.freeze(EXCERPT)
    mine = replace(own(found), row=replace(own(found).row, **change))
    wrong = replace(found, own=mine)
    assert any(fault.where == "本级名次·丙街道" for fault in faults(compose(wrong, Office()), wrong))


def test_another_number_in_the_sentence_blocks_the_report(town: Frozen) -> None:
    streets(town)
    found = town.freeze(EXCERPT)
    better = replace(found, own=replace(own(found), row=replace(own(found).row, rank=2)))
    document = replace(compose(better, Office()), hash=compose(found, Office()).hash)
    assert any("own|rank" in fault.what for fault in faults(document, found))


def test_later_events_of_others_change_nothing_at_the_same_cut_off(town: Frozen) -> None:
    streets(town)
    cut = close_period(town.books)
    first = canonical(freeze(town.books, EXCERPT, cut))
    streets(town, {"KA04": (30, 0), "KA05": (8, 0)}, 60, 500)
    assert canonical(freeze(town.books, EXCERPT, cut)) == first
    assert own(town.freeze(EXCERPT)).row.rank == 5
    assert recount(town.books, msgspec.json.decode(first, type=Snapshot)) == []


def test_no_other_region_is_in_it_by_code_name_or_count(town: Frozen) -> None:
    streets(town, LATE | {"KA01": (137, 41)})
    found = town.freeze(EXCERPT)
    text = canonical(found).decode()
    foreign = [*NAMES.items(), ("s1", "一街"), ("s2", "二街"), ("d2", "西区")]
    for code, name in foreign:
        written = code if code in NAMES else f'"{code}"'
        assert code == "KA03" or (written not in text and name not in text)
    assert not {137, 41, 96} & set(_numbers(msgspec.json.decode(text)))


def _numbers(value: object) -> Iterator[object]:
    """Every number in decoded JSON."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _numbers(each)
    else:
        yield value if isinstance(value, int | float) else None
