"""The months that are kept as arrays are those of the tables, whatever changes and whoever still looks at earlier."""

from pathlib import Path
from threading import Event

import duckdb
import numpy as np
import pytest

from dashboard.domain.periods import parse_period
from dashboard.extract import View
from dashboard.extract.conditions import Test
from dashboard.extract.months import NEVER, Columns, Kind, Part
from dashboard.extract.slices import Slices
from tests.check.cities import city, raws
from tests.domain.happenings import event
from tests.extract.test_extract import NOW, extract_of

PERIODS = ("2026-10", "2026-10-12", "2026-09-28..2026-10-13", "2026", "2025")
TESTS = (
    Test("stage", "between", (1, 3)), Test("stage", "=", (4,)), Test("waiting", "<", (NEVER,)),
    Test("suspended", "true"), Test("l0", "in", ()), Test("stage", "in", (1, 4)),
)  # fmt: skip


def agree(view: View) -> None:
    """Slices and SQL choose the same cases under every condition and period."""
    for text in PERIODS:
        period = parse_period(text)
        for tests in [(), *((one,) for one in TESTS), TESTS[:2]]:
            where = " AND ".join(["day BETWEEN ? AND ?", *(one.sql for one in tests)])
            query = f"SELECT count(*), coalesce(sum(day), 0), coalesce(sum(closed), 0) FROM cases WHERE {where}"
            found = view.cases(period, tests)
            counts = (len(found["day"]), int(found["day"].sum()), int(found["closed"].sum()))
            assert view.rows(query, (period.first, period.last)) == [counts], (text, tests)


def test_slices_follow_the_tables(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract = extract_of(town)
        extract.refresh()
        with extract.reading() as earlier:
            assert len(earlier.cases(parse_period("2026-10"), ())["day"]) == 1
            town.send(raws(2, [event("accepted", 3), event("suspended", 5)]))
            town.send(raws(1, [event("handled", 10), event("closed", 20)]))
            extract.refresh()
            with extract.reading() as now:
                agree(now)
                assert sorted(now.cases(parse_period("2026-10"), ())["closed"].tolist()) == [0, 1]
            agree(earlier)
            assert earlier.cases(parse_period("2026-10"), ())["closed"].tolist() == [0], "as it was then"
        with extract.reading() as now:
            agree(now)
        extract.close()


def counted(monkeypatch: pytest.MonkeyPatch, reads: list[int]) -> None:
    """Every month read is noted, and takes 100 bytes."""

    def read(_: object, kind: Kind, months: list[int], part: Part) -> dict[int, Columns]:
        reads.extend(months)
        return {month: {"day": np.zeros(25, np.int32)} for month in months}

    monkeypatch.setattr("dashboard.extract.slices.read", read)


def ask(slices: Slices, *months: int, seq: int = 1, part: Part = None) -> None:
    """What a view asks for."""
    assert len(slices.months(duckdb.connect(), seq, ("cases",), months, part)) == len(months)


def test_a_month_is_read_once_until_a_case_of_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    counted(monkeypatch, reads)
    slices = Slices()
    for seq in (5, 6, 7):
        ask(slices, 202610, seq=seq)
    assert reads == [202610]
    slices.changed({202610}, 8)
    ask(slices, 202610, seq=7)  # a view from before that commit: read, and not kept for later ones
    ask(slices, 202610, seq=8)
    ask(slices, 202610, seq=9)
    assert reads == [202610] * 3
    slices.clear()
    ask(slices, 202610, seq=9)
    assert len(reads) == 4


def test_the_month_asked_for_longest_ago_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    counted(monkeypatch, reads)
    slices = Slices(most_bytes=200)
    for month in (1, 2, 1, 3, 1, 2):
        ask(slices, month)
    assert reads == [1, 2, 3, 2]


def test_months_are_read_before_somebody_asks_while_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    counted(monkeypatch, reads)
    slices = Slices(most_bytes=300)
    assert slices.empty
    for month in (12, 11, 10, 9, 8):
        slices.read_ahead(duckdb.connect(), 1, ("cases", month, None))
    assert reads == [12, 11, 10], "240 bytes are room for the third, not for the fourth"
    ask(slices, 7)
    for month in (12, 11, 7):
        ask(slices, month)
    assert reads == [12, 11, 10, 7], "the last one read ahead went first"


def test_a_part_is_cut_out_of_its_month_where_that_lies_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    counted(monkeypatch, reads)
    slices, street = Slices(), Test("l2", "=", (7,))
    ask(slices, 202610)
    ask(slices, 202609, 202610, part=street)
    assert reads == [202610, 202609]
    slices.changed({202610}, 2)
    ask(slices, 202609, 202610, seq=2, part=street)
    assert reads == [202610, 202609, 202610], "the whole month was another then"
    assert slices.stale() == [("cases", 202610, None)], "and is wanted"
    ask(slices, 202609, seq=2)
    assert reads[3:] == [202609], "a part is not the whole"


def test_only_what_was_asked_for_is_read_again(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract, stop = extract_of(town), Once()
        extract.run(stop)
        slices = extract._slices
        town.send(raws(1, [event("handled", 10)]))
        extract.run(stop.again())
        assert slices.stale() == [], "nobody asked"
        with extract.reading() as view:
            assert view.cases(parse_period("2026-10"), ())["handled"].tolist() == [1]
        town.send(raws(1, [event("closed", 20)]))
        extract.refresh()
        assert slices.stale() == [("cases", 202610, None)]
        extract.run(stop.again())
        assert slices.stale() == []
        extract.close()


def test_nothing_is_read_ahead_before_its_time(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0)]))
        extract, stop = extract_of(town), Once()
        extract.run(stop, ahead_after=3600)
        assert extract.ready and extract._slices.empty
        extract.run(stop.again())
        assert not extract._slices.empty
        extract.close()


class Once(Event):
    """Lets a loop go round once."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True

    def again(self) -> "Once":
        self.clear()
        return self
