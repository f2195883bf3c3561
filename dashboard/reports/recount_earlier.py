"""The period before (环比) and a year before (同比) again, at the age that the period has at the cut-off.

Cases of an earlier period are judged anew by what had happened up to that age; deadlines and what describes a case are
those of the cut-off, as ``facts_totals.earlier_facts`` says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from dashboard.check.judging import Flows, Ints, Judged, Mask
from dashboard.check.ledger import NONE
from dashboard.domain.periods import LocalDays, Period, last_day, plus_days, plus_months
from dashboard.queries.score_league import period_before
from dashboard.reports.recount_cases import MINUTE, Cases, Docket, began_by, flags_of
from dashboard.reports.recount_scores import rates
from dashboard.reports.snapshot import Fact, Snapshot

FLOWS = {"accepted": "accepted_flow", "filed": "filed_flow", "closed": "closed_flow", "reopened": "reopened_flow",
         "voided": "voided_flow"}  # fmt: skip
_COHORT = {"due_to_close": ("handled_due", "overdue_cohort"), "no_deadline": ("no_deadline",), "closed_late": ("late",)}
_EVER = {"ever_handled": "handled_flow", "ever_closed": "closed_flow", "failed": "failed_check_flow",
         "again": "reopened_flow"}  # fmt: skip
_CHANGES = {"before": "change", "year": "change_year"}


@dataclass
class Span:
    """An earlier period: instants ``start`` .. ``end``, what is known ``until`` and, of what only has a day, ``late``;
    and what its cases add up to."""

    first: int
    last: int
    start: int
    end: int
    until: int
    late: int
    counts: dict[str, int] = field(default_factory=dict)
    minutes: list[Ints] = field(default_factory=list)

    def add(self, name: str, which: Mask) -> None:
        """Count what is marked."""
        self.counts[name] = self.counts.get(name, 0) + int(which.sum())


class Earlier:
    """Adds up the cases of both earlier periods and compares the facts of a snapshot with them."""

    def __init__(self, docket: Docket, snapshot: Snapshot, days: LocalDays, satisfied: int) -> None:
        self._docket, self._snapshot, self._satisfied = docket, snapshot, satisfied
        self._days = days
        period = Period(snapshot.first, snapshot.last, snapshot.asked.period)
        age = snapshot.cut.time - days.start(plus_days(snapshot.last, 1))
        spans = {"before": period_before(period), "year": _a_year_before(period)}
        self._spans = {kind: self._span(one, age) for kind, one in spans.items()} if age >= 0 else {}

    def _span(self, period: Period, age: int) -> Span:
        end = self._days.start(plus_days(period.last, 1))
        until = min(end + age, self._snapshot.cut.time)
        late = self._days.start(plus_days(self._days.day(until - 1), 1))
        return Span(period.first, period.last, self._days.start(period.first), end, until, late)

    def add(self, cases: Cases) -> None:
        """The cases of a bucket."""
        accepted = cases["accepted_at"]
        for span in self._spans.values():
            self._flows(cases, span)
            cohort = (accepted >= span.start) & (accepted < span.end) & (accepted < span.until) & cases.chosen
            if cohort.any():
                self._cohort(cases, span, cohort)

    @staticmethod
    def _flows(cases: Cases, span: Span) -> None:
        for name, flow in cases.judged.flows.items():
            inside = (flow.instant >= span.start) & (flow.instant < span.end) & cases.chosen[flow.case]
            span.add(name, inside)
            for score in range(1, 5) if name == "rated" else ():
                span.add(f"rated_{score}", inside & (flow.score == score))

    def _cohort(self, cases: Cases, span: Span, cohort: Mask) -> None:
        then = self._docket.earlier(cases, span.until, cohort)
        rows = np.searchsorted(cases["key"], then.columns["key"])
        deadline = cases.deadline[rows]
        alive = then.columns["voided_at"] == NONE
        for name, which in _counted(then, deadline, span.until).items():
            span.add(name, which & alive)
        ever = {name: _by(cases.judged.flows[flow], span.late, len(cohort))[rows] for name, flow in _EVER.items()}
        for name in ("ever_handled", "ever_closed"):
            span.add(name, ever[name] & alive)
        span.add("reworked", ever["ever_handled"] & ever["failed"] & alive)
        span.add("reopened", ever["again"] & alive)
        handled, accepted = then.columns["handled_at"], then.columns["accepted_at"]
        timed = alive & (handled != NONE) & (handled >= accepted)
        span.minutes.append((handled - accepted)[timed] // MINUTE)

    def told(self, began: int | None) -> Iterator[tuple[str, object, object]]:
        """(id, frozen, recounted) of every compared fact; ``began`` is the day of the first case of all."""
        expected: dict[str, Fact] = {}
        for kind, span in self._spans.items():
            expected |= {f"{kind}.total.{key}": fact for key, fact in self._facts(span, began).items()}
        expected |= {_change_id(key): self._change(key, fact) for key, fact in expected.items()}
        frozen = {key: fact for key, fact in self._snapshot.facts.items() if key.startswith(_PREFIXES)}
        for key in sorted(frozen.keys() | expected.keys()):
            yield key, _plain(frozen.get(key)), _plain(expected.get(key))

    def _facts(self, span: Span, began: int | None) -> dict[str, Fact]:
        found = self._known(span)
        ran = began is not None and began_by(began, span.first, span.last)
        something = any(span.counts.get(name) for name in ("rated", "handled_flow", "failed_check_flow",
                        "returned_flow", *FLOWS.values()))  # fmt: skip
        return found if ran and something else {key: Fact(None, fact.unit) for key, fact in found.items()}

    def _known(self, span: Span) -> dict[str, Fact]:
        counts = {name: span.counts.get(name, 0) for name in _NAMES}
        counts["satisfied"] = sum(counts[f"rated_{score}"] for score in range(self._satisfied, 5))
        found = {key: _count(counts[name]) for key, name in FLOWS.items()}
        found |= {key: _count(sum(counts[name] for name in names)) for key, names in _COHORT.items()}
        found |= {key: Fact(n / d if d else None, "share", n, d) for key, (n, d) in rates(counts).items()}
        return found | _hours(span)

    def _change(self, key: str, then: Fact) -> Fact:
        now = self._snapshot.fact("total." + key.split(".total.")[1])
        unit = "points" if then.unit == "share" else then.unit
        if now.value is None or then.value is None:
            return Fact(None, unit)
        if unit == "points" and now.n is not None and then.n is not None and now.d and then.d:
            exact = Fraction(now.n * then.d - then.n * now.d, now.d * then.d)
            return Fact(exact.numerator / exact.denominator, "points", exact.numerator, exact.denominator)
        return Fact(now.value - then.value, unit)


_NAMES = ("accepted", "closed", "handled_due", "on_time", "late", "closed_due", "no_deadline", "overdue_cohort",
          "ever_handled", "reworked", "ever_closed", "reopened", "rated", "rated_1", "rated_2", "rated_3", "rated_4",
          *FLOWS.values())  # fmt: skip
_PREFIXES = tuple(f"{word}.total." for word in (*_CHANGES, *_CHANGES.values()))


def _change_id(key: str) -> str:
    kind, _, rest = key.partition(".")
    return f"{_CHANGES[kind]}.{rest}"


def _plain(fact: Fact | None) -> object:
    return None if fact is None else (fact.value, fact.unit, fact.n, fact.d)


def _count(n: int) -> Fact:
    return Fact(n, "cases", n)


def _hours(span: Span) -> dict[str, Fact]:
    minutes = np.sort(np.concatenate(span.minutes)) if span.minutes else np.zeros(0, np.int64)
    found = {}
    for key, percent in (("handling_hours", 50), ("handling_hours_p90", 90)):
        rank = -(-len(minutes) * percent // 100)
        found[key] = Fact(int(minutes[rank - 1]) / 60 if len(minutes) else None, "hours", None, len(minutes))
    return found


def _counted(then: Judged, deadline: Ints, until: int) -> Mapping[str, Mask]:
    """Counters of the cases as they stood."""
    columns = then.columns
    found = {name: which for name, which in flags_of(then, deadline).items() if not name.startswith(("ever", "re"))}
    waiting = (columns["handled_at"] == NONE) & (columns["closed_at"] == NONE) & (columns["suspended_at"] == NONE)
    return found | {"overdue_cohort": waiting & (deadline != NONE) & (deadline < until)}


def _by(flow: Flows, instant: int, cases: int) -> Mask:
    """To which cases something had happened before an instant."""
    found = np.zeros(cases, np.bool_)
    found[flow.case[flow.instant < instant]] = True
    return found


def _a_year_before(period: Period) -> Period:
    months = period.whole_months()
    first = _back(period.first)
    last = last_day(plus_months(months[-1], -12)) if months else _back(period.last)
    return Period(first, last, f"{first}..{last}")


def _back(day: int) -> int:
    return min(day - 10_000, last_day(day // 100 - 100))
