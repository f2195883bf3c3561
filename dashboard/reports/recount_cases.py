"""Accepted cases as the recount sees them: judged by their events, placed, and chosen by what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from dashboard.check.clocks import Clocks, deadlines, minutes
from dashboard.check.facts import Facts, with_tops
from dashboard.check.judging import Ints, Judged, Mask, judge
from dashboard.check.ledger import NONE, Columns, Ledger, in_order, keys_of
from dashboard.domain.periods import LocalDays, as_date
from dashboard.domain.regions import LEVELS
from dashboard.reports.snapshot import Snapshot
from dashboard.store import schema

DAY = 86_400_000
MINUTE = 60_000


@dataclass(frozen=True)
class Cases:
    """Accepted cases, void ones too. ``groups`` has numbers by name: levels ``l0`` .. (regions, -1 for none), ``unit
    channel category main kind`` (texts), ``hour``."""

    judged: Judged
    chosen: Mask
    deadline: Ints
    timed: Mask
    natural: Ints
    work: Ints
    groups: Mapping[str, Ints]
    events: Columns

    def __getitem__(self, name: str) -> Ints:
        return self.judged.columns[name]

    def known(self, name: str) -> Mask:
        """Which cases have an instant."""
        return np.not_equal(self.judged.columns[name], NONE)

    @property
    def open(self) -> Mask:
        """Not closed, not void."""
        return ~self.known("closed_at") & ~self.known("voided_at")

    def waiting(self, at: int) -> Mask:
        """Open, unhandled, not suspended and past the deadline at an instant."""
        counts_down = self.open & ~self.known("handled_at") & ~self.known("suspended_at")
        return counts_down & np.not_equal(self.deadline, NONE) & np.less(self.deadline, at)


class Docket:
    """Reads and judges the events up to a snapshot's cut-off, bucket by bucket."""

    def __init__(
        self, connection: Connection, ledger: Ledger, facts: Facts, levels: Mapping[str, int], snapshot: Snapshot,
        soon: int,
    ) -> None:  # fmt: skip
        self._connection, self._ledger, self._snapshot, self._soon = connection, ledger, snapshot, soon
        self._clocks, self._facts, self._levels = Clocks(facts, ledger), facts, levels
        self._worded: set[int] | None = None
        tops = with_tops(facts.categories)
        number = ledger.number
        self._kinds = {number(code): number(kind or "") for code, kind in zip(tops.code, tops.kind, strict=True)}
        self._tops = {number(code): number(top) for code, top in zip(tops.code, tops.top, strict=True)}
        self.codes = sorted(set(facts.above.region) | set(facts.above.above))
        self._number = {code: n for n, code in enumerate(self.codes)}
        self._met: list[int] = []
        self._up = _ancestors(facts, self._number, levels)
        self._days = LocalDays(facts.zone)
        self._starts = np.array([0, *(self._days.start(day) for day in facts.starts[1:])], np.int64)

    def region(self, code: str) -> int:
        """The number of a region, -2 where there is none."""
        return self._number.get(code, -2)

    def cases(self, bucket: int) -> Cases:
        """The accepted cases of a bucket."""
        return self.judged(in_order(self._connection, self._ledger.bucket(bucket)))

    def judged(self, events: Columns) -> Cases:
        """The accepted cases among events in order, by what these say, by key."""
        judged = judge(events, self._kinds)
        groups = self._groups(judged)
        due, (timed, natural, work) = deadlines(judged, self._clocks), minutes(judged, self._clocks)
        everything = np.ones(len(due), np.bool_)
        found = Cases(judged, everything, due, timed, natural, work, groups, events)
        return Cases(judged, self._chosen(found), due, timed, natural, work, groups, events)

    def earlier(self, cases: Cases, until: int, some: Mask) -> Judged:
        """Some of the cases by what had happened before an instant."""
        events = cases.events
        wanted = (events.time < until) & np.isin(events.key, cases["key"][some])
        return judge(events.take(np.flatnonzero(wanted)), self._kinds)

    def _groups(self, judged: Judged) -> dict[str, Ints]:
        columns = judged.columns
        epoch = np.searchsorted(self._starts, columns["accepted_at"], side="right") - 1
        regions = self._regions()[columns["region"]]
        above = self._up[epoch, regions]
        groups = {f"l{level}": np.where(regions >= 0, above[:, level], -1) for level in range(len(LEVELS))}
        groups |= {name: columns[name] for name in ("unit", "channel", "category", "kind")}
        groups["main"] = self._numbers(columns["category"], self._tops)
        local = columns["accepted_at"] + offsets(columns["accepted_at"], self._days)
        groups["hour"] = local // 3_600_000 % 24
        groups["weekday"] = (local // DAY + 3) % 7 + 1
        return groups | {"0": np.zeros(len(epoch), np.int64)}

    def _regions(self) -> Ints:
        """Regions by the numbers of the texts met so far, -1 for those that are none."""
        self._met += [self._number.get(text, -1) for text in self._ledger.texts[len(self._met) :]]
        return np.array(self._met)

    def _texts(self) -> list[tuple[int, str]]:
        return list(enumerate(self._ledger.texts))

    def _numbers(self, column: Ints, known: Mapping[int, int]) -> Ints:
        """A column of text numbers by what they stand for; one that stands for nothing stays as it is."""
        table = np.arange(len(self._ledger.texts))
        for number, meant in known.items():
            table[number] = meant
        return table[column]

    def tagged(self, tag: str) -> list[int]:
        """Numbers of the texts of tags that hold a tag, of those met so far."""
        return [number for number, words in self._texts() if tag in words.split(",")]

    def _chosen(self, cases: Cases) -> Mask:
        asked = self._snapshot.asked
        found = np.ones(len(cases.deadline), np.bool_)
        for code in {asked.region, asked.filters.get("region", ""), asked.filters.get("grid", "")} - {""}:
            if self._levels.get(code) != 0:
                found &= self._inside(cases, code)
        for name, value in asked.filters.items():
            if name not in ("region", "grid"):
                found &= self._fits(cases, name, value)
        return found

    def _inside(self, cases: Cases, code: str) -> Mask:
        level = self._levels.get(code, 0)
        return np.equal(cases.groups[f"l{level}"], self.region(code))

    def _fits(self, cases: Cases, name: str, value: str) -> Mask:
        if name == "category":
            numbers = [n for n, text in self._texts() if text.startswith(value)]
            return np.isin(cases.groups["category"], numbers)
        if name in ("channel", "unit"):
            return np.equal(cases.groups[name], self._ledger.number(value))
        if name in ("hour", "weekday"):
            return np.equal(cases.groups[name], int(value))
        if name == "words":
            return np.isin(cases["key"], list(self._with_words(value)))
        return self._states(cases)[value]

    def _with_words(self, words: str) -> set[int]:
        """Keys of cases whose id begins with words or whose title holds them; titles are the stored ones."""
        if self._worded is None:
            rows = self._connection.execute(select(schema.case.c.id, schema.case.c.title))
            ids = [row[0] for row in rows if row[0].startswith(words) or words in row[1]]
            self._worded = set(keys_of(ids).tolist()) if ids else set()
        return self._worded

    def _states(self, cases: Cases) -> dict[str, Mask]:
        at, void = self._snapshot.cut.time, cases.known("voided_at")
        return {
            "open": cases.open, "closed": cases.known("closed_at") & ~void, "void": void,
            "unaccepted": np.zeros(len(void), np.bool_), **stocks(cases, at, self._soon),
        }  # fmt: skip


def began_by(began: int, first: int, last: int) -> bool:
    """Whether cases came in by the beginning of a span of local days, a tenth of it at most left out."""
    length = (as_date(last) - as_date(first)).days + 1
    return (as_date(began) - as_date(first)).days * 10 <= length


def stocks(cases: Cases, at: int, soon: int) -> dict[str, Mask]:
    """Which cases are in which stock at an instant; ``soon`` are minutes."""
    waiting = cases.open & ~cases.known("handled_at") & ~cases.known("suspended_at") & (cases.deadline != NONE)
    return {
        "open": cases.open,
        "overdue": waiting & (cases.deadline < at),
        "due_soon": waiting & (cases.deadline >= at) & (cases.deadline <= at + soon * MINUTE),
        "suspended": cases.open & cases.known("suspended_at"),
        "supervised": cases.open & cases.known("supervised_at"),
    }


def cohort_flags(cases: Cases, at: int) -> dict[str, Mask]:
    """The counters of a cohort as flags of its cases; all but ``voided`` leave void cases out."""
    return flags_of(cases.judged, cases.deadline) | {"overdue_cohort": cases.waiting(at)}


def flags_of(judged: Judged, deadline: Ints) -> dict[str, Mask]:
    """The counters of a cohort that depend on no instant."""
    flags, columns = judged.flags, judged.columns
    handled, closed = columns["handled_at"] != NONE, columns["closed_at"] != NONE
    limited = deadline != NONE
    found = {
        "accepted": np.ones(len(limited), np.bool_), "closed": closed, "handled": handled,
        "handled_due": handled & limited, "on_time": handled & limited & (columns["handled_at"] <= deadline),
        "late": handled & limited & (columns["handled_at"] > deadline), "closed_due": closed & limited,
        "no_deadline": ~limited, "ever_handled": flags["ever_handled"],
        "reworked": flags["failed_check"] & flags["ever_handled"], "ever_closed": flags["ever_closed"],
        "reopened": flags["reopened"], "closed_first": closed & (columns["closed_at"] < columns["accepted_at"]),
        "escalated": flags["escalated"], "extended": flags["extended"],
    }  # fmt: skip
    void = columns["voided_at"] != NONE
    return {name: which & ~void for name, which in found.items()} | {"voided": void}


def offsets(instants: Ints, days: LocalDays) -> Ints:
    """UTC offsets (ms) in force at instants: looked up once for each day, and on a day that changes it each time."""
    if not len(instants):
        return np.zeros(0, np.int64)
    number = instants // DAY
    first = int(number.min())
    found, changing = np.zeros(int(number.max()) - first + 1, np.int64), []
    for day in np.flatnonzero(np.bincount(number - first)).tolist():
        begin = (first + day) * DAY
        found[day] = days.offset(begin)
        if days.offset(begin + DAY - 1) != found[day]:
            changing.append(first + day)
    told: Ints = found[number - first]
    for place in np.flatnonzero(np.isin(number, changing)).tolist() if changing else ():
        told[place] = days.offset(int(instants[place]))
    return told


def _ancestors(facts: Facts, number: Mapping[str, int], levels: Mapping[str, int]) -> NDArray[np.int64]:
    """(epoch, region, level) -> the region of that level above it, -1 for none."""
    table = np.full((len(facts.starts), len(number), len(LEVELS)), -1, np.int64)
    above: pd.DataFrame = facts.above
    epoch, region, level, top = (
        np.asarray(column, np.int64)
        for column in (above.epoch, above.region.map(number), above.above.map(levels), above.above.map(number))
    )
    table[epoch, region, level] = top
    return table
