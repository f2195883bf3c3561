"""The recount agrees with every freezing, and names what is wrong in one."""

import random
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.base_data.applying import apply_rows
from dashboard.base_data.loading import load_base_data
from dashboard.base_data.rows import RegionRow
from dashboard.check import ledger_spans
from dashboard.check.ledger import Ledger
from dashboard.domain.regions import Region
from dashboard.reports.checks import Fault
from dashboard.reports.recount import Beside, recount
from dashboard.reports.snapshot import Asked, Correction, Fact, Snapshot
from tests.check.cities import SETTINGS
from tests.domain.happenings import event, streams
from tests.reports.frozen import MONTH, Frozen, frozen


def filled(town: Frozen, cases: int = 60) -> None:
    """Cases of two streets and categories: closed, late, open, suspended, rated, some with a tag."""
    for n in range(cases):
        region, category = ("r2", "natural") if n % 3 else ("r1", "work")
        told = [event("accepted", 90 * n, category=category, region=region, channel="hotline", unit=f"u{n % 2}",
                      tags=["三跨"] if n % 10 == 0 else [])]  # fmt: skip
        told += [event("handled", 90 * n + 40 * n)] if n % 4 else []
        told += [event("closed", 90 * n + 40 * n + 30), event("rated", 131 * n + 60, score=n % 4 + 1)] if n % 5 else []
        told += [event("supervised", 90 * n + 10)] if n % 7 == 0 else []
        town.send(n, told)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(streams(10), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_every_stream_of_events_is_frozen_as_it_is_recounted(told: list, chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as directory, frozen(Path(directory)) as town:
        for number, stream in enumerate(told):
            town.send(number, stream)
        asked = chance.choice([
            MONTH, Asked("week", "2026-10-12..2026-10-18"), Asked("excerpt", "2026-10", "s2"),
            Asked("notice", "2026-10-13..2026-10-20", filters={"category": "natural"}),
            Asked("notice", "2026-10", filters={"unit": "u1"}), Asked("notice", "2026-10", filters={"state": "open"}),
        ])  # fmt: skip
        assert recount(town.books, town.freeze(asked)) == []


@pytest.fixture
def snapshot(tmp_path: Path):  # type: ignore[no-untyped-def]
    with frozen(tmp_path) as town:
        filled(town)
        yield town, town.freeze()


def test_what_is_right_has_no_fault(snapshot: tuple[Frozen, Snapshot]) -> None:
    town, found = snapshot
    assert found.fact("total.accepted").value == 60
    assert recount(town.books, found) == []


@pytest.mark.parametrize("key", ["total.accepted", "total.overdue_open", "total.handling_hours", "channel.hotline",
                                 "category.work", "hour.08", "grid.r2", "list.overdue", "count.rated_4",
                                 "equation.open"])  # fmt: skip
def test_a_wrong_fact_is_named(snapshot: tuple[Frozen, Snapshot], key: str) -> None:
    town, found = snapshot
    wrong = Fact((found.facts[key].value or 0) + 1, found.facts[key].unit, found.facts[key].n, found.facts[key].d)
    faults = recount(town.books, msgspec.structs.replace(found, facts=found.facts | {key: wrong}))
    assert [fault.where for fault in faults] == [key]
    assert str(wrong.value) in faults[0].what and str(found.facts[key].value) in faults[0].what


def test_a_rate_with_another_numerator_is_named(snapshot: tuple[Frozen, Snapshot]) -> None:
    town, found = snapshot
    fact = found.fact("total.on_time_rate")
    assert fact.n is not None
    wrong = msgspec.structs.replace(fact, n=fact.n - 1)
    faults = recount(town.books, msgspec.structs.replace(found, facts=found.facts | {"total.on_time_rate": wrong}))
    assert [fault.where for fault in faults] == ["total.on_time_rate"]


def rich(town: Frozen) -> None:
    """Cases of this month, the one before and a year ago, some of them complained of again at the same place."""
    for month, start in enumerate((0, -40 * 1440, -375 * 1440)):
        for n in range(12):
            told = [event("accepted", start + 90 * n, category=("natural", "work")[n % 2], region=("r1", "r2")[n % 2],
                          channel="hotline", unit=f"u{n % 2}", lon=113.2, lat=27.8 + n % 4 / 100)]  # fmt: skip
            told += [event("handled", start + 500 * n)] if n % 4 else []
            rated = event("rated", start + 500 * n + 20, score=n % 4 + 1)
            told += [event("closed", start + 500 * n + 9), rated][: n % 3]
            town.send(100 * month + n, told)


def test_every_single_fact_is_recounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.reports.recount._MOST", 10_000)
    with frozen(tmp_path) as town:
        rich(town)
        found = town.freeze()
        assert recount(town.books, found) == []
        wrong = {key: msgspec.structs.replace(fact, value=(fact.value or 0) + 1) for key, fact in found.facts.items()}
        named = set[str]()
        for part in (True, False):  # a difference that is wrong by as much as its total agrees with it
            told = {key: fact for key, fact in wrong.items() if key.startswith("change") is part}
            faults = recount(town.books, msgspec.structs.replace(found, facts=found.facts | told))
            named |= {fault.where for fault in faults} & told.keys()
    assert {key.split(".")[0] for key in wrong} >= {"before", "year", "change", "change_year", "repeat", "crew"}
    assert found.fact("before.total.on_time_rate").value and found.fact("year.total.handling_hours").value
    assert set(wrong) - named == {"repeat.days"}


def test_a_wrong_place_that_complains_again_is_named(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        rich(town)
        found = town.freeze()
        assert found.names["repeat.1"] == "二街格一“自然时限”"
        wrong = msgspec.structs.replace(found, names=found.names | {"repeat.1": "格二“无时限”"})
        assert [fault.where for fault in recount(town.books, wrong)] == ["repeat.1.name"]


def test_a_restatement_that_is_missing_invented_or_wrong_is_named(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        filled(town)
        issued = town.freeze()
        town.send(0, [event("handled", 30)])
        found, beside = town.freeze(issued=[issued]), Beside(issued=[issued])
        assert recount(town.books, found, beside) == []
        first, *others = found.restated
        for told in (others, [msgspec.structs.replace(first, now=Fact(-1)), *others]):
            faults = recount(town.books, msgspec.structs.replace(found, restated=told), beside)
            assert [fault.where for fault in faults] == [f"restated.{first.period}.{first.key}"]
        assert {fault.where.split(".")[0] for fault in recount(town.books, found)} == {"restated"}


@pytest.mark.parametrize(("field", "value"), [("score", 99.99), ("rank", 2), ("due", 7), ("satisfaction", 0.5),
                                              ("change", 1)])  # fmt: skip
def test_a_wrong_cell_of_a_league_is_named(snapshot: tuple[Frozen, Snapshot], field: str, value: float) -> None:
    town, found = snapshot
    league = found.leagues["street"]
    row = msgspec.structs.replace(league.rows[0], **{field: value})
    changed = msgspec.structs.replace(league, rows=[row, *league.rows[1:]])
    faults = recount(town.books, msgspec.structs.replace(found, leagues=found.leagues | {"street": changed}))
    assert [fault.where for fault in faults] == [f"leagues.street.{row.place.code}.{field}"]


def test_a_wrong_count_behind_a_score_is_named(snapshot: tuple[Frozen, Snapshot]) -> None:
    town, found = snapshot
    counts = found.counts | {"unit": found.counts["unit"] | {"u1": found.counts["unit"]["u1"] | {"reworked": 5}}}
    faults = recount(town.books, msgspec.structs.replace(found, counts=counts))
    assert faults == [Fault("counts.unit.u1.reworked", "快照中为5，按事件重算为0")]


def test_a_wrong_interval_is_named(snapshot: tuple[Frozen, Snapshot]) -> None:
    town, found = snapshot
    league = found.leagues["street"]
    row = msgspec.structs.replace(league.rows[0], low=9)
    leagues = found.leagues | {"street": msgspec.structs.replace(league, rows=[row, *league.rows[1:]])}
    faults = recount(town.books, msgspec.structs.replace(found, leagues=leagues))
    assert [fault.where for fault in faults] == [f"leagues.street.{row.place.code}.interval"]


def test_a_day_without_data_that_is_not_told_is_named(snapshot: tuple[Frozen, Snapshot]) -> None:
    town, found = snapshot
    assert len(found.gaps) == 2
    faults = recount(town.books, msgspec.structs.replace(found, gaps=found.gaps[1:]))
    assert [fault.where for fault in faults] == [f"gaps.{found.gaps[0][0]}"]


def test_a_left_out_unit_a_foreign_case_and_a_day_with_data_are_named(snapshot: tuple[Frozen, Snapshot]) -> None:
    town, found = snapshot
    units = found.units
    assert units is not None
    fewer = msgspec.structs.replace(units, rows=[row for row in units.rows if row.place.code != "u1"])
    line = msgspec.structs.replace(found.lists["overdue"][0], id="C1")
    lists = found.lists | {"overdue": [line, *found.lists["overdue"][1:]]}
    wrong = msgspec.structs.replace(found, units=fewer, lists=lists, gaps=[("s2", [20261012])])
    assert {"units.u1", "list.overdue.C1", "gaps.s2"} <= {fault.where for fault in recount(town.books, wrong)}


def test_accepted_appeals_are_recounted_too(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        filled(town)
        late = next(line for line in town.freeze().lists["overdue"])
        appeal = Correction("A1", late.id, "s2", {"overdue_cohort": -1}, "不可抗力；情况属实")
        plain, found = town.freeze(), town.freeze(corrections=[appeal])
        assert found.corrections == [appeal]
        assert (found.fact("total.due_to_close").value or 0) == (plain.fact("total.due_to_close").value or 0) - 1
        assert recount(town.books, found) == []


def test_spans_of_events_are_kept_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_spans, "SPAN", 50)
    monkeypatch.setattr(ledger_spans, "PART", 5)
    with frozen(tmp_path) as town:
        filled(town)
        found, folder = town.freeze(), tmp_path / "ledger"
        assert recount(town.books, found, Beside(folder)) == []
        written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
        assert len(written) == found.cut.seq // 50 + found.cut.seq % 50 // 5
        assert recount(town.books, found, Beside(folder)) == []
        assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == written


def test_a_full_span_takes_the_place_of_its_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_spans, "SPAN", 50)
    monkeypatch.setattr(ledger_spans, "PART", 5)
    with frozen(tmp_path) as town:
        filled(town)
        seq, folder = town.freeze().cut.seq, tmp_path / "ledger"
        folder.mkdir()
        for name in ("000000000001.parquet", "000000000001-000000000050.999999999"):
            (folder / name).touch()
        with town.books.engine.connect() as connection:
            Ledger(connection, seq // 50 * 50 - 1, folder)
            assert sum(_length(path) == 5 for path in folder.iterdir()) == 9
            later = {path.name for path in folder.iterdir() if _length(path) == 50}
            Ledger(connection, seq // 50 * 50, folder)
            assert [path.name for path in folder.iterdir() if _length(path) != 50] == []
            Ledger(connection, 60, folder)
        assert later < {path.name for path in folder.iterdir()}, "an earlier cut-off takes nothing from a later one"


def _length(path: Path) -> int:
    first, last = path.stem.split("-")
    return int(last) - int(first) + 1


def test_a_span_of_another_database_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_spans, "SPAN", 50)
    for name, cases in (("a", 60), ("b", 40)):
        (tmp_path / name).mkdir()
        with frozen(tmp_path / name) as town:
            town.send(1000 + cases, [event("accepted", 1)])
            filled(town, cases)
            assert recount(town.books, town.freeze(), Beside(tmp_path / "ledger")) == []


def test_a_region_without_streets_has_gaps_of_its_own(tmp_path: Path) -> None:
    """Else a district of which nothing is known would be told to have data on every day."""
    with frozen(tmp_path) as town:
        apply_rows(town.town.store.engine, "regions", [RegionRow(Region("d3", "新区", 1, "c"))])
        town.town.base = load_base_data(town.town.store.engine, SETTINGS)
        town.send(30, [event("accepted", 60, region="d3")])
        found = town.freeze(Asked("week", "2026-10-12..2026-10-18", "d3"))
        assert found.gaps == [("d3", [*range(20261013, 20261019)])]
        assert recount(town.books, found) == []
