"""How the cases accepted in a period came in, where they stand and how long they took.

Stages, levels and times are of the cohort, void cases left out; what came in by channel, category and hour counts void
cases too, so that its sum is the tile 受理数.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.base import Category
from dashboard.domain.periods import Period
from dashboard.domain.regions import FOREVER, LEVELS
from dashboard.extract.layout import STAGE_MINUTES
from dashboard.extract.slices import NEVER, UNKNOWN, Columns
from dashboard.extract.words import Words
from dashboard.queries.drill_answers import Bar, LevelFunnel, Passed, StageTime, TrendPoint

DAYS_SHOWN = 93
"""Longest period (days) whose trend has a point for each day; longer ones have one for each month."""

COUNTED = 20_000
"""From so many cases on it is faster to count every minute than to put them in order: 2 ms for a year against 8."""


def funnel(cohort: Columns) -> list[Passed]:
    """How far the cases have come. One that is handled has been dispatched, whether that was told or not; a closed one
    is handled. Rated are closed cases with a rating."""
    accepted, closed = cohort["accepted"] == 1, cohort["closed"] == 1
    passed = {
        "accepted": accepted,
        "dispatched": accepted & cohort["sent"].astype(np.bool_),
        "handled": cohort["handled"] == 1,
        "closed": closed,
        "rated": closed & cohort["rated"].astype(np.bool_),
    }
    return [Passed(stage, int(np.count_nonzero(those))) for stage, those in passed.items()]


def stage_times(cohort: Columns) -> list[StageTime]:
    """Median and 90th percentile of each stage, exact to the minute (nearest rank)."""
    accepted = cohort["accepted"] == 1
    return [_stage_time(stage, cohort[stage][accepted]) for stage in STAGE_MINUTES]


def _stage_time(stage: str, minutes: NDArray[np.integer]) -> StageTime:
    passed = minutes[minutes != UNKNOWN]
    n = len(passed)
    if not n:
        return StageTime(stage, 0, None, None)
    ranks = [-(-n * percent // 100) for percent in (50, 90)]
    if n < COUNTED:
        middle, far = np.partition(passed, [rank - 1 for rank in ranks])[[rank - 1 for rank in ranks]]
    else:
        middle, far = np.searchsorted(np.cumsum(np.bincount(passed)), ranks)
    return StageTime(stage, n, float(middle), float(far))


def levels(cohort: Columns) -> list[LevelFunnel]:
    """Escalation by level, the deepest first; levels that no case came to are absent.

    A case begins at the level of the region it was placed in, is reported up to ``top`` (``extract.columns.top_of``)
    and passes the levels between. It is handled ``here`` at its top.
    """
    counted = (cohort["accepted"] == 1) & (cohort["began"] >= 0)
    began, top, done = (cohort[name][counted].astype(np.intp) for name in ("began", "top", "handled"))
    ways = np.bincount(began * len(LEVELS) + top, minlength=len(LEVELS) ** 2).reshape(len(LEVELS), -1)
    handled = np.bincount(top, done, len(LEVELS)).astype(int).tolist()
    here = ways.sum(axis=0).tolist()
    reached = [int(ways[level:, : level + 1].sum()) for level in range(len(LEVELS))]
    rows = zip(LEVELS, reached, here, handled, strict=True)
    return [LevelFunnel(*row) for row in reversed(list(rows)) if row[1]]


def heat(cohort: Columns) -> list[list[int]]:
    """Acceptances by weekday (Monday first) and local hour, 7 rows of 24."""
    cells = (cohort["weekday"].astype(np.intp) - 1) * 24 + cohort["hour"]
    rows: list[list[int]] = np.bincount(cells, minlength=7 * 24).reshape(7, 24).tolist()
    return rows


def bars(cohort: Columns, column: str, words: Words, name: Callable[[str], tuple[str, str]]) -> list[Bar]:
    """Acceptances by a text column, most first; ``name`` gives the names (zh, en) of a key."""
    counts = np.bincount(cohort[column])
    numbers = np.flatnonzero(counts)
    ordered = numbers[np.argsort(-counts[numbers], kind="stable")].tolist()
    keys = ((words.text(number), int(counts[number])) for number in ordered)
    return [Bar(key, *name(key), n) for key, n in keys]


def hour_bars(rows: list[list[int]]) -> list[Bar]:
    """All 24 hours out of ``heat``."""
    return [Bar(f"{hour:02d}", f"{hour:02d}", f"{hour:02d}", sum(row[hour] for row in rows)) for hour in range(24)]


def weekday_bars(rows: list[list[int]]) -> list[Bar]:
    """All seven weekdays out of ``heat``; ``1`` is Monday."""
    return [Bar(str(day), str(day), str(day), sum(row)) for day, row in enumerate(rows, 1)]


def trend(cohort: Columns, period: Period, now: int) -> list[TrendPoint]:
    """Cohort counts by local day of acceptance, by month for periods of more than ``DAYS_SHOWN`` days; none is left
    out between the first and the last with cases. ``now`` (epoch ms) tells what is overdue."""
    days = list(period.days())
    per = 1 if len(days) <= DAYS_SHOWN else 100
    keys = cohort["day"].astype(np.intp) // per
    first = int(keys.min(initial=FOREVER))
    place, counts = keys - first, np.bincount(keys - first)
    found = np.flatnonzero(counts)
    waiting = cohort["waiting"]
    late, pending = waiting < now, (waiting >= now) & (waiting != NEVER)
    sums = [
        np.bincount(place, weights)[found].astype(int).tolist()
        for weights in (cohort["accepted"], cohort["closed"], cohort["handled_due"] + late, cohort["on_time"], pending)
    ]
    points = {day: TrendPoint(day, *row) for day, *row in zip((found + first).tolist(), *sums, strict=True)}
    between = dict.fromkeys(day // per for day in days if points and min(points) <= day // per <= max(points))
    return [points.get(day) or TrendPoint(day, 0, 0, 0, 0) for day in between]


def category_names(categories: Mapping[str, Category]) -> Callable[[str], tuple[str, str]]:
    """Names of categories; one that is not known stands for itself."""

    def name(key: str) -> tuple[str, str]:
        found = categories.get(key)
        return (key, key) if found is None else (found.name, found.name_en or found.name)

    return name


def own_name(key: Any) -> tuple[str, str]:
    """A key that stands for itself."""
    return str(key), str(key)
