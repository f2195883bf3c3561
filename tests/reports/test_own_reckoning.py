"""What the recount takes as given, reckoned otherwise over a simulated city: who stood last three months running, which
cases a list begins with, and a few rows of the rankings. Plain Python over stored cases and the words of the contract;
that a single case is judged rightly is for ``tests/check`` to say."""

import json
import random
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from pathlib import Path

import pytest

from dashboard.base_data.loading import load_base_data
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, plus_days
from dashboard.domain.ranking import DEFAULT
from dashboard.extract import Extract
from dashboard.feed.memory import MemoryFeed
from dashboard.ingest.batch import Batch
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.reports.facts_view import Books
from dashboard.reports.freeze_rules import FreezeRules
from dashboard.reports.freezing import close_period, freeze
from dashboard.reports.snapshot import Asked, Snapshot
from dashboard.store import Store
from data_sources.simulator.city import build_city
from data_sources.simulator.first_start import arrived, settle
from data_sources.simulator.scales import SCALES
from data_sources.simulator.stream import CaseStream

SHANGHAI = timezone(timedelta(hours=8))
MONTHS = ("2026-10", "2026-09", "2026-08")
DAYS = LocalDays()
NOW = DAYS.start(20261103) + 9 * 3_600_000
FEW = 30
SMALL = replace(
    SCALES["zhuzhou"], counts=(("district", 4), ("street", 12), ("community", 30), ("grid", 120)), workers=100,
    cases_per_day=75,
)  # fmt: skip
Row = dict[str, object]


@dataclass(frozen=True)
class Reckoned:
    """The frozen report of October beside the cases, the regions above each region and the ratings it came from."""

    snapshot: Snapshot
    once: Snapshot
    """The same, where standing last a single month is told already."""
    cases: list[Row]
    above: Mapping[str, Mapping[str, str]]
    ratings: list[tuple[str, str, int]]
    """(case, month, score)."""

    @cached_property
    def inside(self) -> dict[str, list[Row]]:
        """The cases of every region of any level."""
        found: dict[str, list[Row]] = {}
        for case in self.cases:
            for code in self.above[str(case["region"])].values():
                found.setdefault(code, []).append(case)
        return found

    @cached_property
    def rated(self) -> dict[tuple[str, str], list[int]]:
        """Scores by case and month."""
        found: dict[tuple[str, str], list[int]] = {}
        for case, month, score in self.ratings:
            found.setdefault((case, month), []).append(score)
        return found

    def score(self, code: str, month: str) -> tuple[Fraction, Fraction, Fraction, int] | None:
        """Score, on time, rework and cases due: the words of the contract, missing parts re-weighted."""
        here = [case for case in self.inside.get(code, []) if not case["voided_at"]]
        live = [case for case in here if _month(case["accepted_at"]) == month]
        limited = [case for case in live if case["deadline"] and (case["handled_at"] or _waits(case))]
        on_time = sum(1 for case in limited if case["handled_at"] and case["handled_at"] <= case["deadline"])
        closed = sum(1 for case in live if case["closed_at"] and case["deadline"])
        handled, was_closed = (sum(bool(case[name]) for case in live) for name in ("ever_handled", "ever_closed"))
        again = sum(bool(case["reworked"] and case["ever_handled"]) for case in live)
        back = sum(bool(case["reopened"]) for case in live)
        scores = [score for case in here for score in self.rated.get((str(case["id"]), month), [])]
        parts = [
            (45, on_time, len(limited)), (20, closed, len(limited)), (15, handled - again, handled),
            (5, was_closed - back, was_closed), (15, sum(score >= 2 for score in scores), len(scores)),
        ]  # fmt: skip
        known = [(weight, Fraction(min(n, d), d)) for weight, n, d in parts if d]
        if len(limited) < FEW:
            return None
        points = sum((weight * share for weight, share in known), Fraction(0)) / sum(weight for weight, _ in known)
        return (
            Fraction(int(points * 10_000 + Fraction(1, 2)), 100), Fraction(on_time, len(limited)),
            Fraction(again, handled) if handled else Fraction(2), len(limited),
        )  # fmt: skip

    def ranks(self, level: str, month: str) -> dict[str, int]:
        """1, 2, 2, 4: by score, on time, rework, cases due."""
        codes = {place[level] for place in self.above.values() if level in place}
        keys = {code: (-one[0], -one[1], one[2], -one[3]) for code in codes if (one := self.score(code, month))}
        return {code: 1 + sum(other < key for other in keys.values()) for code, key in keys.items()}


def _month(instant: object) -> str:
    return f"{datetime.fromtimestamp(int(str(instant)) / 1000, SHANGHAI):%Y-%m}" if instant else ""


def _open(case: Row) -> bool:
    return not case["closed_at"] and not case["voided_at"]


def _waits(case: Row) -> bool:
    """Overdue at the cut-off."""
    stands = _open(case) and not case["handled_at"] and not case["suspended_at"]
    return stands and bool(case["deadline"]) and int(str(case["deadline"])) < NOW


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reckoned]:
    file = tmp_path_factory.mktemp("city") / "yiping.db"
    store, simulated, clock = Store(f"sqlite:///{file}"), build_city(SMALL, seed=5), ToldClock(DAYS.start(20260801))
    settle(store.engine, simulated)
    base = load_base_data(store.engine, Settings())
    ingest = Ingest(store, MemoryFeed(), Settings(), clock, lambda: base)
    for day, events in CaseStream(simulated).history(DAYS.start(20260801), NOW):
        end = min(NOW, DAYS.start(plus_days(day, 1)))
        clock.tell(end)
        ingest.submit(arrived(events, end))
    ingest.submit(Batch("forgotten", NOW, list(_forgotten(base))))
    extract = Extract(store, lambda: base, DAYS)
    books = Books(store.engine, lambda: base, Settings(), lambda: NOW, extract, {DEFAULT.key: DEFAULT})
    asked, cut = Asked("month", "2026-10"), close_period(books)
    frozen = freeze(books, asked, cut), freeze(books, asked, cut, FreezeRules(bottom_periods=1))
    extract.close()
    ingest.close()
    store.close()
    yield Reckoned(*frozen, *_stored(file))


def _forgotten(base: BaseData) -> Iterator[bytes]:
    """Cases that nobody handled, the later one's time ran out earlier; two are watched, two put off."""
    category = next(code for code, one in sorted(base.categories.items()) if one.limit_minutes)
    grid = next(region.code for region in base.tree.regions if region.level == 4)
    after = {3: "case.supervised", 4: "case.supervised", 5: "case.suspended", 6: "case.suspended"}
    for number in range(7):
        when = datetime(2026, 10, 9 - number, 10, tzinfo=SHANGHAI)
        data = {"region": grid, "category": category, "title": "井盖缺失", "tags": ["三跨"]}
        yield _told(number, "case.accepted", when, data)
        if number in after:
            yield _told(number, after[number], when + timedelta(minutes=1), {})


def _told(number: int, type_: str, when: datetime, data: dict[str, object]) -> bytes:
    return json.dumps({"specversion": "1.0", "id": f"{type_}{number}", "source": "/test", "type": type_,
                       "subject": f"FORGOTTEN-{number}", "time": when.isoformat(), "data": data}).encode()  # fmt: skip


def _stored(file: Path) -> tuple[list[Row], dict[str, dict[str, str]], list[tuple[str, str, int]]]:
    with sqlite3.connect(file) as database:
        database.row_factory = sqlite3.Row
        cases = [dict(row) for row in database.execute('SELECT * FROM "case" WHERE accepted_at IS NOT NULL')]
        regions = {row["code"]: dict(row) for row in database.execute("SELECT * FROM region")}
        events = list(database.execute("SELECT case_id, type, time, raw FROM event ORDER BY case_id, time, seq"))
    return cases, {code: _above(code, regions) for code in regions}, list(_ratings(events))


def _above(code: str, regions: Mapping[str, Row]) -> dict[str, str]:
    names, found = ("city", "district", "street", "community", "grid", "microgrid"), {}
    while code:
        found[names[int(str(regions[code]["level"]))]] = code
        code = str(regions[code]["parent"] or "")
    return found


def _ratings(events: list[sqlite3.Row]) -> Iterator[tuple[str, str, int]]:
    """The last rating after each closing."""
    for case, told in groupby(events, key=lambda row: str(row["case_id"])):
        closings, last = 0, dict[int, tuple[str, str, int]]()
        for row in told:
            closings += row["type"] == "case.closed"
            if row["type"] == "case.rated" and closings:
                last[closings] = case, _month(row["time"]), int(json.loads(row["raw"])["data"]["score"])
        yield from last.values()


@pytest.mark.parametrize("level", ["district", "street", "community"])
def test_who_stood_among_the_last_three_months_running(city: Reckoned, level: str) -> None:
    told = [_last_thirds(city.ranks(level, month), city.snapshot.groups) for month in MONTHS]
    assert sorted(city.snapshot.bottom.get(level, [])) == sorted(set.intersection(*told))
    assert sorted(city.once.bottom.get(level, [])) == sorted(told[0])


def _last_thirds(ranks: Mapping[str, int], groups: Mapping[str, str]) -> set[str]:
    found = set()
    for name in {groups.get(code, "") for code in ranks}:
        members = sorted((rank, code) for code, rank in ranks.items() if groups.get(code, "") == name)
        limit = members[-min(3, len(members) // 3) :][0][0] if len(members) >= 3 else len(ranks) + 1
        found |= {code for rank, code in members if rank >= limit}
    return found


def test_somebody_stood_last_three_months_running(city: Reckoned) -> None:
    assert city.snapshot.bottom


def test_lists_begin_with_the_case_whose_time_ran_out_first(city: Reckoned) -> None:
    wanted = {
        "overdue": [case for case in city.cases if _waits(case)],
        "supervised": [case for case in city.cases if _open(case) and case["supervised_at"]],
        "suspended": [case for case in city.cases if _open(case) and case["suspended_at"]],
        "crossing": [case for case in city.cases if "三跨" in str(case["tags"]) and _there(case)],
    }
    for name, cases in wanted.items():
        listed, ends = city.snapshot.lists[name], {str(case["id"]): _end(case) for case in cases}
        assert cases and city.snapshot.fact(f"list.{name}").value == len(cases), name
        assert {line.id for line in listed} <= ends.keys(), name
        assert [ends[line.id] for line in listed] == sorted(ends.values())[: len(listed)], name
        assert len(listed) == min(len(cases), 500), name


def _there(case: Row) -> bool:
    return _open(case) or bool(case["closed_at"] and not case["voided_at"] and _month(case["accepted_at"]) == MONTHS[0])


def _end(case: Row) -> float:
    """When the time of a case runs out; what counts down no more stands behind."""
    counts = _open(case) and not case["handled_at"] and not case["suspended_at"] and case["deadline"]
    return float(str(case["deadline"])) if counts else float("inf")


@pytest.mark.parametrize("level", ["street", "community"])
def test_rows_of_rankings_picked_at_random(city: Reckoned, level: str) -> None:
    rows, ranks = city.snapshot.leagues[level].rows, city.ranks(level, MONTHS[0])
    assert {row.place.code: row.rank for row in rows if row.rank is not None} == ranks
    for row in random.Random(7).sample([row for row in rows if row.rank is not None], 6):
        found = city.score(row.place.code, MONTHS[0])
        assert found is not None
        score, on_time, rework, due = found
        assert (row.score, row.on_time_rate, row.due) == (float(score), float(on_time), due)
        assert row.rework_rate == float(rework)
