from pathlib import Path

import msgspec
import pytest

from dashboard.queries.drill_answers import CaseLines
from dashboard.queries.errors import Refused
from dashboard.queries.selection import Selection
from dashboard.security.caller import DEMO, Caller
from tests.check.cities import raws
from tests.domain.happenings import at, event
from tests.queries.drilling import Drilled, drilled

NOW = at(2_000)
MONTH = Selection("c", "2026-10")


def ids(page: CaseLines) -> list[str]:
    return [line.id for line in page.rows]


def told(city: Drilled) -> None:
    """C1 closed, C2 overdue, C3 suspended, C4 void, C5 of another street, channel and unit, C6 unaccepted."""
    city.send(raws(1, [event("accepted", 1, category="natural"), event("closed", 2)]))
    city.send(raws(2, [event("accepted", 2, category="natural", title="飞线充电")]))
    city.send(raws(3, [event("accepted", 3, category="natural"), event("suspended", 4)]))
    city.send(raws(4, [event("accepted", 4), event("cancelled", 5)]))
    more = event("accepted", 5, region="r2", channel="hotline", unit="u7", due=2_060, title="占道经营")
    city.send(raws(5, [more, event("supervised", 6)]))
    city.send(raws(6, [event("reported", 6)]))
    city.sync()


@pytest.mark.parametrize(
    ("asked", "sort", "found"),
    [
        ({}, "", "C5 C4 C3 C2 C1"),
        ({}, "accepted", "C1 C2 C3 C4 C5"),
        ({}, "deadline", "C2 C5 C3"),
        ({"state": "open"}, "", "C5 C3 C2"),
        ({"state": "overdue"}, "", "C2"),
        ({"state": "due_soon"}, "", "C5"),
        ({"state": "suspended"}, "", "C3"),
        ({"state": "supervised"}, "", "C5"),
        ({"state": "closed"}, "-closed", "C1"),
        ({"state": "void"}, "", "C4"),
        ({"state": "unaccepted"}, "", "C6"),
        ({"category": "nat"}, "", "C3 C2 C1"),
        ({"category": "%"}, "", ""),
        ({"category": "nat' OR '1'='1"}, "", ""),
        ({"channel": "hotline') OR (1=1) --"}, "", ""),
        ({"unit": "u7\" OR \"1\"=\"1"}, "", ""),
        ({"channel": "hotline"}, "", "C5"),
        ({"unit": "u7"}, "", "C5"),
        ({"region": "s2"}, "", "C5"),
        ({"hour": "08", "weekday": "1"}, "", "C5 C4 C3 C2 C1"),
        ({"weekday": "2"}, "", ""),
        ({"period": "2026-11"}, "", ""),
        ({"period": "2026-11", "state": "open"}, "", "C5 C3 C2"),
        ({}, "unit", "C1 C2 C3 C4 C5"),
        ({}, "category", "C4 C5 C1 C2 C3"),
    ],
)
def test_lists(tmp_path: Path, asked: dict[str, str], sort: str, found: str) -> None:
    with drilled(tmp_path, NOW) as city:
        told(city)
        page = city.drill.case_lines(msgspec.structs.replace(MONTH, **asked), sort=sort)
    assert ids(page) == found.split()
    assert (page.total, page.next) == (len(found.split()), None)


@pytest.mark.parametrize("sort", ["", "accepted", "-closed", "deadline", "category", "unit"])
def test_pages_follow_each_other_without_holes_and_repetitions(tmp_path: Path, sort: str) -> None:
    with drilled(tmp_path, NOW) as city:
        for number in range(23):
            city.send(raws(number, [event("accepted", number // 3, unit=f"u{number % 2}")]))
        city.sync()
        seen, cursor = [], ""
        while True:
            page = city.drill.case_lines(MONTH, sort=sort, cursor=cursor, limit=7)
            assert page.total == 23
            seen += ids(page)
            if page.next is None:
                break
            cursor = page.next
        whole = city.drill.case_lines(MONTH, sort=sort)
    assert seen == ids(whole)
    assert len(set(seen)) == 23


def test_a_unit_sees_its_own_cases_alone(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        told(city)
        own = city.drill.case_lines(MONTH, "u7")
        other = city.drill.case_lines(msgspec.structs.replace(MONTH, unit="u8"), "u7")
        accepted = {figure.key: figure.value for figure in city.drill.kpis(MONTH, "u7").figures}["accepted"]
        children = [row.value("accepted") for row in city.drill.children(MONTH, "u7").rows]
        funnel = city.drill.breakdown(MONTH, "u7").funnel[0].n
    assert (ids(own), ids(other), accepted, children, funnel) == (["C5"], [], 1, [0, 1], 1)


def test_a_line_has_names_and_says_how_it_stands(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        told(city)
        (line,) = city.drill.case_lines(msgspec.structs.replace(MONTH, state="overdue")).rows
    assert (line.id, line.title, line.category_name, line.places) == ("C2", "飞线充电", "自然时限", ["二街", "格一"])
    assert (line.state, line.overdue, line.suspended, line.deadline) == ("open", True, False, at(602))


@pytest.mark.parametrize(
    "asked", [{"sort": "id"}, {"limit": 0}, {"limit": 501}, {"cursor": "!!"}, {"cursor": "WyJ4IiwgIkMxIl0", "sort": ""}]
)
def test_what_no_page_offers_is_refused(tmp_path: Path, asked: dict[str, object]) -> None:
    with drilled(tmp_path, NOW) as city:
        told(city)
        with pytest.raises(Refused):
            city.drill.case_lines(MONTH, **asked)  # type: ignore[arg-type]


def caller(region: str = "", unit: str = "", rights: str = "read tracks") -> Caller:
    return Caller("x", "leader", frozenset(rights.split()), region, unit)


@pytest.mark.parametrize(
    ("q", "who", "found"),
    [
        ("C", DEMO, "case:C5 case:C6 case:C4 case:C3 case:C1 case:C2"),
        ("飞线", DEMO, "case:C2"),
        ("占道", caller("d1"), ""),
        ("C", caller("d2"), "case:C5 case:C6 case:C4 case:C3 case:C1 case:C2"),
        ("C", caller(unit="u7"), "case:C5"),
        ("格", DEMO, "region:r1 region:r2"),
        ("街", caller("d1"), "region:s1"),
        ("W", DEMO, "worker:W1 worker:W2"),
        ("W", caller(rights="read"), ""),
        ("W", caller("s1"), ""),
        ("W", caller("s2"), "worker:W1 worker:W2"),
        ("王", DEMO, "worker:W1"),
        ("王", caller("s1"), ""),
        ("王", caller(rights="read"), ""),
        ("王一", DEMO, ""),
        ("东区 一街", DEMO, "region:s1"),
        ("东区一街", DEMO, "region:s1"),
        ("西区 格", DEMO, "region:r1 region:r2"),
        ("西区 一街", DEMO, ""),
        ("东区 一街", caller("d2"), ""),
        ("一街 飞线", DEMO, "case:C2"),
        ("一街 飞线", caller("d1"), ""),
        ("格二 占道", DEMO, "case:C5"),
        ("格一 占道", DEMO, ""),
        ("王", caller(rights="read tracks personal"), "worker:W1"),
        ("W", caller(unit="u7"), ""),
        ("C", caller(rights="audit"), ""),
        (" ", DEMO, ""),
    ],
)
def test_search_finds_what_the_caller_may_see(tmp_path: Path, q: str, who: Caller, found: str) -> None:
    with drilled(tmp_path, NOW) as city:
        told(city)
        hits = city.drill.search(q, who)
    assert [f"{hit.kind}:{hit.id}" for hit in hits] == found.split()


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("格一", "C4 C3 C2 C1"), ("二街 格二", "C5"), ("二街格二", "C5"), ("格二 飞线", ""), ("西区 占道", "C5"),
        ("东区", "C4 C3 C2 C1"), ("北区", ""),
    ],
)
def test_a_list_narrows_by_words_of_titles_and_of_places(tmp_path: Path, q: str, found: str) -> None:
    with drilled(tmp_path, NOW) as city:
        told(city)
        assert ids(city.drill.case_lines(MONTH, q=q)) == found.split()


@pytest.mark.parametrize(
    ("q", "who", "found"),
    [
        ("人民路12号", caller(rights="read personal"), "C2 C1"),
        ("13800000002", caller(rights="read personal"), "C2"),
        ("陈静", caller(rights="read personal"), "C1"),
        ("人民路", caller("d1", rights="read personal"), ""),
        ("人民路", caller(unit="u7", rights="read personal"), "C2"),
        ("人民路", caller(), ""),
        ("13800000002", DEMO, ""),
    ],
)
def test_what_citizens_told_of_themselves_finds_a_case_for_those_who_may_read_it(
    tmp_path: Path, q: str, who: Caller, found: str
) -> None:
    with drilled(tmp_path, NOW) as city:
        city.send(raws(1, [event("accepted", 1, address="人民路12号", reporter="陈静")]))
        city.send(raws(2, [event("accepted", 2, address="人民路12号", phone="13800000002", unit="u7")]))
        city.send(raws(3, [event("accepted", 3, text="人民路12号")]))
        city.sync()
        assert [hit.id for hit in city.drill.search(q, who) if hit.kind == "case"] == found.split()


def test_a_number_beside_words_is_not_looked_for_in_titles_that_are_masked(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        city.send(raws(1, [event("accepted", 1, title="占道 13800000002")]))
        city.sync()
        asked = ("占道", "占道 138", "格一 占道", "C1 占道")
        found = [[hit.id for hit in city.drill.search(q, caller())] for q in asked]
        lines = [ids(city.drill.case_lines(MONTH, q=q, titles=False)) for q in ("占道 138", "C1 占道")]
    assert (found, lines) == ([["C1"], [], ["C1"], ["C1"]], [[], ["C1"]])


def test_names_of_workers_are_masked_for_those_who_may_not_read_them(tmp_path: Path) -> None:
    with drilled(tmp_path, NOW) as city:
        told(city)
        masked, clear = (
            city.drill.search("W1", caller()),
            city.drill.search("W1", caller(rights="read tracks personal")),
        )
    assert clear[0].title == "王"
    assert masked[0].title != "王"
