"""What is read of the cases that were accepted in a month: which columns, in which order, of which part of the city."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

from dashboard.domain.periods import plus_months
from dashboard.domain.tallies import COHORT
from dashboard.extract.conditions import Test
from dashboard.extract.layout import FIRST_DAYS, LEVEL_COLUMNS, STAGE_MINUTES

Columns = Mapping[str, NDArray[np.integer]]
"""Arrays of one length by name."""

NEVER = np.iinfo(np.int64).max
"""``waiting`` of a case that does not count down; any instant that is not known."""
NO_DAY = np.iinfo(np.int32).max
"""A local day that is not known."""
UNKNOWN = -1
"""Minutes of a stage that a case has not passed, or of handling where it is not handled."""

_PLAIN = (
    *LEVEL_COLUMNS, "category", "channel", "unit", "main", "day", "hour", "weekday", "stage", "suspended", "supervised",
    "began", "top", *COHORT,
)  # fmt: skip
_MADE = {
    "waiting": f"coalesce(waiting, {NEVER})",
    "sent": "dispatched_at IS NOT NULL OR handled = 1",
    "rated": "score IS NOT NULL",
    **{stage: f"coalesce({stage}, {UNKNOWN})" for stage in (*STAGE_MINUTES, "natural_minutes", "work_minutes")},
}
NAMES = (*_PLAIN, *_MADE)

_PAST_INSTANTS = ("accepted_at", "handled_at", "closed_at", "suspended_at", "voided_at", "deadline")
_WITHIN = "FROM cases WHERE {where} ORDER BY month, key"

Kind = Literal["cases", "past", "spells"]
"""``past``: what it takes to say how the same cases stood at an earlier instant, row for row beside ``cases``, in the
order of ``key``; ``spells``: their rows of the table of that name."""

Part = Test | None
"""The cases of one region alone: an ``=`` on its level's column. None: all of the month."""

_QUERIES: dict[Kind, str] = {
    "cases": (
        f"SELECT day // 100 AS month, {', '.join(_PLAIN)},"
        f" {', '.join(f'{sql} AS {name}' for name, sql in _MADE.items())} {_WITHIN}"
    ),
    "past": (
        f"SELECT day // 100 AS month, day, key,"
        f" {', '.join(f'coalesce({name}, {NEVER}) AS {name}' for name in _PAST_INSTANTS)},"
        f" {', '.join(f'coalesce({name}, {NO_DAY}) AS {name}' for name in FIRST_DAYS)} {_WITHIN}"
    ),
    "spells": "SELECT day // 100 AS month, key, state, began, ended FROM spells WHERE {where} ORDER BY month",
}
KINDS: tuple[Kind, ...] = ("cases", "past", "spells")


def read(
    connection: duckdb.DuckDBPyConnection, kind: Kind, months: Sequence[int], part: Part = None
) -> dict[int, Columns]:
    """Each of some months that follow one another (``YYYYMM``), in one query."""
    accepted = Test("day", "between", (months[0] * 100, months[-1] * 100 + 99))
    where = " AND ".join(test.sql for test in (accepted, part) if test is not None)
    found = connection.execute(_QUERIES[kind].format(where=where)).fetchnumpy()
    bounds = np.searchsorted(found.pop("month"), [*months, months[-1] + 1]).tolist()
    return {month: _cut(found, slice(*own)) for month, own in zip(months, pairwise(bounds), strict=True)}


def _cut(columns: Mapping[str, Any], rows: slice) -> Columns:
    """Some rows as arrays of their own: a view would keep those of all months in memory."""
    whole = all(len(column) == rows.stop - rows.start for column in columns.values())
    return {name: np.asarray(column) if whole else np.array(column[rows]) for name, column in columns.items()}


def runs(months: Sequence[int], longest: int) -> list[list[int]]:
    """Months in order, cut where one does not follow the other and after ``longest``."""
    found: list[list[int]] = []
    for month in months:
        if found and len(found[-1]) < longest and plus_months(found[-1][-1], 1) == month:
            found[-1].append(month)
        else:
            found.append([month])
    return found
