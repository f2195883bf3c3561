from pathlib import Path

import pytest

from dashboard.queries.cases import CaseFilters, decode_cursor, encode_cursor
from dashboard.queries.errors import Refused
from dashboard.queries.queries import Queries
from tests.check.cities import SETTINGS, City, city, raws
from tests.domain.happenings import at, event

NOW = at(2_000)


def queries_of(town: City) -> Queries:
    return Queries(town.store, lambda: town.base, SETTINGS, town.clock.now)


def test_pages_hold_each_case_once_though_cases_are_added_meanwhile(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        queries = queries_of(town)
        for number in range(25):
            town.send(raws(number, [event("accepted", number // 2)]))
        seen, cursor = [], ""
        while True:
            page = queries.cases(CaseFilters(), cursor, 7)
            seen += [case.id for case in page.cases]
            town.send(raws(100 + len(seen), [event("accepted", 1500)]))
            if page.next is None:
                break
            cursor = page.next
    assert len(seen) == 25
    assert sorted(seen) == sorted(f"C{number}" for number in range(25))


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (CaseFilters(), ["C5", "C4", "C3", "C2", "C1"]),
        (CaseFilters(state="open"), ["C5", "C3", "C2"]),
        (CaseFilters(state="overdue"), ["C2"]),
        (CaseFilters(state="suspended"), ["C3"]),
        (CaseFilters(state="supervised"), ["C5"]),
        (CaseFilters(state="closed"), ["C1"]),
        (CaseFilters(state="void"), ["C4"]),
        (CaseFilters(state="unaccepted"), ["C6"]),
        (CaseFilters(category="nat"), ["C3", "C2", "C1"]),
        (CaseFilters(category="%"), []),
        (CaseFilters(channel="hotline"), ["C5"]),
        (CaseFilters(unit="u7"), ["C5"]),
        (CaseFilters(region="s2"), ["C5"]),
        (CaseFilters(period="2026-10-12"), ["C5", "C4", "C3", "C2", "C1"]),
        (CaseFilters(period="2026-11"), []),
    ],
)
def test_filters(tmp_path: Path, filters: CaseFilters, ids: list[str]) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 1, category="natural"), event("closed", 2)]))
        town.send(raws(2, [event("accepted", 2, category="natural")]))
        town.send(raws(3, [event("accepted", 3, category="natural"), event("suspended", 4)]))
        town.send(raws(4, [event("accepted", 4), event("cancelled", 5)]))
        told = event("accepted", 5, region="r2", channel="hotline", unit="u7")
        town.send(raws(5, [told, event("supervised", 6)]))
        town.send(raws(6, [event("reported", 6)]))
        assert [case.id for case in queries_of(town).cases(filters).cases] == ids


def test_a_cursor_survives_any_id() -> None:
    found = decode_cursor(encode_cursor(17, "案件/一 'x'"))
    assert (found.at, found.id) == (17, "案件/一 'x'")


@pytest.mark.parametrize("text", ["!!", "e30", "bnVsbA", "é"])
def test_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(Refused):
        decode_cursor(text)


def test_a_timeline_stands_in_the_order_that_counts(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("closed", 30)]))
        town.send(raws(1, [event("accepted", 0), event("dispatched", 10)]))
        found = queries_of(town).case("C1")
    assert found is not None
    assert [step.type for step in found.events] == ["case.accepted", "case.dispatched", "case.closed"]
    assert [step.seq for step in found.events] == [2, 3, 1]
