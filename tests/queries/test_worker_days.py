"""One worker's day for one caller: scope, purpose, audit before reading, masking, what is hidden, steps of cases."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from dashboard.base_data.applying import apply_rows
from dashboard.base_data.loading import load_base_data
from dashboard.base_data.rows import ShiftRow, WorkerRow
from dashboard.config import Settings
from dashboard.domain.base import BaseData, Ring
from dashboard.domain.periods import MINUTE, LocalDays
from dashboard.domain.raster_build import RasterCache
from dashboard.domain.regions import Region, RegionTree
from dashboard.queries import worker_steps
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.queries.worker_answers import WorkerDay
from dashboard.queries.worker_days import WorkerDays
from dashboard.queries.worker_looks import VALID, create_look_table, grant, granted, purpose_text
from dashboard.queries.worker_steps import steps_by
from dashboard.security.audit import read_audit
from dashboard.security.caller import RIGHTS, Caller
from dashboard.security.scope import OutOfScope
from tests.check.cities import REGIONS, City, city, city_at, raws
from tests.domain.happenings import at, event
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]

DAYS = LocalDays()
DAY = 20261020
MIDNIGHT = DAYS.start(DAY)
NOW = MIDNIGHT + 18 * 60 * MINUTE
REAL = 1_800_000_000_000
LEADER = Caller("周", "leader", RIGHTS["leader"], id="s-1")
CENTER = Caller("钱", "center", RIGHTS["center"], id="s-2")
METRE = 1 / 91_400  # degrees of longitude about latitude 34.7


@dataclass
class Fixes:
    """A day of fixes, and a note of each time it was read."""

    time: list[int] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    reads: int = 0

    def go(self, begin: float, end: float, metres_per_minute: float = 0.0) -> "Fixes":
        """Fixes every half minute between two hours of the day, eastwards."""
        here = self.lon[-1] if self.lon else 113.6
        for number in range(round((end - begin) * 120)):
            self.time.append(MIDNIGHT + round(begin * 60 * MINUTE) + number * 30_000)
            self.lon.append(here + number * 0.5 * metres_per_minute * METRE)
            self.lat.append(34.7)
        return self


def square(west: float, east: float) -> tuple[Ring, ...]:
    return (Ring(np.array([[west, 34.69], [east, 34.69], [east, 34.71], [west, 34.71], [west, 34.69]])),)


@dataclass
class Bench:
    """A town with borders, a roster and one worker's fixes."""

    town: City
    base: BaseData
    fixes: Fixes
    settings: Settings = field(default_factory=Settings)

    def days(self) -> WorkerDays:
        return WorkerDays(
            self.town.store, lambda: self.base, self.settings, self.town.clock.now, self._track, RasterCache(),
            {"W1": "moving"}.get, lambda: REAL,
        )  # fmt: skip

    def _track(self, worker: str, day: int) -> Fixes:
        self.fixes.reads += 1
        return self.fixes if (worker, day) == ("W1", DAY) else Fixes()

    def look(self, caller: Caller = LEADER, date: str = "2026-10-20", purpose: str = "日常检查") -> WorkerDay:
        return self.days().day("W1", date, caller, purpose)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with city(tmp_path, NOW) as town:
        engine = town.store.engine
        apply_rows(engine, "workers", [WorkerRow("W1", "王小明", "r1", "专职网格员", "13800002207", "D1")])
        apply_rows(engine, "shifts", [ShiftRow("W1", 480, 720, 127), ShiftRow("W1", 840, 1090, 127)])
        base = load_base_data(engine, Settings())
        tree = base.tree
        shapes = {tree.latest["r1"]: square(113.6, 113.61), tree.latest["r2"]: square(113.61, 113.62)}
        yield Bench(town, replace(base, geometry=shapes), Fixes().go(8, 9).go(9, 11, 10).go(11, 12).go(14, 18))


def test_a_day_adds_up_and_ends_with_the_present(bench: Bench) -> None:
    day = bench.look()
    assert [(begin - MIDNIGHT, end - MIDNIGHT) for begin, end in day.shifts] == [
        (480 * MINUTE, 720 * MINUTE), (840 * MINUTE, 1080 * MINUTE),
    ]  # fmt: skip
    off = sum(span.end - span.begin for span in day.spans if span.state == "off") / MINUTE
    assert (off, day.gap, day.gaps) == (120, 0, 0)
    assert day.moving + day.still == day.inside + day.outside == 480
    assert day.moving + day.still + off + day.gap == (day.shifts[-1][1] - day.shifts[0][0]) / MINUTE
    assert 1_000 < day.distance < 1_250
    assert day.outside == pytest.approx(300 + 28.5, abs=1)  # the border is 914 m away from where 1,200 m are walked
    assert day.state == "moving"


def test_the_place_where_the_day_began_is_nowhere_in_the_answer(bench: Bench) -> None:
    day = bench.look()
    start = bench.fixes.lon[0]
    assert day.hidden == 50
    assert min(abs(lon - start) for lon in day.lon) > 50 * METRE * 0.99
    assert min(abs(stop.lon - start) for stop in day.stops) > 50 * METRE
    assert day.spans[0].state == "still"  # an hour there, told without a number
    assert [stop.number for stop in day.stops] == sorted({span.stop for span in day.spans if span.stop is not None})
    assert len(day.time) == len(day.lon) == len(day.lat) < len(bench.fixes.time)
    bench.settings = Settings(track_hidden_metres=0)
    assert (bench.look().hidden, bench.look().stops[0].begin) == (0, MIDNIGHT + 480 * MINUTE)


def test_fixes_outside_of_the_shift_are_not_shown_even_where_they_were_stored(bench: Bench) -> None:
    bench.fixes.go(18, 19, 20)
    bench.town.clock.tell(MIDNIGHT + 20 * 60 * MINUTE)
    day = bench.look()
    assert max(day.time) < MIDNIGHT + 1090 * MINUTE
    assert day.shifts[-1][1] == MIDNIGHT + 1090 * MINUTE


def test_the_own_grid_is_one_cell_where_nothing_lies_below_it(bench: Bench) -> None:
    assert [(cell.code, cell.visited) for cell in bench.look().cells] == [("r1", True)]
    assert [crumb for crumb, _ in bench.look().crumbs] == ["c", "d2", "s2", "r1"]


def test_micro_grids_of_the_own_grid_are_its_cells(bench: Bench) -> None:
    tree = RegionTree([*REGIONS, *(Region(f"k{n}", f"微{n}", 5, "r1") for n in (1, 2, 3))])
    edges = (113.6, 113.604, 113.61, 113.62)
    cells = {tree.latest[f"k{n}"]: square(edges[n - 1], edges[n]) for n in (1, 2, 3)}
    homes = np.array([tree.latest["r1"], tree.latest["r2"]], np.int32)
    shapes = {tree.latest["r1"]: square(113.6, 113.62), **cells}
    bench.base = replace(bench.base, tree=tree, geometry=shapes, workers=replace(bench.base.workers, home=homes))
    bench.fixes = Fixes().go(8, 9).go(9, 10, 12)
    day = bench.look()
    assert [(cell.code, cell.visited) for cell in day.cells] == [("k1", True), ("k2", True), ("k3", False)]
    assert {stop.region for stop in day.stops} <= {"k1", "k2"}
    assert day.outside == 0


def test_who_looks_and_why_is_written_before_a_fix_is_read(bench: Bench) -> None:
    days, engine = bench.days(), bench.town.store.engine
    seen: list[int] = []

    def track(worker: str, day: int) -> Fixes:
        seen.append(len(read_audit(engine)))
        return bench.fixes

    days._track_of = track
    days.day("W1", "2026-10-20", LEADER, " 投诉处理 ")
    (row,) = read_audit(engine)
    assert seen == [1]
    assert (row.who, row.role, row.action, row.subject, row.result, row.at) == (
        "周", "leader", "worker.track", "W1", "ok", REAL,
    )  # fmt: skip
    assert msgspec.json.decode(row.detail) == {"day": DAY, "purpose": "投诉处理"}


@pytest.mark.parametrize(
    ("caller", "worker", "date", "purpose", "problem", "written"),
    [
        (LEADER, "W1", "2026-10-20", " ", Refused, 0),
        (LEADER, "W1", "2026-10-20", "x" * 201, Refused, 0),
        (LEADER, "W1", "2026-10", "日常检查", Refused, 0),
        (LEADER, "W1", "yesterday", "日常检查", Refused, 0),
        (LEADER, "W9", "2026-10-20", "日常检查", NotFoundHere, 1),
        (LEADER, "W1", "2026-10-21", "日常检查", NotFoundHere, 1),
        (LEADER, "W1", "2026-07-21", "日常检查", NotFoundHere, 1),
        (Caller("东", "street", RIGHTS["street"], "d1"), "W1", "2026-10-20", "日常检查", NotFoundHere, 1),
        (Caller("某", "unit", RIGHTS["unit"]), "W1", "2026-10-20", "日常检查", OutOfScope, 1),
    ],
)
def test_refusals_read_nothing(
    bench: Bench, caller: Caller, worker: str, date: str, purpose: str, problem: type[Exception], written: int
) -> None:
    with pytest.raises(problem):
        bench.days().day(worker, date, caller, purpose)
    assert bench.fixes.reads == 0
    assert [row.result for row in read_audit(bench.town.store.engine)] == ["refused"] * written


def test_the_oldest_day_of_retention_is_offered(bench: Bench) -> None:
    day = bench.look(date="2026-07-22")
    assert (day.day, day.first_day, day.last_day, day.time, day.state) == (20260722, 20260722, DAY, [], None)
    assert {span.state for span in day.spans} <= {"gap", "off"}


def test_names_are_masked_for_those_without_the_right(bench: Bench) -> None:
    masked, clear = bench.look(), bench.look(CENTER)
    assert (masked.name, masked.phone) == ("王**", "138****2207")
    assert (clear.name, clear.phone) == ("王小明", "13800002207")


def test_steps_that_name_the_worker_are_listed_and_no_others(bench: Bench) -> None:
    minute = (MIDNIGHT - DAYS.start(20261012) - 8 * 60 * MINUTE) // MINUTE + 9 * 60
    town = bench.town
    town.send(raws(1, [event("accepted", minute, actor="W1"), event("checked", minute + 30, actor="W11", passed=True)]))
    town.send(raws(2, [event("accepted", minute, title='W1 "W1"'), event("handled", minute + 60, actor="W1")]))
    town.send(raws(3, [event("accepted", minute - 1440, actor="W1")]))
    town.send(raws(4, [event("accepted", minute, region="r2", actor="核查员")]))
    assert [(step.type, step.case.id) for step in bench.look().touched] == [
        ("case.accepted", "C1"), ("case.handled", "C2"),
    ]  # fmt: skip
    with town.store.read() as connection:
        assert steps_by(connection, "", 0, NOW) == []


def test_steps_on_cases_of_others_are_left_out(bench: Bench) -> None:
    minute = (MIDNIGHT - DAYS.start(20261012) - 8 * 60 * MINUTE) // MINUTE + 9 * 60
    bench.town.send(raws(1, [event("accepted", minute, region="m1", actor="W1")]))
    bench.town.send(raws(2, [event("accepted", minute, region="r2", actor="W1")]))
    narrow = Caller("西", "street", RIGHTS["street"], "s2")
    assert [step.case.id for step in bench.look(narrow).touched] == ["C2"]


def test_a_purpose_holds_for_half_an_hour_for_one_caller_and_worker(bench: Bench) -> None:
    engine = bench.town.store.engine
    create_look_table(engine)
    grant(engine, LEADER, "W1", " 案件\n核实 ", REAL)
    look = granted(engine, LEADER, "W1", REAL + VALID - 1)
    assert look is not None and (look.purpose, look.until) == ("案件 核实", REAL + VALID)
    assert granted(engine, LEADER, "W1", REAL + VALID) is None
    assert granted(engine, LEADER, "W2", REAL) is None
    assert granted(engine, CENTER, "W1", REAL) is None
    again = grant(engine, LEADER, "W1", "应急调度", REAL + 1000)
    assert granted(engine, LEADER, "W1", REAL + VALID) == again


def test_a_purpose_has_two_to_two_hundred_characters() -> None:
    assert [purpose_text(words) for words in ("", " x ", "ab", "y" * 201)] == [None, None, "ab", None]


def test_steps_and_purposes_are_the_same_on_both_databases(database_url: str) -> None:
    with city_at(database_url, at(9_000)) as town:
        town.send(raws(1, [event("accepted", 0, actor="W_1")]))
        town.clock.tell(at(20_000))
        town.send(raws(2, [event("accepted", 10_000, actor="W_1"), event("handled", 10_060, actor="Wx1")]))
        town.send(raws(3, [event("accepted", 10_030, actor="W_1 ")]))
        with town.store.read() as connection:
            found = [steps_by(connection, "W_1", at(minute), at(minute + 1440)) for minute in (0, 9_500, 15_000)]
        create_look_table(town.store.engine)
        grant(town.store.engine, LEADER, "W_1", "日常检查", REAL)
        look = granted(town.store.engine, LEADER, "W_1", REAL)
    assert [[step.case for step in steps] for steps in found] == [["C1"], ["C2"], []]
    assert look is not None and look.purpose == "日常检查"


def test_a_step_told_days_late_is_found_as_long_as_the_search_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with city(tmp_path, at(60)) as town:
        town.send(raws(1, [event("accepted", 0, actor="W1")]))
        town.clock.tell(at(3 * 1440))
        town.send(raws(2, [event("accepted", 10, actor="W1")]))
        with town.store.read() as connection:
            whole = steps_by(connection, "W1", at(0), at(30))
            monkeypatch.setattr(worker_steps, "AT_LEAST", 0)
            short = steps_by(connection, "W1", at(0), at(30))
    assert ([step.case for step in whole], [step.case for step in short]) == (["C1", "C2"], ["C1"])
