"""Server time of region pages over millions of cases, with and without filters, beside plain SQL over the case rows.

    python benchmarks/drilldown.py --data DIR [--cases 1000000] [--pages 200] [--tenfold] [--profile PART]

A page is what ``/region`` asks: indicators, comparisons, regions below, breakdown, the first open cases, the league of
the level below. Regions and periods are drawn evenly by level and kind, so that every fifth page is of the whole city.
Goals (p95 of a page): 150 ms unfiltered and 1 s filtered with one million cases, 300 ms unfiltered with ten million.
With ``--tenfold`` every case stands ten times in the extract: stored tallies do not grow with cases, the extract does.
"""

import argparse
import cProfile
import pstats
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import duckdb
import msgspec
import numpy as np
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.filled_city import NOW, filled
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, parse_period, plus_days
from dashboard.extract import Extract
from dashboard.extract.layout import LEVEL_COLUMNS
from dashboard.extract.reading import CHUNK
from dashboard.queries.drill import Drill
from dashboard.queries.queries import Queries
from dashboard.queries.scores import Scores
from dashboard.queries.selection import Selection
from dashboard.security.caller import DEMO
from dashboard.store import Store

PERIODS = (
    "2026-10-20", "2026-10", "2026-09", "2026-Q3", "2026-Q4", "2026", "2025", "2026-10-05..2026-10-18", "2025-11",
)  # fmt: skip
FILTERS = (
    {"category": "03"}, {"category": "0304"}, {"channel": "hotline"}, {"unit": "u007"}, {"state": "closed"},
    {"state": "overdue"}, {"hour": "09"}, {"weekday": "6"}, {"category": "05", "channel": "grid"},
)  # fmt: skip

Asked = tuple[Selection, Callable[[Selection], object]]


class Times:
    """Milliseconds by part."""

    def __init__(self) -> None:
        self.of: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        began, cpu = time.perf_counter(), time.process_time()
        yield
        self.of.setdefault(name, []).append((time.perf_counter() - began) * 1000)
        self.cpu.setdefault(name, []).append((time.process_time() - cpu) * 1000)

    def told(self, title: str) -> None:
        """Print the table."""
        print(f"\n{title}\n{'part':14}{'p50':>9}{'p95':>9}{'max':>9}  ms{'CPU p50':>11}{'p95':>9}  ms")
        for name, found in self.of.items():
            cpu = self.cpu[name]
            wall = f"{median(found):9.1f}{np.percentile(found, 95):9.1f}{max(found):9.1f}"
            print(f"{name:14}{wall}{median(cpu):15.1f}{np.percentile(cpu, 95):9.1f}")


def selections(base: BaseData, pages: int, filtered: bool) -> list[Selection]:
    """Random regions of every level and periods of every kind."""
    chance, tree = random.Random(7), base.tree
    levels = [[region.code for region in tree.regions if region.level == level] for level in (0, 1, 2, 3, 4)]
    found = [Selection(chance.choice(chance.choice(levels)), chance.choice(PERIODS)) for _ in range(pages)]
    if not filtered:
        return found
    return [msgspec.structs.replace(one, **chance.choice(FILTERS)) for one in found]


def ask_page(times: Times, drill: Drill, scores: Scores, asked: Selection) -> None:
    """One region page, part by part."""
    parts: dict[str, Callable[[], object]] = {
        "kpis": lambda: drill.kpis(asked),
        "compared": lambda: drill.compared(asked),
        "children": lambda: drill.children(asked),
        "breakdown": lambda: drill.breakdown(asked),
        "open cases": lambda: drill.case_lines(
            msgspec.structs.replace(asked, state=asked.state or "open"), sort="deadline", limit=20
        ),
        "league": lambda: scores.league("", asked.period, asked.region, "", DEMO),
    }
    with times.part("page"):
        for name, ask in parts.items():
            with times.part(name):
                ask()


def plain_page(store: Store, base: BaseData, days: LocalDays, asked: Selection) -> None:
    """The figures of a page by SQL over the case rows: what one writes first. No comparisons, no stages, no league."""
    tree, period = base.tree, parse_period(asked.period)
    node = tree.latest[asked.region]
    with store.read() as connection:
        for child in [node, *tree.children(node)]:
            codes = ",".join(f"'{tree.regions[n].code}'" for n in range(child, int(tree.end[child])))
            where = f"region IN ({codes}) AND accepted_at >= :first AND accepted_at < :last"
            span = {"first": days.start(period.first), "last": days.start(plus_days(period.last, 1)), "now": NOW}
            sums = "count(*), sum(closed_at IS NOT NULL), sum(handled_at <= deadline), sum(handled_at IS NULL AND "
            connection.execute(text(f'SELECT {sums} deadline < :now) FROM "case" WHERE {where}'), span).all()
            if child == node:
                for by in ("channel", "substr(category, 1, 2)", "accepted_at / 3600000 % 24"):
                    connection.execute(text(f'SELECT {by}, count(*) FROM "case" WHERE {where} GROUP BY 1'), span).all()


def multiply(source: Path, target: Path) -> None:
    """Copy an extract with every row ten times, each copy under a key of its own, in the order that it is built in: by
    chunks of acceptance, within one by month and region."""
    copied = target.with_suffix(".part")
    copied.unlink(missing_ok=True)
    shutil.copy(source, copied)
    with duckdb.connect(str(copied), config={"threads": 2, "memory_limit": "4GB"}) as connection:
        many = "SELECT * REPLACE (key + copy AS key) FROM {table}, range(10) AS copies(copy)"
        for table, at in (("cases", "accepted_at"), ("flows", "on_day"), ("spells", "day"), ("open_cases", "day")):
            first = f"row_number() OVER (ORDER BY {at}) // {CHUNK}"
            order = ", ".join((first, "on_day // 100" if table == "flows" else "day // 100", *LEVEL_COLUMNS))
            connection.execute(f"CREATE TABLE many AS {many.format(table=table)} ORDER BY {order}")
            connection.execute(f"DROP TABLE {table}")
            connection.execute(f"ALTER TABLE many RENAME TO {table}")
    copied.rename(target)


def main() -> None:
    """Fill or open, build or open the extract, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--plain", type=int, default=5)
    parser.add_argument("--tenfold", action="store_true")
    parser.add_argument("--profile", default="")
    asked = parser.parse_args()
    store, base = filled(asked.data, asked.cases)
    days, settings = LocalDays(), Settings()
    began = time.perf_counter()
    file = asked.data / ("tenfold.duckdb" if asked.tenfold else "extract.duckdb")
    if asked.tenfold and not file.exists():
        multiply(asked.data / "extract.duckdb", file)
    extract = Extract(store, lambda: base, days, file)
    built = not extract.ready
    extract.refresh()
    took = time.perf_counter() - began
    print(f"extract {'built' if built else 'opened'} in {took:.1f} s, {asked.cases / took:,.0f} cases/s")
    print(f"{file.stat().st_size / asked.cases / (10 if asked.tenfold else 1):.0f} bytes a case")
    queries = Queries(store, lambda: base, settings, lambda: NOW)
    drill = Drill(store, lambda: base, settings, lambda: NOW, extract, queries)
    scores = Scores(store, lambda: base, settings, lambda: NOW, queries, extract=extract)
    if asked.profile:
        with cProfile.Profile(time.process_time) as profile:
            ask = getattr(drill, asked.profile)
            for one in selections(base, asked.pages, False):
                ask(one)
        pstats.Stats(profile).sort_stats("cumtime").print_stats(30)
        return
    for title, filtered in (("unfiltered", False), ("filtered", True)):
        times = Times()
        for one in selections(base, asked.pages, filtered):
            ask_page(times, drill, scores, one)
        times.told(f"{title}, {asked.cases:,} cases, {asked.pages} pages")
    times = Times()
    for one in selections(base, asked.plain, False):
        with times.part("plain SQL"):
            plain_page(store, base, days, one)
    times.told("plain SQL over case rows")


if __name__ == "__main__":
    main()
