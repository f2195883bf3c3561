"""What the events of all cases add up to: everything that a snapshot's figures are compared with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dashboard.check.judging import Flows, Ints, Mask
from dashboard.check.ledger import keys_of
from dashboard.domain.periods import LocalDays, Period, plus_days
from dashboard.domain.regions import LEVELS, STREET
from dashboard.queries.score_league import period_before
from dashboard.reports.recount_cases import DAY, Cases, Docket, cohort_flags, offsets, stocks
from dashboard.reports.snapshot import Snapshot

NOW, BEFORE = "", "before"
PEERS = "peers"
"""The column of regions at the level of the report's own, of all cases of the city."""
BY = ("channel", "category", "main", "kind", "hour", "l4")
"""What acceptances are counted by."""
PLACE = 1_000_000
NEVER = np.iinfo(np.int64).max
_SIGNS = {"accepted_flow": 1, "reopened_flow": 1, "closed_flow": -1, "voided_flow": -1}
Span = tuple[int, int]
"""Instants, the end excluded."""


@dataclass
class Tallies:
    """``counts`` by (span, column, counter): an array by group number, -1 left out. ``accepted`` the same of
    acceptances. ``began`` is the first acceptance of all. ``listed`` the keys of the cases in each list. ``minutes`` by
    clock. ``there`` are streets, and the report's own region, with local days (``PLACE`` times the region and the
    day)."""

    counts: dict[tuple[str, str, str], NDArray[np.int64]] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)
    listed: dict[str, set[int]] = field(default_factory=dict)
    minutes: dict[str, list[NDArray[np.int64]]] = field(default_factory=lambda: {"natural": [], "work": []})
    there: set[int] = field(default_factory=set)
    carried: int = 0
    began: int = NEVER
    units: set[int] = field(default_factory=set)

    def add(self, span: str, by: str, counter: str, groups: Ints, times: int = 1) -> None:
        """Count groups, each once."""
        found = np.bincount(groups + 1)[1:] * times
        known = self.counts.get((span, by, counter), found[:0])
        longer, other = (known, found) if len(known) > len(found) else (found, known)
        longer[: len(other)] += other
        self.counts[span, by, counter] = longer

    def of(self, span: str, by: str, counter: str, group: int) -> int:
        """One count."""
        known = self.counts.get((span, by, counter))
        return int(known[group]) if known is not None and 0 <= group < len(known) else 0

    def by(self, span: str, by: str, counter: str) -> dict[int, int]:
        """Counts by group, no zeros."""
        known = self.counts.get((span, by, counter), np.zeros(0, np.int64))
        return {int(group): int(known[group]) for group in np.flatnonzero(known)}

    def median(self, clock: str, percent: int) -> tuple[float | None, int]:
        """(hours at a percentile by nearest rank, number of durations)."""
        values = np.sort(np.concatenate(self.minutes[clock])) if self.minutes[clock] else np.zeros(0, np.int64)
        rank = -(-len(values) * percent // 100)
        return (int(values[rank - 1]) / 60 if len(values) else None), len(values)


class Counting:
    """Adds the cases of every bucket to the tallies of a snapshot's period and the one before."""

    def __init__(self, docket: Docket, snapshot: Snapshot, zone: str, soon: int) -> None:
        self._docket, self._snapshot, self._soon = docket, snapshot, soon
        self._days = LocalDays(zone)
        period = Period(snapshot.first, snapshot.last, snapshot.asked.period)
        self._spans = {NOW: self._span(period), BEFORE: self._span(period_before(period))}
        self._levels = tuple(_columns(snapshot))
        self._peers = f"l{_level_of(snapshot)}" if snapshot.own else ""
        self._corrected = _corrections(snapshot)
        self.tallies = Tallies(listed={name: set() for name in snapshot.lists})

    def _span(self, period: Period) -> Span:
        return self._days.start(period.first), self._days.start(plus_days(period.last, 1))

    def add(self, cases: Cases) -> None:
        """The cases of a bucket."""
        if len(cases["accepted_at"]):
            self.tallies.began = min(self.tallies.began, int(cases["accepted_at"].min()))
        for span, bounds in self._spans.items():
            self._cohort(cases, span, bounds)
            self._flows(cases, span, bounds)
        self._stocks(cases)
        self._balance(cases)
        self._correct(cases)

    def _cohort(self, cases: Cases, span: str, bounds: Span) -> None:
        accepted = cases["accepted_at"]
        everywhere = (accepted >= bounds[0]) & (accepted < bounds[1])
        cohort = everywhere & cases.chosen
        for name, which in cohort_flags(cases, self._snapshot.cut.time).items():
            self._count(span, name, cases, np.flatnonzero(which & cohort), np.flatnonzero(which & everywhere))
        for by in BY:
            self.tallies.add(span, by, "came", cases.groups[by][cohort])
        self.tallies.units |= set(np.unique(cases.groups["unit"][cohort]).tolist())
        if span == NOW:
            self._durations(cases, cohort & ~cases.known("voided_at") & cases.timed)

    def _count(self, span: str, name: str, cases: Cases, chosen: Ints, everywhere: Ints) -> None:
        """Cases by their places, under one counter: the chosen ones by all levels, all of them by the own region's."""
        for by in self._levels:
            self.tallies.add(span, by, name, cases.groups[by][chosen])
        if self._peers:
            self.tallies.add(span, PEERS, name, cases.groups[self._peers][everywhere])

    def _durations(self, cases: Cases, which: Mask) -> None:
        self.tallies.minutes["natural"].append(cases.natural[which])
        self.tallies.minutes["work"].append(cases.work[which])

    def _flows(self, cases: Cases, span: str, bounds: Span) -> None:
        for name, flow in cases.judged.flows.items():
            everywhere = (flow.instant >= bounds[0]) & (flow.instant < bounds[1])
            inside = everywhere & cases.chosen[flow.case]
            self._count(span, name, cases, flow.case[inside], flow.case[everywhere])
            for score in range(1, 5) if name == "rated" else ():
                given = flow.score == score
                self._count(span, f"rated_{score}", cases, flow.case[inside & given], flow.case[everywhere & given])
            self.tallies.units |= set(np.unique(cases.groups["unit"][flow.case[inside]]).tolist())
            if span == NOW:
                self._saw(cases, flow, everywhere & self._here(cases)[flow.case])

    def _here(self, cases: Cases) -> Mask:
        """Which cases lie in the report's region, whatever is chosen among them."""
        level, number = _level_of(self._snapshot), self._docket.region(self._snapshot.place.code)
        return np.equal(cases.groups[f"l{level}"], number) if level else np.ones(len(cases.deadline), np.bool_)

    def _saw(self, cases: Cases, flow: Flows, inside: Mask) -> None:
        instants, case = flow.instant[inside], flow.case[inside]
        days = (instants + offsets(instants, self._days)) // DAY
        level = max(STREET, _level_of(self._snapshot))
        if not len(days):
            return
        whole = self._docket.region(self._snapshot.place.code)
        self.tallies.there.update((whole * PLACE + np.unique(days)).tolist())
        street, first = cases.groups[f"l{level}"][case], int(days.min())
        seen = np.zeros((int(street.max()) + 2, int(days.max()) - first + 1), np.bool_)
        seen[street, days - first] = True  # a case of no street is seen in the last row
        streets, places = np.nonzero(seen[:-1])
        self.tallies.there.update((streets * PLACE + places + first).tolist())

    def _stocks(self, cases: Cases) -> None:
        found = stocks(cases, self._snapshot.cut.time, self._soon)
        accepted = cases["accepted_at"]
        cohort = (accepted >= self._spans[NOW][0]) & (accepted < self._spans[NOW][1])
        tagged = np.isin(
            cases.judged.columns["tags"], self._docket.tagged(self._snapshot.names.get("list.crossing", ""))
        )
        there = cases.open | (cohort & cases.known("closed_at") & ~cases.known("voided_at"))
        for name, which in found.items():
            self.tallies.stock[name] = self.tallies.stock.get(name, 0) + int((which & cases.chosen).sum())
        for name, which in (found | {"crossing": tagged & there}).items():
            if name in self.tallies.listed:
                self.tallies.listed[name] |= set(cases["key"][which & cases.chosen].tolist())

    def _balance(self, cases: Cases) -> None:
        for name, sign in _SIGNS.items():
            flow = cases.judged.flows[name]
            early = (flow.instant < self._spans[NOW][0]) & cases.chosen[flow.case]
            self.tallies.carried += sign * int(early.sum())

    def _correct(self, cases: Cases) -> None:
        for key, changes in self._corrected:
            for number in np.flatnonzero((cases["key"] == key) & cases.chosen):
                for name, n in changes.items():
                    self._change(cases, int(number), name, n)

    def _change(self, cases: Cases, number: int, name: str, n: int) -> None:
        some = np.array([number])
        for by in self._levels:
            self.tallies.add(NOW, by, name, cases.groups[by][some], n)
        if self._peers:
            self.tallies.add(NOW, PEERS, name, cases.groups[self._peers][some], n)
        if name == "accepted_flow":
            for by in BY:
                self.tallies.add(NOW, by, "came", cases.groups[by][some], n)


def _columns(snapshot: Snapshot) -> Iterator[str]:
    """Columns that counters are compared by: everything, units, and the levels with a league."""
    yield from ("0", "unit")
    yield from (f"l{LEVELS.index(level)}" for level in snapshot.leagues)


def _level_of(snapshot: Snapshot) -> int:
    return LEVELS.index(snapshot.place.level)


def _corrections(snapshot: Snapshot) -> list[tuple[int, Mapping[str, int]]]:
    keys = keys_of([one.case for one in snapshot.corrections]).tolist() if snapshot.corrections else []
    return [(key, one.changes) for key, one in zip(keys, snapshot.corrections, strict=True)]
