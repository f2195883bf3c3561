"""Ranking of all streets for any month, over a synthetic history, beside plain pandas and plain SQL over the cases.

    python benchmarks/ranking.py [--cases 1000000] [--database FILE]

Goal: at most 20 ms with one million cases, 100 ms with ten million. All three ways must name the same counts.
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboard.base_data.applying import apply_rows
from dashboard.base_data.loading import load_base_data
from dashboard.base_data.rows import RegionRow
from dashboard.config import Settings
from dashboard.domain.periods import LocalDays, first_day, plus_months
from dashboard.domain.regions import Region
from dashboard.domain.tallies import COUNTERS
from dashboard.queries.queries import Queries
from dashboard.store import Store

DISTRICTS, STREETS, GRIDS = 9, 105, 3261
MONTHS = pd.date_range("2024-11-01", "2026-10-01", freq="MS", tz="Asia/Shanghai")
NOW = int(pd.Timestamp("2026-10-20 12:00", tz="Asia/Shanghai").timestamp() * 1000)
HOUR = 3_600_000
CHUNK = 200_000
GOALS = {1_000_000: 20.0, 10_000_000: 100.0}


def regions() -> list[Region]:
    districts = [Region(f"D{n:03}", f"区{n}", 1, "C") for n in range(DISTRICTS)]
    streets = [Region(f"S{n:03}", f"街道{n}", 2, f"D{n % DISTRICTS:03}") for n in range(STREETS)]
    grids = [Region(f"G{n:04}", f"网格{n}", 4, f"S{n % STREETS:03}") for n in range(GRIDS)]
    return [Region("C", "城", 0), *districts, *streets, *grids]


def synthetic(cases: int, seed: int) -> pd.DataFrame:
    """Cases of two years: most handled in time, some late, the newest still open, some of the old ones for ever."""
    random = np.random.default_rng(seed)
    first = int(MONTHS[0].timestamp() * 1000)
    accepted = np.sort(random.integers(first, NOW, cases))
    deadline = accepted + random.integers(4, 240, cases) * HOUR
    handled = accepted + (random.exponential(40, cases) * HOUR).astype(np.int64)
    stuck = random.random(cases) < 0.005
    frame = pd.DataFrame({"grid": random.integers(0, GRIDS, cases), "accepted_at": accepted, "deadline": deadline})
    frame["handled_at"] = pd.Series(handled).where((handled < NOW) & ~stuck).astype("Int64")
    frame["closed_at"] = frame.handled_at + HOUR
    frame["closed_at"] = frame.closed_at.where(frame.closed_at < NOW)
    frame["reworked"] = ((random.random(cases) < 0.02) & frame.handled_at.notna()).astype(int)
    frame["reopened"] = ((random.random(cases) < 0.01) & frame.closed_at.notna()).astype(int)
    frame["score"] = pd.Series(random.choice([4, 3, 2, 1], cases, p=[0.6, 0.25, 0.1, 0.05])).where(
        frame.closed_at.notna()
    )
    frame["street"] = "S" + (frame.grid % STREETS).astype(str).str.zfill(3)
    frame["month"] = _months(accepted)
    frame["rated_month"] = _months(frame.closed_at.fillna(0).to_numpy(np.int64))
    return frame


def _months(instants: np.ndarray) -> np.ndarray:
    local = pd.to_datetime(instants, unit="ms", utc=True).tz_convert("Asia/Shanghai")
    return (local.year * 100 + local.month).to_numpy()


def build(path: Path, frame: pd.DataFrame) -> Store:
    """A store whose cases and tallies of months say the same."""
    store = Store(f"sqlite:///{path}")
    apply_rows(store.engine, "regions", [RegionRow(region) for region in regions()])
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA synchronous=OFF")
        for rows in _case_rows(frame):
            database.executemany(_insert_case(), rows)
        database.executemany(f"INSERT INTO tally VALUES ({','.join('?' * (3 + len(COUNTERS)))})", _tally_rows(frame))
        database.execute("ANALYZE")
    return store


COLUMNS = (
    "id", "seq", "region", "stage", "category", "channel", "unit", "title", "kind", "urgency", "tags", "accepted_at",
    "handled_at", "closed_at", "deadline", "last_at", "score", "urged", "level", "ever_handled", "ever_closed",
    "reworked", "reopened", "closed_first", "fold",
)  # fmt: skip


def _insert_case() -> str:
    return f'INSERT INTO "case" ({",".join(COLUMNS)}) VALUES ({",".join("?" * len(COLUMNS))})'


def _case_rows(frame: pd.DataFrame) -> Iterator[list[tuple[object, ...]]]:
    for start in range(0, len(frame), CHUNK):
        part = frame.iloc[start : start + CHUNK]
        ids = [f"YH{number:010}" for number in part.index]
        grid = [f"G{number:04}" for number in part.grid]
        handled, closed = part.handled_at.notna(), part.closed_at.notna()
        stage = np.select([closed, handled], [4, 3], 2).tolist()
        texts = [["0203"], ["hotline"], ["u1"], ["楼道飞线充电"], ["event"], ["normal"], [""]]
        columns = [
            ids, part.index.tolist(), grid, stage, *(text * len(part) for text in texts), part.accepted_at.tolist(),
            _nullable(part.handled_at), _nullable(part.closed_at), part.deadline.tolist(), part.accepted_at.tolist(),
            _nullable(part.score), [0] * len(part), [""] * len(part), handled.astype(int).tolist(),
            closed.astype(int).tolist(),
            part.reworked.tolist(), part.reopened.tolist(), [0] * len(part), [b""] * len(part),
        ]  # fmt: skip
        yield list(zip(*columns, strict=True))


def _nullable(column: pd.Series) -> list[object]:
    return [None if value is pd.NA or value != value else int(value) for value in column.tolist()]


def _tally_rows(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Counters of months for the city, districts, streets and grids."""
    rows: list[tuple[object, ...]] = []
    codes = {
        "C": pd.Series("C", frame.index),
        "D": "D" + (frame.grid % STREETS % DISTRICTS).astype(str).str.zfill(3),
        "S": frame.street,
        "G": "G" + frame.grid.astype(str).str.zfill(4),
    }
    for code in codes.values():
        cohort = _cohort(frame).groupby([frame.month, code]).sum().rename_axis(["period", "region"])
        rated = _ratings(frame).groupby([frame.rated_month, code]).sum().rename_axis(["period", "region"])
        wide = cohort.join(rated, how="outer").reindex(columns=list(COUNTERS)).fillna(0).astype(int)
        rows += [(int(period), region, 0, *map(int, counts)) for (period, region), *counts in wide.itertuples()]
    return sorted(rows)


def _cohort(frame: pd.DataFrame) -> pd.DataFrame:
    handled, closed = frame.handled_at.notna(), frame.closed_at.notna()
    on_time = (frame.handled_at <= frame.deadline).fillna(False).astype(bool)
    columns = {
        "accepted": True, "accepted_flow": True, "handled": handled, "handled_due": handled, "closed": closed,
        "closed_due": closed, "on_time": on_time, "late": handled & ~on_time, "ever_handled": handled,
        "ever_closed": closed, "reworked": frame.reworked, "reopened": frame.reopened,
    }  # fmt: skip
    return pd.DataFrame(columns, frame.index).astype(int).rename_axis("case")


def _ratings(frame: pd.DataFrame) -> pd.DataFrame:
    scores = {f"rated_{score}": (frame.score == score).astype(int) for score in (4, 3, 2, 1)}
    return pd.DataFrame({"rated": frame.score.notna().astype(int), **scores}, frame.index)


def plain_pandas(cases: pd.DataFrame, streets: pd.DataFrame, month: int) -> pd.DataFrame:
    """What one writes first: all cases in a data frame in memory, those of the month joined to their streets."""
    start, end = span_of(month)
    cohort = cases[(cases.accepted_at >= start) & (cases.accepted_at < end)].merge(streets, on="grid")
    rated = cases[(cases.closed_at >= start) & (cases.closed_at < end) & cases.score.notna()].merge(streets, on="grid")
    handled = cohort.handled_at.notna()
    flags = cohort.assign(
        due=handled | (cohort.deadline < NOW), on_time=cohort.handled_at <= cohort.deadline,
        closed=cohort.closed_at.notna(), handled=handled,
    )  # fmt: skip
    sums = flags.groupby("street")[["due", "on_time", "closed", "handled", "reworked", "reopened"]].sum()
    return sums.join(rated.assign(satisfied=rated.score >= 2).groupby("street").satisfied.agg(["sum", "count"]))


def span_of(month: int) -> tuple[int, int]:
    days = LocalDays()
    return days.start(first_day(month)), days.start(first_day(plus_months(month, 1)))


PLAIN_SQL = """
SELECT s.street, sum(c.handled_at IS NOT NULL OR c.deadline < :now), sum(c.handled_at <= c.deadline),
       sum(c.closed_at IS NOT NULL), sum(c.ever_handled), sum(c.reworked), sum(c.reopened)
FROM "case" c JOIN (SELECT g.code AS grid, g.parent AS street FROM region g WHERE g.level = 4) s ON s.grid = c.region
WHERE c.accepted_at >= :start AND c.accepted_at < :end GROUP BY s.street
"""


def plain_sql(database: sqlite3.Connection, month: int) -> list[tuple[object, ...]]:
    """The same in SQL over the indexed case table (without the ratings)."""
    start, end = span_of(month)
    return database.execute(PLAIN_SQL, {"now": NOW, "start": start, "end": end}).fetchall()


def timed(work: Callable[[], object], times: int) -> float:
    """Median of several runs in ms, after one that is not counted."""
    work()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return median(found)


def agree(queries: Queries, table: pd.DataFrame, database: sqlite3.Connection, month: int) -> None:
    """Stop where the three ways do not say the same."""
    ours = {row.code: (row.due_to_close, row.on_time) for row in queries.ranking("street", _text(month)).rows}
    pandas = {str(code): (int(row.due), int(row.on_time)) for code, row in table.iterrows()}
    sql = {row[0]: (row[1], row[2]) for row in plain_sql(database, month)}
    if not ours == pandas == sql:
        raise SystemExit(f"the ways disagree on {month}")


def _text(month: int) -> str:
    return f"{month // 100}-{month % 100:02}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--database", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = arguments.database or Path(directory) / "ranking.db"
        started = time.perf_counter()
        frame = synthetic(arguments.cases, seed=1)
        store = build(path, frame)
        print(
            f"{len(frame):,} cases, {path.stat().st_size / 1e6:,.0f} MB, built in {time.perf_counter() - started:.0f} s"
        )
        report(store, path, frame)
        store.close()


def report(store: Store, path: Path, frame: pd.DataFrame) -> None:
    settings = Settings()
    base = load_base_data(store.engine, settings)
    queries = Queries(store, lambda: base, settings, lambda: NOW)
    database = sqlite3.connect(path)
    cases = frame.drop(columns=["street", "month", "rated_month"])
    streets = pd.DataFrame({"grid": range(GRIDS), "street": [f"S{n % STREETS:03}" for n in range(GRIDS)]})
    print(f"{'month':8} {'ranking':>10} {'pandas':>10} {'SQL':>10} {'pandas/ours':>12} {'SQL/ours':>10}")
    for month in (202610, 202609, 202601, 202412):
        agree(queries, plain_pandas(cases, streets, month), database, month)
        ours = timed(lambda month=month: queries.ranking("street", _text(month)), 30)
        pandas = timed(lambda month=month: plain_pandas(cases, streets, month), 5)
        sql = timed(lambda month=month: plain_sql(database, month), 3)
        line = (
            f"{month:<8} {ours:>7.1f} ms {pandas:>7.1f} ms {sql:>7.1f} ms {pandas / ours:>11.1f}x {sql / ours:>9.1f}x"
        )
        goal = GOALS.get(len(frame))
        print(line + ("" if goal is None else f"  goal {goal:.0f} ms: {'met' if ours <= goal else 'MISSED'}"))


if __name__ == "__main__":
    main()
