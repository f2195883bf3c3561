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
from dashboard.domain.regions import LEVELS
from dashboard.extract import View
from dashboard.extract.layout import STAGE_MINUTES
from dashboard.queries.drill_answers import Bar, LevelFunnel, Passed, StageTime, TrendPoint
from dashboard.queries.drill_counts import Moment
from dashboard.queries.drill_where import Condition

DAYS_SHOWN = 93
"""Longest period (days) whose trend has a point for each day; longer ones have one for each month."""

_FUNNEL = {
    "accepted": "accepted = 1",
    "dispatched": "accepted = 1 AND (dispatched_at IS NOT NULL OR handled = 1)",
    "handled": "handled = 1",
    "closed": "closed = 1",
    "rated": "closed = 1 AND score IS NOT NULL",
}


def funnel(view: View, cohort: Condition) -> list[Passed]:
    """How far the cases have come. One that is handled has been dispatched, whether that was told or not; a closed one
    is handled. Rated are closed cases with a rating."""
    counts = ", ".join(f"count(*) FILTER ({condition})" for condition in _FUNNEL.values())
    found = view.rows(f"SELECT {counts} FROM cases WHERE {cohort.sql}", cohort.values)[0]
    return [Passed(stage, n) for stage, n in zip(_FUNNEL, found, strict=True)]


def stage_times(view: View, cohort: Condition) -> list[StageTime]:
    """Median and 90th percentile of each stage, exact to the minute (nearest rank)."""
    return [_stage_time(view, cohort, stage) for stage in STAGE_MINUTES]


def _stage_time(view: View, cohort: Condition, stage: str) -> StageTime:
    query = f"SELECT {stage} AS minutes, count(*) AS n FROM cases WHERE {cohort.sql} AND accepted = 1"
    found = view.columns(f"{query} AND {stage} IS NOT NULL GROUP BY ALL ORDER BY 1", cohort.values)
    passed = np.cumsum(found["n"])
    if not len(passed):
        return StageTime(stage, 0, None, None)
    minutes = np.asarray(found["minutes"])
    return StageTime(stage, int(passed[-1]), _quantile(minutes, passed, 50), _quantile(minutes, passed, 90))


def _quantile(minutes: NDArray[np.int64], passed: NDArray[np.int64], percent: int) -> float:
    rank = -(-int(passed[-1]) * percent // 100)
    return float(minutes[np.searchsorted(passed, rank)])


def levels(view: View, cohort: Condition) -> list[LevelFunnel]:
    """Escalation by level, the deepest first; levels that no case came to are absent.

    A case begins at the level of the region it was placed in, is reported up to ``top`` (``extract.columns.top_of``)
    and passes the levels between. It is handled ``here`` at its top.
    """
    query = f"SELECT began, top, count(*), sum(handled) FROM cases WHERE {cohort.sql} AND accepted = 1 AND began >= 0"
    reached, here, handled = ([0] * len(LEVELS) for _ in range(3))
    for began, top, n, done in view.rows(f"{query} GROUP BY ALL", cohort.values):
        here[top] += n
        handled[top] += int(done)
        for level in range(top, began + 1):
            reached[level] += n
    rows = zip(LEVELS, reached, here, handled, strict=True)
    return [LevelFunnel(*row) for row in reversed(list(rows)) if row[1]]


def heat(view: View, cohort: Condition) -> list[list[int]]:
    """Acceptances by weekday (Monday first) and local hour, 7 rows of 24."""
    found = np.zeros((7, 24), np.int64)
    query = f"SELECT weekday, hour, count(*) FROM cases WHERE {cohort.sql} GROUP BY ALL"
    for weekday, hour, n in view.rows(query, cohort.values):
        found[weekday - 1, hour] = n
    rows: list[list[int]] = found.tolist()
    return rows


def bars(view: View, cohort: Condition, column: str, name: Callable[[str], tuple[str, str]]) -> list[Bar]:
    """Acceptances by a text column, most first; ``name`` gives the names (zh, en) of a key."""
    query = f"SELECT {column}, count(*) AS n FROM cases WHERE {cohort.sql} GROUP BY ALL ORDER BY n DESC, 1"
    keys = ((view.words.text(number), n) for number, n in view.rows(query, cohort.values))
    return [Bar(key, *name(key), n) for key, n in keys]


def hour_bars(rows: list[list[int]]) -> list[Bar]:
    """All 24 hours out of ``heat``."""
    return [Bar(f"{hour:02d}", f"{hour:02d}", f"{hour:02d}", sum(row[hour] for row in rows)) for hour in range(24)]


def weekday_bars(rows: list[list[int]]) -> list[Bar]:
    """All seven weekdays out of ``heat``; ``1`` is Monday."""
    return [Bar(str(day), str(day), str(day), sum(row)) for day, row in enumerate(rows, 1)]


def trend(view: View, cohort: Condition, period: Period, at: Moment) -> list[TrendPoint]:
    """Cohort counts by local day of acceptance, by month for periods of more than ``DAYS_SHOWN`` days; none is left
    out between the first and the last with cases."""
    days = list(period.days())
    per = 1 if len(days) <= DAYS_SHOWN else 100
    query = (
        f"SELECT day // {per}, sum(accepted), sum(closed), sum(handled_due) + count(*) FILTER (waiting < $now),"
        f" sum(on_time), count(*) FILTER (waiting >= $now) FROM cases WHERE {cohort.sql} GROUP BY ALL"
    )
    found = {int(row[0]): TrendPoint(*map(int, row)) for row in view.rows(at.put(query), cohort.values)}
    between = dict.fromkeys(day // per for day in days if found and min(found) <= day // per <= max(found))
    return [found.get(day) or TrendPoint(day, 0, 0, 0, 0) for day in between]


def category_names(categories: Mapping[str, Category]) -> Callable[[str], tuple[str, str]]:
    """Names of categories; one that is not known stands for itself."""

    def name(key: str) -> tuple[str, str]:
        found = categories.get(key)
        return (key, key) if found is None else (found.name, found.name_en or found.name)

    return name


def own_name(key: Any) -> tuple[str, str]:
    """A key that stands for itself."""
    return str(key), str(key)
