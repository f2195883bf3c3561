from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard.base_data.workdays import working_days
from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import RegionTree
from dashboard.domain.work_time import WorkClock
from dashboard.reports.office_settings import Office, Schedule
from dashboard.reports.opening import Remembered
from dashboard.reports.schedule import AGAIN, Scheduler, due, due_at
from dashboard.reports.snapshot import Asked
from dashboard.store import Store
from tests.check.cities import city as town_of

ZONE = "Asia/Shanghai"
DAYS = LocalDays(ZONE)
WORKS = WorkClock(DAYS, ((510, 720),), working_days({}, True)).works


def local(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


def said(at: int) -> str:
    return DAYS.local(at).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("rules", "last", "wanted"),
    [
        (Schedule(day=3), 20261031, "2026-11-03 08:30"),
        (Schedule(day=3, time="07:05"), 20260930, "2026-10-08 07:05"),  # 国庆假期 1..7
        (Schedule(day=3, rest="same"), 20260930, "2026-10-03 08:30"),
        (Schedule(day=3, rest="previous"), 20260831, "2026-09-03 08:30"),
        (Schedule(day=5, rest="previous"), 20261130, "2026-12-04 08:30"),
        (Schedule(day=3, rest="previous"), 20260930, "2026-10-08 08:30"),  # never inside the period
        (Schedule(day=1, count="work"), 20260930, "2026-10-08 08:30"),
        (Schedule(day=3, count="work"), 20260930, "2026-10-10 08:30"),  # 10 October is a make-up Saturday
        (Schedule(day=1), 20260131, "2026-02-02 08:30"),
    ],
)
def test_the_day_after_the_month(rules: Schedule, last: int, wanted: str) -> None:
    assert said(due_at("month", last, rules, DAYS, WORKS)) == wanted


def test_a_week_has_a_weekday_of_its_own() -> None:
    rules = Schedule(day=20, weekday=2)
    assert said(due_at("week", 20261101, rules, DAYS, WORKS)) == "2026-11-03 08:30"
    assert said(due_at("week", 20260927, Schedule(weekday=4), DAYS, WORKS)) == "2026-10-08 08:30"


def test_a_day_without_half_an_hour_of_its_own_has_an_instant_all_the_same() -> None:
    """02:30 does not exist in Berlin on 29 March 2026."""
    days = LocalDays("Europe/Berlin")
    at = due_at("month", 20260228, Schedule(day=28, time="02:30", rest="same"), days, WORKS)
    assert days.day(at) == 20260328
    assert days.day(due_at("week", 20260322, Schedule(weekday=7, time="02:30", rest="same"), days, WORKS)) == 20260329


def test_what_is_due_between_two_instants() -> None:
    def found(since: str, now: str, kind: str = "month") -> list[str]:
        return list(due(kind, local(since), local(now), Schedule(), DAYS, WORKS))

    assert found("2026-11-01", "2026-11-03T08:29:59") == []
    assert found("2026-11-01", "2026-11-03T08:30") == ["2026-10"]
    assert found("2026-08-20", "2026-11-03T11:00") == ["2026-10", "2026-09", "2026-08"]
    assert found("2025-12-01", "2026-11-03T11:00", "quarter") == ["2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4"]
    assert found("2026-01-04", "2026-01-06T08:00", "year") == ["2025"]  # 4 January is a make-up Sunday
    assert found("2026-11-02", "2026-11-02T08:30", "week") == ["2026-10-26..2026-11-01"]
    assert len(found("2001-01-01", "2026-11-03T11:00")) == 24


@dataclass
class Times:
    """A store, clocks that are told, and the periods that were made."""

    store: Store
    base: BaseData
    office: Office = field(default_factory=Office)
    now: int = local("2026-11-01T00:00")
    real: int = 1
    done: list[str] = field(default_factory=list)
    broken: bool = False

    def scheduler(self) -> Scheduler:
        return Scheduler(
            self.store, lambda: self.base, ZONE, lambda: self.now, lambda: self.real, lambda: self.office,
            lambda asked: f"{asked.kind} {asked.period}" in self.done, self.make,
        )  # fmt: skip

    def make(self, asked: Asked) -> None:
        if not self.broken:
            self.done.append(f"{asked.kind} {asked.period}")

    def look(self, text: str, scheduler: Scheduler | None = None) -> list[str]:
        self.now = local(text)
        self.real += AGAIN
        return [one.period for one in (scheduler or self.scheduler()).look()]


@pytest.fixture
def times(tmp_path: Path) -> Iterator[Times]:
    with town_of(tmp_path, 0) as town:
        yield Times(town.store, replace(town.base, workdays=working_days({}, True)))


def test_the_first_look_makes_the_last_complete_month_and_no_older_one(times: Times) -> None:
    assert times.look("2026-11-10T09:00") == ["2026-10"]
    assert times.look("2026-11-10T09:01") == []


def test_each_month_once_whoever_looks(times: Times) -> None:
    one, two = times.scheduler(), times.scheduler()
    assert times.look("2026-10-20T00:00", one) == ["2026-09"]
    assert times.look("2026-11-03T08:30", one) == ["2026-10"]
    assert times.look("2026-11-03T08:30", two) == []
    assert times.look("2026-11-04T08:30", times.scheduler()) == []


def test_three_hours_of_downtime_over_the_date(times: Times) -> None:
    assert times.look("2026-10-20T00:00") == ["2026-09"]
    assert times.look("2026-11-03T06:00") == []
    assert times.look("2026-11-03T11:00") == ["2026-10"]


def test_an_outage_of_months_is_made_up_for_in_order(times: Times) -> None:
    assert times.look("2026-08-20T00:00") == ["2026-07"]
    assert times.look("2026-12-20T00:00") == ["2026-08", "2026-09", "2026-10", "2026-11"]


def test_what_came_to_nothing_is_tried_again_after_a_while(times: Times) -> None:
    scheduler, times.broken = times.scheduler(), True
    assert times.look("2026-11-10T09:00", scheduler) == ["2026-10"]
    times.real += 1 - AGAIN
    assert times.look("2026-11-10T09:01", scheduler) == []
    assert times.look("2026-11-10T09:20", scheduler) == ["2026-10"]


def test_a_kind_that_is_turned_on_later_begins_with_its_last_period(times: Times) -> None:
    assert times.look("2026-09-10T09:00") == ["2026-08"]
    times.office = Office(schedule=Schedule(kinds=("month", "week", "quarter", "year")))
    found = times.look("2026-11-10T09:00")
    assert found == ["2025", "2026-Q3", "2026-11-02..2026-11-08", "2026-09", "2026-10"]


def test_levels_and_model_are_the_offices(times: Times) -> None:
    asked: list[Asked] = []
    times.office = Office(levels=("street",), model="patrol")
    scheduler = times.scheduler()
    scheduler.make = asked.append
    times.look("2026-11-10T09:00", scheduler)
    assert asked == [Asked("month", "2026-10", levels=("street",), model="patrol")]


def test_without_regions_nothing_is_due(times: Times) -> None:
    times.base = replace(times.base, tree=RegionTree([]))
    assert times.look("2026-11-10T09:00") == []


def test_settings_are_read_again_when_they_change_and_wrong_ones_take_nothing_away(tmp_path: Path) -> None:
    office = Remembered(tmp_path)
    assert office().public and office().appeal_days == 3
    (tmp_path / "reports.toml").write_text("public = false\nappeal_days = 5\n", encoding="utf-8")
    assert (office().public, office().appeal_days) == (False, 5)
    (tmp_path / "reports.toml").write_text("public = maybe", encoding="utf-8")
    assert (office().public, office().appeal_days) == (False, 5)
    assert not Remembered(tmp_path)().public
