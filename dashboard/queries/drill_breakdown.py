"""How the cases accepted in a period came in, where they stand and how long they took.

Stages, levels and times are of the cohort, void cases left out; what came in by channel, category and hour counts void
cases too, so that its sum is the tile 受理数.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dashboard.domain.base import Category
from dashboard.domain.periods import Period
from dashboard.domain.regions import LEVELS
from dashboard.extract.layout import STAGE_MINUTES
from dashboard.extract.words import Words
from dashboard.queries.cohort_sums import STAGES, CohortSums, Counts, Daily
from dashboard.queries.drill_answers import Bar, LevelFunnel, Passed, StageTime, TrendPoint

DAYS_SHOWN = 93
"""Longest period (days) whose trend has a point for each day; longer ones have one for each month."""


def funnel(sums: CohortSums) -> list[Passed]:
    """How far the cases have come."""
    return [Passed(stage, n) for stage, n in zip(STAGES, sums.passed.tolist(), strict=True)]


def stage_times(sums: CohortSums) -> list[StageTime]:
    """Median and 90th percentile of each stage, exact to the minute (nearest rank)."""
    return [_stage_time(stage, minutes) for stage, minutes in zip(STAGE_MINUTES, sums.minutes, strict=True)]


def _stage_time(stage: str, minutes: Counts) -> StageTime:
    n = int(minutes.n.sum())
    if not n:
        return StageTime(stage, 0, None, None)
    ranks = [-(-n * percent // 100) for percent in (50, 90)]
    middle, far = minutes.numbers[np.searchsorted(np.cumsum(minutes.n), ranks)].tolist()
    return StageTime(stage, n, float(middle), float(far))


def levels(sums: CohortSums) -> list[LevelFunnel]:
    """Escalation by level, the deepest first; levels that no case came to are absent.

    A case begins at the level of the region it was placed in, is reported up to ``top`` (``extract.columns.top_of``)
    and passes the levels between. It is handled ``here`` at its top.
    """
    here = sums.ways.sum(axis=0).tolist()
    reached = [int(sums.ways[level:, : level + 1].sum()) for level in range(len(LEVELS))]
    rows = zip(LEVELS, reached, here, sums.handled.tolist(), strict=True)
    return [LevelFunnel(*row) for row in reversed(list(rows)) if row[1]]


def bars(counts: Counts, words: Words, name: Callable[[str], tuple[str, str]]) -> list[Bar]:
    """Acceptances by a word, most first; ``name`` gives the names (zh, en) of a key."""
    order = np.argsort(-counts.n, kind="stable")
    keys = zip(map(words.text, counts.numbers[order].tolist()), counts.n[order].tolist(), strict=True)
    return [Bar(key, *name(key), n) for key, n in keys]


def hour_bars(rows: list[list[int]]) -> list[Bar]:
    """All 24 hours out of ``heat``."""
    return [Bar(f"{hour:02d}", f"{hour:02d}", f"{hour:02d}", sum(row[hour] for row in rows)) for hour in range(24)]


def weekday_bars(rows: list[list[int]]) -> list[Bar]:
    """All seven weekdays out of ``heat``; ``1`` is Monday."""
    return [Bar(str(day), str(day), str(day), sum(row)) for day, row in enumerate(rows, 1)]


def trend(daily: Daily, period: Period, now: int) -> list[TrendPoint]:
    """Cohort counts by local day of acceptance, by month for periods of more than ``DAYS_SHOWN`` days; none is left
    out between the first and the last with cases. ``now`` (epoch ms) tells what is overdue."""
    days = list(period.days())
    spans, per = (days, 1) if len(days) <= DAYS_SHOWN else (period.months(), 100)
    keys, starts = np.unique(daily.days // per, return_index=True)
    accepted, closed, due, on_time = np.add.reduceat(daily.counts, starts, axis=1) if len(keys) else daily.counts
    late, place = daily.waiting < now, np.searchsorted(keys, daily.waiting_day // per)
    overdue, pending = (np.bincount(place[those], minlength=len(keys)) for those in (late, ~late))
    rows = np.stack([keys, accepted, closed, due + overdue, on_time, pending], axis=1).tolist()
    points = {row[0]: TrendPoint(*row) for row in rows}
    between = [span for span in spans if len(keys) and keys[0] <= span <= keys[-1]]
    return [points.get(span) or TrendPoint(span, 0, 0, 0, 0) for span in between]


def category_names(categories: Mapping[str, Category]) -> Callable[[str], tuple[str, str]]:
    """Names of categories; one that is not known stands for itself."""

    def name(key: str) -> tuple[str, str]:
        found = categories.get(key)
        return (key, key) if found is None else (found.name, found.name_en or found.name)

    return name


def own_name(key: Any) -> tuple[str, str]:
    """A key that stands for itself."""
    return str(key), str(key)
