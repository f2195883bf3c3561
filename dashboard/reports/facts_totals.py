"""The figures of the whole report: indicators of the period at the cut-off, exact, and beside earlier periods."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.indicators import BY_KEY, INDICATORS, Figures, Indicator, evaluate
from dashboard.domain.periods import LocalDays, Period, plus_days
from dashboard.domain.tallies import FLOW
from dashboard.extract import View
from dashboard.queries.drill_compare import cohort_at, flows_of_days
from dashboard.queries.drill_counts import accepted_in
from dashboard.queries.drill_spans import Span, pairs
from dashboard.queries.drill_where import Condition, in_state
from dashboard.reports.facts_counts import COUNTED, OVERDUE, Corrected, Counts, correct, counts_by, known_of, nothing
from dashboard.reports.facts_view import under_way
from dashboard.reports.snapshot import Cut, Fact

QUANTILES = {"handling_hours": 50, "handling_hours_p90": 90, "work_hours": 50, "work_hours_p90": 90}
"""Indicators that are quantiles, in percent."""

STOCKS = {"overdue_open": "overdue", "due_soon": "due_soon", "open": "open", "suspended": "suspended",
          "supervised": "supervised"}  # fmt: skip
"""Indicators of stocks by the state their cases are in."""

EARLIER = {"before": "change", "year": "change_year"}
"""Beginnings of the ids of earlier facts (环比, 同比) and of the differences to them."""

_BALANCE = "accepted_flow + reopened_flow - closed_flow - voided_flow"
_EQUATION = {"accepted": "accepted_flow", "reopened": "reopened_flow", "closed": "closed_flow", "voided": "voided_flow"}


@dataclass(frozen=True)
class Question:
    """What the facts are of: the cases that ``where`` holds for, in a period as of a cut-off."""

    view: View
    where: Condition
    period: Period
    cut: Cut
    days: LocalDays
    satisfied: int
    soon: int

    @property
    def over(self) -> bool:
        """Whether the period has ended at the cut-off."""
        return self.period.last < self.days.day(self.cut.time)


def total_facts(asked: Question, corrected: list[Corrected]) -> tuple[dict[str, Fact], Counts]:
    """``total.KEY``, ``count.NAME``, ``equation.NAME`` and the comparisons; and the counters behind them."""
    found = counts_by(asked.view, asked.where, asked.period, asked.cut)
    counts = found.setdefault(0, nothing())
    correct(found, corrected, "0")
    facts = {f"total.{key}": fact for key, fact in _now(asked, known_of(counts, asked.satisfied)).items()}
    facts |= {f"count.{name}": Fact(counts[name], "cases") for name in COUNTED}
    facts |= equation_facts(asked, counts)
    return facts | _comparisons(asked, facts), counts


def _now(asked: Question, known: Figures) -> dict[str, Fact]:
    facts = flow_facts(known) | _stock_facts(asked)
    for clock in ("natural", "work"):
        facts |= hours_facts(_minutes(asked, clock), "handling_hours" if clock == "natural" else "work_hours")
    return facts


def flow_facts(known: Figures) -> dict[str, Fact]:
    """Flows and cohorts that are no quantiles."""
    return {one.key: fact_of(one, known) for one in INDICATORS if one.basis != "stock" and one.share is None}


def fact_of(indicator: Indicator, known: Figures) -> Fact:
    """One indicator as a fact."""
    found = evaluate(indicator, known)
    return Fact(found.value, indicator.unit, found.n, found.d)


def _stock_facts(asked: Question) -> dict[str, Fact]:
    return {key: Fact(stock_of(asked, state), "cases") for key, state in STOCKS.items()}


def stock_of(asked: Question, state: str) -> int:
    """Cases in a state at the cut-off, whenever they were accepted."""
    where = in_state(asked.where, state, asked.cut.time, asked.soon)
    return int(asked.view.rows(f"SELECT count(*) FROM cases WHERE {where.sql}", where.values)[0][0])


def _minutes(asked: Question, clock: str) -> NDArray[np.int64]:
    cohort = accepted_in(asked.period, asked.where)
    query = f"SELECT {clock}_minutes AS minutes, count(*) AS n FROM cases WHERE {cohort.sql} AND accepted = 1"
    timed = "natural_minutes IS NOT NULL AND work_minutes IS NOT NULL"
    return asked.view.table(f"{query} AND {timed} GROUP BY ALL", cohort.values)


def hours_facts(minutes: NDArray[np.int64], key: str) -> dict[str, Fact]:
    """Exact median and ninth decile (nearest rank) of rows (minutes, cases); ``d`` is the number of cases."""
    ordered = minutes[np.argsort(minutes[:, 0])]
    passed = np.cumsum(ordered[:, 1])
    total = int(passed[-1]) if len(passed) else 0
    found: dict[str, Fact] = {}
    for name in (key, f"{key}_p90"):
        rank = -(-total * QUANTILES[name] // 100)
        value = int(ordered[np.searchsorted(passed, rank), 0]) / 60 if total else None
        found[name] = Fact(value, "hours", None, total)
    return found


def equation_facts(asked: Question, counts: Counts) -> dict[str, Fact]:
    """carried + accepted + reopened = closed + voided + open at the end of the period."""
    found = {name: counts[column] for name, column in _EQUATION.items()}
    later = f"SELECT coalesce(sum({_BALANCE}), 0) FROM flows WHERE on_day > ? AND {asked.where.sql}"
    since = int(asked.view.rows(later, (asked.period.last, *asked.where.values))[0][0])
    found["open"] = stock_of(asked, "open") - since
    went, came = found["closed"] + found["voided"], found["accepted"] + found["reopened"]
    found["carried"] = found["open"] + went - came
    return {f"equation.{name}": Fact(n, "cases") for name, n in found.items()}


def _comparisons(asked: Question, facts: dict[str, Fact]) -> dict[str, Fact]:
    """None of a notice whose last day is not over: part of a day beside a whole one says nothing."""
    found: dict[str, Fact] = {}
    for pair in pairs(asked.period, asked.cut.time, asked.days) if asked.over else ():
        then = earlier_facts(asked, pair.then)
        for key, fact in then.items():
            found[f"{pair.kind}.total.{key}"] = fact
            found[f"{EARLIER[pair.kind]}.total.{key}"] = change(facts[f"total.{key}"], fact)
    return found


def earlier_facts(asked: Question, span: Span) -> dict[str, Fact]:
    """Flows and cohorts of an earlier span at the age that the period has at the cut-off; without values where nothing
    came in or was closed then, or the system ran for a part of it only.

    Deadlines are as they stand at the cut-off (see ``queries.drill_compare``). Work time at an earlier instant is not
    known.
    """
    until = min(asked.days.start(plus_days(span.last, 1)) + _age(asked), asked.cut.time)
    counts, minutes = cohort_at(asked.view, asked.where, span, until, asked.days.day(until - 1))
    known = Figures(counts | flows_of_days(asked.view, asked.where, span, asked.satisfied))
    facts = flow_facts(known) | hours_facts(minutes, "handling_hours")
    ran = under_way(asked.view, span.first, span.last)
    if not ran or not any(known.counts.get(name) for name in FLOW):
        return {key: Fact(None, fact.unit) for key, fact in facts.items()}
    return facts


def _age(asked: Question) -> int:
    """How long after the end of the period its numbers were frozen (ms)."""
    return max(0, asked.cut.time - asked.days.start(plus_days(asked.period.last, 1)))


def change(now: Fact, then: Fact) -> Fact:
    """The difference of two facts; that of shares in points, with the exact fraction."""
    unit = "points" if now.unit == "share" else now.unit
    if now.value is None or then.value is None:
        return Fact(None, unit)
    if unit == "points" and now.n is not None and now.d and then.n is not None and then.d:
        exact = Fraction(now.n, now.d) - Fraction(then.n, then.d)
        return Fact(float(exact), "points", exact.numerator, exact.denominator)
    return Fact(now.value - then.value, unit)


def due_of(counts: Counts) -> int:
    """应办结数 of counters."""
    return counts["handled_due"] + counts[OVERDUE]


DEFINED = tuple(key for key, one in BY_KEY.items() if one.unit != "people")
"""Indicators that a report may speak of."""
