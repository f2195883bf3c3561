"""Figures of a span as they stood at an earlier instant, read off the extract, and what two sets of figures compare to.

How a case stood at an instant: its acceptance, handling, closing, suspension and voiding have instants, also those that
were undone later (``extract.spells``). Two things are taken as they are now: the deadline (an extension or suspension
that came later has moved it) and what describes a case. Both hold for both spans, so that they are compared alike.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.indicators import INDICATORS, Figures, evaluate
from dashboard.domain.periods import MINUTE
from dashboard.domain.tallies import FLOW
from dashboard.extract import View
from dashboard.extract.layout import SPELLS
from dashboard.queries.drill_answers import Compared
from dashboard.queries.drill_counts import binned
from dashboard.queries.drill_spans import Pair, Span
from dashboard.queries.drill_where import Condition

STOCKS = {"overdue_open": "overdue", "due_soon": "due_soon", "open": "open", "suspended": "suspended",
          "supervised": "supervised"}  # fmt: skip
"""Stock indicators by their names in a stored moment."""

_STOOD = """
WITH spell AS (
    SELECT key AS of, state, max(began) AS began FROM spells WHERE began < $until AND ended >= $until GROUP BY ALL
),
stood AS (
    SELECT cases.* EXCLUDE (handled, closed),
           CASE WHEN handled_at < $until THEN handled_at ELSE h.began END AS handled,
           CASE WHEN closed_at < $until THEN closed_at ELSE c.began END AS closed,
           coalesce(suspended_at < $until, false) OR s.began IS NOT NULL AS stands
    FROM cases
    LEFT JOIN spell AS h ON h.of = cases.key AND h.state = $handled
    LEFT JOIN spell AS c ON c.of = cases.key AND c.state = $closed
    LEFT JOIN spell AS s ON s.of = cases.key AND s.state = $suspended
    WHERE {where} AND day BETWEEN $first AND $last AND accepted_at < $until
      AND (voided_at IS NULL OR voided_at >= $until)
)
"""
_COHORT = {
    "accepted": "true",
    "closed": "closed IS NOT NULL",
    "handled": "handled IS NOT NULL",
    "handled_due": "handled IS NOT NULL AND deadline IS NOT NULL",
    "on_time": "handled <= deadline",
    "late": "handled > deadline",
    "closed_due": "closed IS NOT NULL AND deadline IS NOT NULL",
    "no_deadline": "deadline IS NULL",
    "overdue_cohort": "handled IS NULL AND NOT stands AND deadline < $until",
}
_EVER = {
    "ever_handled": "handled_on <= $through",
    "reworked": "handled_on <= $through AND failed_on <= $through",
    "ever_closed": "closed_on <= $through",
    "reopened": "reopened_on <= $through",
}
"""By the end of a whole day; within a day only the day is known."""

_SO_FAR = {
    "accepted_flow": "SELECT count(*) FROM cases WHERE {where} AND accepted_at >= $start AND accepted_at < $until",
    "filed_flow": "SELECT count(*) FROM cases WHERE {where} AND filed_at >= $start AND filed_at < $until",
}


def as_they_stood(view: View, where: Condition, span: Span, start: int, satisfied_score: int) -> Figures:
    """Figures of the cases that a condition holds for, at the instant ``span.until``; ``start`` is its first."""
    assert span.until is not None
    numbers = {"first": span.first, "last": span.last, "until": span.until, "start": start, "through": span.last}
    counts, minutes = _cohort(view, where, numbers, span.whole)
    counts |= flows_of_days(view, where, span, satisfied_score) if span.whole else _flows_so_far(view, where, numbers)
    return Figures(counts, binned(minutes))


def cohort_at(
    view: View, where: Condition, span: Span, until: int, through: int
) -> tuple[dict[str, int], NDArray[np.int64]]:
    """The cohort of a span at an instant that may lie after it: counters, and rows of (minutes to handling, cases).

    ``through`` is the last day whose handlings, closings, failed checks and reopenings count as having happened.
    """
    numbers = {"first": span.first, "last": span.last, "until": until, "through": through}
    return _cohort(view, where, numbers, True)


def _cohort(
    view: View, where: Condition, numbers: Mapping[str, int], whole: bool
) -> tuple[dict[str, int], NDArray[np.int64]]:
    """(counters, clock times to handling), in one pass over the cases grouped by those minutes, -1 for none."""
    wanted = _COHORT | (_EVER if whole else {})
    sums = ", ".join(f"count(*) FILTER ({condition})" for condition in wanted.values())
    minutes = f"CASE WHEN handled >= accepted_at THEN (handled - accepted_at) // {MINUTE} ELSE -1 END"
    query = f"{_STOOD} SELECT {minutes} AS minutes, count(*) AS n, {sums} FROM stood GROUP BY ALL"
    found = view.table(_filled(query, where, numbers), where.values)
    counts = dict(zip(wanted, found[:, 2:].sum(axis=0).tolist(), strict=True))
    return counts, found[found[:, 0] >= 0, :2]


def flows_of_days(view: View, where: Condition, span: Span, satisfied_score: int) -> dict[str, int]:
    """Counters of ``FLOW`` and ``satisfied`` over the days of a span."""
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in FLOW)
    query = f"SELECT {sums} FROM flows WHERE on_day BETWEEN ? AND ? AND {where.sql}"
    found = view.rows(query, (span.first, span.last, *where.values))[0]
    counts = dict(zip(FLOW, map(int, found), strict=True))
    return counts | {"satisfied": sum(counts[f"rated_{score}"] for score in range(satisfied_score, 5))}


def _flows_so_far(view: View, where: Condition, numbers: Mapping[str, int]) -> dict[str, int]:
    closings = (
        "SELECT count(*) FROM cases WHERE {where} AND closed_at >= $start AND closed_at < $until",
        "SELECT count(*) FROM spells JOIN cases USING (key)"
        " WHERE state = $closed AND spells.began >= $start AND spells.began < $until AND {where}",
    )
    reopened = closings[1].replace("spells.began", "spells.ended")
    counts = {name: _count(view, query, where, numbers) for name, query in _SO_FAR.items()}
    counts["closed_flow"] = sum(_count(view, query, where, numbers) for query in closings)
    return counts | {"reopened_flow": _count(view, reopened, where, numbers)}


def _count(view: View, query: str, where: Condition, numbers: Mapping[str, int]) -> int:
    return int(_asked(view, query, where, numbers)[0][0])


def _asked(view: View, query: str, where: Condition, numbers: Mapping[str, int]) -> list[tuple[int, ...]]:
    return view.rows(_filled(query, where, numbers), where.values)


def _filled(query: str, where: Condition, numbers: Mapping[str, int]) -> str:
    """A query with our own numbers filled in; the only values left are those of the condition."""
    for state, name in enumerate(SPELLS):
        query = query.replace(f"${name}", str(state))
    for name, number in numbers.items():
        query = query.replace(f"${name}", str(int(number)))
    return query.replace("{where}", where.sql)


def compared(pair: Pair, now: Figures, then: Figures) -> list[Compared]:
    """All indicators of flows and cohorts of two spans side by side."""
    return [
        Compared(
            indicator.key, pair.kind, pair.then.text, evaluate(indicator, now).value, evaluate(indicator, then).value,
            indicator.unit == "share",
        )
        for indicator in INDICATORS
        if indicator.basis != "stock"
    ]  # fmt: skip
