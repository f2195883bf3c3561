"""Figures of a span as they stood at an earlier instant, read off the extract, and what two sets of figures compare to.

How a case stood at an instant tells ``extract.stood``; what is taken as it is now is so for both spans alike.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.indicators import INDICATORS, Figures, evaluate
from dashboard.domain.periods import MINUTE
from dashboard.domain.tallies import FLOW
from dashboard.extract import View
from dashboard.extract.layout import FIRST_DAYS, SPELLS
from dashboard.extract.slices import NEVER
from dashboard.extract.stood import Stood
from dashboard.queries.drill_answers import Compared
from dashboard.queries.drill_counts import binned
from dashboard.queries.drill_spans import Pair, Span
from dashboard.queries.drill_where import Condition

STOCKS = {"overdue_open": "overdue", "due_soon": "due_soon", "open": "open", "suspended": "suspended",
          "supervised": "supervised"}  # fmt: skip
"""Stock indicators by their names in a stored moment."""

_CLOSED = SPELLS.index("closed")
_INSTANTS = ("accepted_at", "filed_at", "closed_at")
_ENDS = ("spells.began", "spells.ended")
"""Of a time that a case was closed and is so no longer: its closing, and its reopening."""


def as_they_stood(view: View, where: Condition, span: Span, start: int, satisfied_score: int) -> Figures:
    """Figures of the cases that a condition holds for, at the instant ``span.until``; ``start`` is its first."""
    assert span.until is not None
    counts, minutes = _cohort(view, where, span, span.until, span.last if span.whole else None)
    counts |= (
        flows_of_days(view, where, span, satisfied_score) if span.whole else flows_so_far(view, where, span, start)
    )
    return Figures(counts, binned(minutes))


def cohort_at(
    view: View, where: Condition, span: Span, until: int, through: int
) -> tuple[dict[str, int], NDArray[np.int64]]:
    """The cohort of a span at an instant that may lie after it: counters, and rows of (minutes to handling, cases).

    ``through`` is the last day whose handlings, closings, failed checks and reopenings count as having happened.
    """
    return _cohort(view, where, span, until, through)


def _cohort(
    view: View, where: Condition, span: Span, until: int, through: int | None
) -> tuple[dict[str, int], NDArray[np.int64]]:
    counts, minutes = Counter[str](), []
    only = None
    if len(where.known) < len(where.parts):
        only = view.columns(f"SELECT key FROM cases WHERE {where.sql}", where.values)["key"]
    for cases in view.cases_as_they_stood(span.period, where.known, until, only):
        counts.update(_counted(cases, until))
        if through is not None:
            counts.update(_ever(cases, through))
        minutes.append((cases.handled - cases.accepted)[(cases.handled != NEVER) & (cases.handled >= cases.accepted)])
    values, n = np.unique(np.concatenate(minutes) // MINUTE, return_counts=True)
    return dict(counts), np.stack([values, n], axis=1)


def _counted(cases: Stood, until: int) -> dict[str, int]:
    handled, closed, due = cases.handled != NEVER, cases.closed != NEVER, cases.deadline != NEVER
    late = handled & (cases.handled > cases.deadline)
    overdue = ~handled & ~cases.suspended & (cases.deadline < until)
    found = {
        "closed": closed, "handled": handled, "handled_due": handled & due, "on_time": handled & due & ~late,
        "late": late, "closed_due": closed & due, "no_deadline": ~due, "overdue_cohort": overdue,
    }  # fmt: skip
    return {"accepted": len(handled)} | {name: int(np.count_nonzero(rows)) for name, rows in found.items()}


def _ever(cases: Stood, through: int) -> dict[str, int]:
    """What had happened by the end of a whole day; within a day only the day is known."""
    handled, closed, failed, reopened = (cases.past[name] <= through for name in FIRST_DAYS)
    found = {"ever_handled": handled, "reworked": handled & failed, "ever_closed": closed, "reopened": reopened}
    return {name: int(np.count_nonzero(rows)) for name, rows in found.items()}


def flows_of_days(view: View, where: Condition, span: Span, satisfied_score: int) -> dict[str, int]:
    """Counters of ``FLOW`` and ``satisfied`` over the days of a span."""
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in FLOW)
    query = f"SELECT {sums} FROM flows WHERE on_day BETWEEN ? AND ? AND {where.sql}"
    found = view.rows(query, (span.first, span.last, *where.values))[0]
    counts = dict(zip(FLOW, map(int, found), strict=True))
    return counts | {"satisfied": sum(counts[f"rated_{score}"] for score in range(satisfied_score, 5))}


def flows_so_far(view: View, where: Condition, span: Span, start: int) -> dict[str, int]:
    """Counters of what happened from ``start`` to ``span.until``."""
    happened = {name: f"{name} >= {int(start)} AND {name} < {int(span.until or 0)}" for name in (*_INSTANTS, *_ENDS)}
    found = _counts(view, f"cases WHERE ({_any(happened, _INSTANTS)}) AND {where.sql}", happened, _INSTANTS, where)
    spells = f"spells JOIN cases USING (key) WHERE state = {_CLOSED} AND ({_any(happened, _ENDS)}) AND {where.sql}"
    undone = _counts(view, spells, happened, _ENDS, where)
    flows = dict(zip(("accepted_flow", "filed_flow", "closed_flow"), found, strict=True))
    return flows | {"closed_flow": flows["closed_flow"] + undone[0], "reopened_flow": undone[1]}


def _any(happened: Mapping[str, str], names: Sequence[str]) -> str:
    return " OR ".join(f"({happened[name]})" for name in names)


def _counts(
    view: View, source: str, happened: Mapping[str, str], names: Sequence[str], where: Condition
) -> tuple[int, ...]:
    counts = ", ".join(f"count(*) FILTER ({happened[name]})" for name in names)
    return view.rows(f"SELECT {counts} FROM {source}", where.values)[0]


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
