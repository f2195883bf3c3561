"""Figures of a span as they stood at an earlier instant, read off the extract, and what two sets of figures compare to.

How a case stood at an instant tells ``extract.stood``; what is taken as it is now is so for both spans alike.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.indicators import INDICATORS, Figures, evaluate
from dashboard.domain.periods import MINUTE, Period, month_period
from dashboard.domain.tallies import FLOW
from dashboard.extract import View
from dashboard.extract.conditions import Test
from dashboard.extract.layout import FIRST_DAYS, SPELLS
from dashboard.extract.months import NEVER, NO_DAY, Columns
from dashboard.extract.stood import Stood, settled_at, stood
from dashboard.extract.view import keeps
from dashboard.queries.cohort_sums import Counts
from dashboard.queries.drill_answers import Compared
from dashboard.queries.drill_counts import binned
from dashboard.queries.drill_spans import Pair, Span
from dashboard.queries.drill_where import Condition

STOCKS = {"overdue_open": "overdue", "due_soon": "due_soon", "open": "open", "suspended": "suspended",
          "supervised": "supervised"}  # fmt: skip
"""Stock indicators by their names in a stored moment."""

SETTLED = 0.98
"""Share of a month's cases that are counted once: the last ones change for months."""

_CLOSED = SPELLS.index("closed")
_INSTANTS = ("accepted_at", "filed_at", "closed_at")
_ENDS = ("spells.began", "spells.ended")
"""Of a time that a case was closed and is so no longer: its closing, and its reopening."""


def as_they_stood(
    view: View, where: Condition, span: Span, start: int, satisfied_score: int, flows: Mapping[str, int] | None = None
) -> Figures:
    """Figures of the cases that a condition holds for, at the instant ``span.until``; ``start`` is its first. ``flows``
    are the counters of its days where they are known."""
    assert span.until is not None
    counts, minutes = _cohort(view, where, span, span.until, span.last if span.whole else None)
    if flows is None and span.whole:
        flows = flows_of_days(view, where, span, satisfied_score)
    counts |= flows_so_far(view, where, span, start) if flows is None else flows
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
    counts, minutes = Counter[str](), list[Counts]()
    only = None
    if len(where.known) < len(where.parts):
        only = view.columns(f"SELECT key FROM cases WHERE {where.sql}", where.values)["key"]
    for part in _parts(view, where.known, span.period, until, through, only):
        counts.update({**part.counts, **(part.ever if through is not None else {})})
        minutes.append(part.minutes)
    added = Counts.sum(minutes)
    return dict(counts), np.stack([added.numbers, added.n], axis=1)


@dataclass(frozen=True)
class _Part:
    """Some cases of a month counted: as they stood, and what had ever happened to them."""

    counts: Mapping[str, int]
    ever: Mapping[str, int]
    minutes: Counts

    @classmethod
    def of(cls, cases: Stood, until: int, through: int) -> "_Part":
        handled = (cases.handled != NEVER) & (cases.handled >= cases.accepted)
        minutes = (cases.handled - cases.accepted)[handled] // MINUTE
        return cls(_counted(cases, until), _ever(cases, through), Counts.of(minutes))


@dataclass(frozen=True)
class _Settled:
    """The cases of a month that have not changed after the instant ``since`` and the day ``through``; what it takes to
    say how the others stood."""

    part: _Part
    since: int
    through: int
    others: Columns
    spells: Columns


def _parts(
    view: View, tests: Sequence[Test], period: Period, until: int, through: int | None,
    only: NDArray[np.int64] | None,
) -> Iterator[_Part]:  # fmt: skip
    """The cases of a period, those that stood at the instant as they have stood ever since counted once for all
    instants: of a month half a year ago all but a few in a hundred."""
    unsettled = []
    for month in period.months():
        known = settled(view, tests, month) if only is None and keeps(tests) and period.holds(month) else None
        if known is not None and until > known.since and (through is None or through >= known.through):
            yield known.part
            every = np.ones(len(known.others["key"]), np.bool_)
            yield _Part.of(stood(known.others, known.spells, every, until), until, through or 0)
        else:
            unsettled.append(month)
    for cases in view.months(unsettled, tests):
        among = None if only is None else np.isin(cases.past["key"], only)
        yield _Part.of(cases.as_they_stood(period, tests, until, among), until, through or 0)


def settled(view: View, tests: Sequence[Test], month: int) -> _Settled:
    """The settled cases of a whole month that pass all tests, counted once as long as none of the month changes."""
    make = partial(_settled, view, tests, month)
    return view.made(month, ("settled", tuple(tests)), make)


def _settled(view: View, tests: Sequence[Test], month: int) -> _Settled:
    period = month_period(month)
    (found,) = view.months([month], tests)
    past, spells = found.past, found.spells
    at, kept = settled_at(past, spells), found.passing(period, tests)
    instants = at[at != NEVER]
    rank = int(SETTLED * (len(instants) - 1))
    since = int(np.partition(instants, rank)[rank]) if len(instants) else NEVER
    cases = stood(past, spells, kept & (at <= since), since + 1)
    days = [column[column != NO_DAY] for column in (cases.past[name] for name in FIRST_DAYS)]
    through = max(int(column.max(initial=0)) for column in days)
    others = {name: column[kept & (at > since)] for name, column in past.items()}
    theirs = np.isin(spells["key"], others["key"])
    return _Settled(
        _Part.of(cases, since + 1, through), since, through, others,
        {name: column[theirs] for name, column in spells.items()},
    )  # fmt: skip


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
    return with_satisfied(dict(zip(FLOW, map(int, found), strict=True)), satisfied_score)


def with_satisfied(counts: dict[str, int], satisfied_score: int) -> dict[str, int]:
    """Counters of flows and how many of the ratings are at least as good as the score."""
    return counts | {"satisfied": sum(counts[f"rated_{score}"] for score in range(satisfied_score, 5))}


def flows_so_far(view: View, where: Condition, span: Span, start: int) -> dict[str, int]:
    """Counters of what happened from ``start`` to ``span.until``."""
    happened = {name: f"{name} >= {int(start)} AND {name} < {int(span.until or 0)}" for name in (*_INSTANTS, *_ENDS)}
    found = _counts(view, f"cases WHERE ({_any(happened, _INSTANTS)}) AND {where.sql}", happened, _INSTANTS, where)
    ended = "(SELECT key, state, began, ended FROM spells) AS spells"
    spells = f"{ended} JOIN cases USING (key) WHERE state = {_CLOSED} AND ({_any(happened, _ENDS)}) AND {where.sql}"
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
