"""Building the board of a whole city from the live state, and telling the difference to the one before.

    python benchmarks/boards.py [--scale zhuzhou|baoding] [--repeat 20] [--viewers 100] [--profile]

The plain way is a board of its own for every viewer and update, sent whole, in the same run.
"""

import argparse
import cProfile
import pstats
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec
import numpy as np
import orjson

sys.path.insert(0, str(Path(__file__).parents[1]))

from dashboard.boards.build import PANELS
from dashboard.boards.patch import Board, diff
from dashboard.boards.scope import scope_of
from dashboard.config import Settings
from dashboard.domain.base import BaseData, Category, Workers
from dashboard.domain.changes import CaseRow, Changes, Inflow, Step, TallyRow, Tick
from dashboard.domain.frames import Keyframe
from dashboard.domain.periods import LocalDays, first_day, plus_days, plus_months
from dashboard.domain.regions import Region, RegionTree
from dashboard.domain.tallies import COLUMN, WIDTH
from dashboard.replica.history import day_end_counts
from dashboard.replica.state import State
from dashboard.replica.watched import Watched
from dashboard.store import DayEnd, Moment
from dashboard.store.schema import STOCKS

NOW = 1_792_486_328_000  # 2026-10-20 17:52:08 in Shanghai
SCALES = {"zhuzhou": (9, 105, 806, 3_261, 432, 321), "baoding": (24, 332, 6_210, 90_317, 2_600, 4_000)}
"""Districts, streets, communities, grids; cases a day; open cases."""


def tree(counts: tuple[int, ...]) -> RegionTree:
    """Regions spread evenly over the level above."""
    rows = [[Region("C", "市", 0)]]
    for level, count in enumerate(counts, 1):
        above = rows[-1]
        rows.append([Region(f"{level}-{n:05d}", f"区域{n}", level, above[n % len(above)].code) for n in range(count)])
    return RegionTree(region for level in rows for region in level)


def base_data(counts: tuple[int, ...]) -> BaseData:
    """A worker in every grid, a hundred categories."""
    regions = tree(counts)
    home = np.flatnonzero(regions.level == 4).astype(np.int32)
    ids = tuple(f"W{n}" for n in range(len(home)))
    workers = Workers(ids, ids, ids, ids, home, {})
    categories = {f"{n:02d}": Category(f"{n:02d}", f"类{n}") for n in range(12)}
    return BaseData(1, regions, workers=workers, categories=categories)


def live_state(name: str) -> State:
    """A state as a city of that size has it late on a working day."""
    *counts, daily, open_cases = SCALES[name]
    state = State(base_data(tuple(counts)), Settings(), 1_000_000, NOW)
    rng = np.random.default_rng(1)
    _fill_tallies(state, rng)
    _fill_cases(state, rng, daily, open_cases)
    _fill_history(state, rng)
    _fill_watched(state, rng)
    n = len(state.base.workers)
    x = rng.integers(-50_000, 50_000, n).astype(np.int32)
    states = rng.choice(np.array([0, 1, 2, 3], np.uint8), n, p=[0.05, 0.46, 0.46, 0.03])
    state.workers.apply(Keyframe(7, NOW, 1, x, x, states, np.zeros(n, np.uint8)))
    return state


def _fill_tallies(state: State, rng: np.random.Generator) -> None:
    regions = state.base.tree.regions
    days = [plus_days(state.today, -back) for back in range(30)]
    upper = [region.code for region in regions if region.level <= 2]
    state.tallies.put(TallyRow(region.code, state.month, _row(rng)) for region in regions)
    state.tallies.put(TallyRow(code, day, _row(rng)) for day in days for code in upper)


def _row(rng: np.random.Generator) -> list[int]:
    counts = rng.integers(0, 50, WIDTH)
    counts[COLUMN["handled_due"]] = counts[COLUMN["on_time"]] + 100
    return counts.tolist()


def _fill_cases(state: State, rng: np.random.Generator, daily: int, open_cases: int) -> None:
    grids = [region.code for region in state.base.tree.regions if region.level == 4]
    places = rng.integers(0, len(grids), 2 * daily + open_cases)
    ages = rng.integers(0, 47 * 3_600_000, 2 * daily)
    state.passages.put(
        CaseRow(f"P{n}", region=grids[places[n]], accepted_at=NOW - int(age), closed_at=NOW - int(age) // 3)
        for n, age in enumerate(ages)
    )
    due = rng.integers(-6, 60, open_cases)
    state.open.put(
        CaseRow(
            f"O{n}",
            region=grids[places[-n]],
            stage=1 + n % 3,
            title="楼道飞线充电",
            unit="区住建局",
            lon=105.01,
            lat=35.01,
            accepted_at=NOW - n * 60_000,
            deadline=NOW + int(due[n]) * 3_600_000 + 61_500,
        )
        for n in range(open_cases)
    )


def _fill_history(state: State, rng: np.random.Generator) -> None:
    regions = state.base.tree.regions
    codes = tuple(region.code for region in regions if region.level < 4)
    for back in range(150, 0, -1):
        counts = rng.integers(0, 99, (len(codes), len(STOCKS))).astype(np.int32)
        state.moments.add([Moment(NOW - back * 600_000 + 60_000, 1, codes, counts)])
    for day in state.compared_days():
        rows = [DayEnd(day, region.code, _row(rng), 3) for region in regions if region.level <= 2]
        ended = day_end_counts(day, rows, state.base.tree)
        assert ended is not None
        state.day_ends[day] = ended


def _fill_watched(state: State, rng: np.random.Generator) -> None:
    watched = Watched("C", None)
    grid = state.base.tree.regions[-1].code
    watched.add_steps(Step(n, NOW, "case.handled", f"O{n}", "楼道飞线充电", grid) for n in range(100))
    sizes = {"category": 12, "hour": 24, "channel": 5}
    keys = [(kind, f"{n:02d}") for kind, count in sizes.items() for n in range(count)]
    first = first_day(plus_months(state.month, -1))
    days = [*(first + n for n in range(30)), *(first_day(state.month) + n for n in range(20))]
    watched.put_inflow(Inflow("C", day, kind, key, int(rng.integers(1, 99))) for day in days for kind, key in keys)
    state.watch(watched)


def board_of(state: State) -> Board:
    """The city's board."""
    scope = scope_of(state, "")
    return {key: panel(scope) for key, panel in PANELS}


def _a_step(state: State) -> Changes:
    """One open case is handled."""
    slot = int(state.open.inside(slice(0, len(state.base.tree)))[0])
    row = state.open.row(slot)
    seq, handled = state.seq + 1, msgspec.structs.replace(row, handled_at=NOW, stage=3)
    return Changes(seq, seq, [handled], [], [], [Step(seq, NOW, "case.handled", row.id, row.title, row.region)])


def timed(call: Callable[[], object], repeat: int) -> float:
    """Median CPU milliseconds."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        call()
        times.append((time.process_time() - start) * 1000)
    return median(times)


def measure(name: str, repeat: int, viewers: int, profile: bool) -> None:
    """Print one scale."""
    state = live_state(name)
    start = time.process_time()
    first = board_of(state)
    with_ranking = (time.process_time() - start) * 1000
    building = timed(lambda: board_of(state), repeat)
    state.apply(_a_step(state))
    state.apply(Tick(NOW + 1000, state.seq, 8))
    second = board_of(state)
    telling = timed(lambda: diff(first, second), repeat)
    encoding = timed(lambda: orjson.dumps(first), repeat)
    whole, patch = len(orjson.dumps(first)), len(orjson.dumps(diff(first, second)))
    plain, here = viewers * (building + encoding), building + telling
    print(f"{name}: board {building:.2f} ms (with a new ranking {with_ranking:.1f}), difference {telling:.2f} ms, "
          f"{whole:,} B whole, {patch:,} B after a second with one case event")
    print(f"  {viewers} viewers: plain {plain:.0f} ms and {viewers * whole:,} B, here {here:.1f} ms and "
          f"{viewers * patch:,} B: {plain / here:.0f} times less work, {whole / patch:.0f} times fewer bytes")
    if profile:
        profiler = cProfile.Profile()
        profiler.runcall(lambda: [board_of(state) for _ in range(repeat)])
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def main() -> None:
    """Measure the chosen scales."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", choices=SCALES, action="append")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    assert LocalDays().day(NOW) == 20261020
    for name in options.scale or SCALES:
        measure(name, options.repeat, options.viewers, options.profile)


if __name__ == "__main__":
    main()
