"""What is read of a city for one region holds all of its cases, whatever borders they were accepted within."""

from pathlib import Path

import pytest

from dashboard.domain.periods import LocalDays, parse_period
from dashboard.extract import Extract
from dashboard.extract.conditions import Test
from dashboard.extract.layout import LEVEL_COLUMNS
from dashboard.extract.months import KINDS, Columns, read, runs
from dashboard.extract.reading import all_cases
from dashboard.ingest.case_cache import unpack
from tests.check.cities import City, city, city_at, raws
from tests.domain.happenings import at, event
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]
DAY = 24 * 60
NOW = at(40 * DAY)
PLACES = ("m1", "r1", "r2", "s2", "d1")


def stream(number: int) -> list[bytes]:
    """One case a day, in turn in every place; some with a past."""
    minute, region = number * DAY / 2, PLACES[number % len(PLACES)]
    told = [event("accepted", minute, region=region, category="natural")]
    if number % 2:
        told += [event("suspended", minute + 10), event("resumed", minute + 20)]
    if number % 3:
        told += [event("handled", minute + 60), event("closed", minute + 90)]
    return raws(number, told)


def filled_extract(town: City) -> Extract:
    town.send([raw for number in range(60) for raw in stream(number)])
    extract = Extract(town.store, lambda: town.base, LocalDays())
    extract.refresh()
    return extract


def rows_of(columns: Columns) -> list[tuple[int, ...]]:
    return sorted(zip(*(column.tolist() for column in columns.values()), strict=True))


def test_the_part_of_a_region_holds_all_of_its_cases(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        extract = filled_extract(town)
        period = parse_period("2026")
        with extract.reading() as view:
            parts = set()
            for code, number in view.places.number.items():
                for test in (Test(LEVEL_COLUMNS[view.places.level(code)], sign, (number,)) for sign in ("=", "in")):
                    part = view.places.part([test])
                    parts.add((code, part))
                    wanted = view.rows(f"SELECT count(*), coalesce(sum(day), 0) FROM cases WHERE {test.sql}")
                    days = view.cases(period, [test])["day"]
                    assert [(len(days), int(days.sum()))] == wanted, test
            street = {name: Test("l2", "=", (view.places.number[name],)) for name in ("s1", "s2")}
            district = Test("l1", "=", (view.places.number["d1"],))
        assert {("m1", street["s1"]), ("s2", street["s2"]), ("d1", district), ("c", None)} <= parts
        assert ("r1", None) in parts, "a grid that moved has lain in two districts"
        extract.close()


def test_several_regions_share_a_part_where_one_holds_them_all(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        extract = filled_extract(town)
        with extract.reading() as view:
            number = view.places.number
            both = Test("l4", "in", (number["r1"], number["r2"]))
            inside = Test("l1", "=", (number["d2"],))
            assert view.places.part([both]) is None
            assert view.places.part([both, inside]) == inside
            assert view.places.part([Test("l2", "=", (-1,))]) is None, "no case of no street"
            assert view.places.part([Test("stage", "=", (4,))]) is None
        extract.close()


@pytest.mark.parametrize("part", [None, "s2"])
def test_months_read_together_are_those_read_one_by_one(tmp_path: Path, part: str | None) -> None:
    with city(tmp_path, NOW) as town:
        extract = filled_extract(town)
        with extract.reading() as view:
            only = None if part is None else Test("l2", "=", (view.places.number[part],))
            for kind in KINDS:
                together = read(view.connection, kind, [202610, 202611, 202612], only)
                assert [len(next(iter(one.values()))) > 0 for one in together.values()] == [True, True, False]
                for month, columns in together.items():
                    alone = read(view.connection, kind, [month], only)[month]
                    assert rows_of(columns) == rows_of(alone)
                    assert all(column.base is None for column in columns.values()), "keeps no other month in memory"
        extract.close()


def test_runs_are_of_months_that_follow() -> None:
    assert runs([202510, 202511, 202512, 202601, 202603], 3) == [[202510, 202511, 202512], [202601], [202603]]
    assert runs([], 3) == []


def test_cases_of_a_region_lie_together_in_the_file(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        extract = filled_extract(town)
        with extract.reading() as view:
            for table, day in (("cases", "day"), ("flows", "on_day"), ("spells", "day")):
                rows = view.rows(f"SELECT coalesce({day}, 0) // 100, {', '.join(LEVEL_COLUMNS)} FROM {table}")
                assert rows == sorted(rows) and len(set(rows)) > 5
        extract.close()


def test_every_case_is_read_once_chunk_by_chunk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.extract.reading.CHUNK", 2)
    with city_at(database_url, NOW) as town:
        for number in (7, 3, 9, 1, 4):
            town.send(raws(number, [event("reported", 0)]))
        for number in (9, 7, 1):
            town.send(raws(number, [event("accepted", 10)]))
        told = list(all_cases(town.store))
        ids = [unpack(fold).id for rows, _ in told for _, fold in rows]
        assert sorted(ids) == ["C1", "C3", "C4", "C7", "C9"]
        assert max(len(rows) for rows, _ in told) == 2 and told[-1][1] == 1
        if town.store.engine.dialect.name == "postgresql":
            assert ids == ["C3", "C4", "C1", "C7", "C9"], "those not accepted first"
