"""What later events changed of the figures of an earlier issued report: its totals and the rows of its rankings.

A case goes on living after a report: that is no restatement. A figure is restated where an event came later that had
happened before the earlier report was frozen, and would have counted in it. Only cases with such an event are folded:
once from what was stored at the earlier cut-off, once with what has come since. Ranks stay as they were issued.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from dashboard.domain.contributions import contributions
from dashboard.domain.events import CaseEvent
from dashboard.domain.life_cycle import Case, Context, fold
from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import LEVELS, RegionTree
from dashboard.domain.stocks import due_soon, overdue
from dashboard.domain.tallies import COUNTERS
from dashboard.queries.refolding import context_of
from dashboard.reports.facts_counts import COUNTED, OVERDUE, known_of
from dashboard.reports.facts_totals import STOCKS, flow_facts
from dashboard.reports.facts_view import Books, events_of
from dashboard.reports.restated_rows import Differences, Scope, restated_rows
from dashboard.reports.snapshot import Cut, Fact, Restated, Snapshot

_LATE = text("SELECT DISTINCT case_id FROM event WHERE seq > :since AND seq <= :upto AND time <= :at ORDER BY case_id")
_STOCK_NAMES = tuple(STOCKS.values())
_ALL: Scope = ("", "")


def restated_of(books: Books, earlier: Snapshot, cut: Cut) -> list[Restated]:
    """Totals of an earlier report that are others by now, in order of key, then rows of its rankings; of a choice of
    cases none are told."""
    if earlier.asked.filters or cut.seq <= earlier.cut.seq:
        return []
    base, days, rules = books.base(), LocalDays(books.settings.zone), books.settings.rules
    past = _Past(earlier, base.tree, context_of(base, days), days, rules.due_soon)
    with books.engine.connect() as connection:
        changed = _differences(connection, past, cut)
    if not any(any(counts.values()) for counts in changed.values()):
        return []
    totals = _totals(earlier, changed[_ALL], rules.satisfied_score)
    return [*totals, *restated_rows(earlier, changed, rules.satisfied_score)]


def _totals(earlier: Snapshot, changed: Mapping[str, int], satisfied: int) -> Iterator[Restated]:
    now = {name: int(earlier.fact(f"count.{name}").value or 0) + changed.get(name, 0) for name in COUNTED}
    found = flow_facts(known_of(now, satisfied))
    for key, state in STOCKS.items():
        before = earlier.fact(f"total.{key}")
        found[key] = Fact(int(before.value or 0) + changed.get(f"stock.{state}", 0), "cases")
    for key in sorted(found):
        then, told = earlier.fact(f"total.{key}"), found[key]
        if (then.value, then.n, then.d) != (told.value, told.n, told.d) and not (
            key in STOCKS and then.value == told.value
        ):
            yield Restated(earlier.asked.period, f"total.{key}", then, told)


def _differences(connection: Connection, past: "_Past", cut: Cut) -> Differences:
    since, at = past.earlier.cut.seq, past.earlier.cut.time
    ids = [row[0] for row in connection.execute(_LATE, {"since": since, "upto": cut.seq, "at": at})]
    found: Differences = {_ALL: Counter()}
    for events in events_of(connection, ids, cut.seq):
        told = [event for seq, event in events if seq <= since]
        known = [event for seq, event in events if seq <= since or event.time <= at]
        for sign, some in ((-1, told), (1, known)):
            past.add(found, sign, some)
    return found


@dataclass(frozen=True)
class _Past:
    """An earlier report, and what it takes to count a case in it."""

    earlier: Snapshot
    tree: RegionTree
    context: Context
    days: LocalDays
    soon: int

    def add(self, found: Differences, sign: int, events: Sequence[CaseEvent]) -> None:
        """Add or take away what a case counts for, in the whole and in every ranked unit it belongs to."""
        case = fold(events, self.context) if events else None
        codes = {} if case is None else self._codes(case)
        if case is None or self.earlier.place.code not in codes.values():
            return
        counted = self._counted(case)
        extended = any(event.type == "case.extended" for event in events)
        for scope in (_ALL, *self._scopes(case, codes)):
            into = found.setdefault(scope, Counter())
            for name, n in counted.items():
                into[name] += sign * n
            into["extended"] += sign * (extended and counted["accepted"])

    def _scopes(self, case: Case, codes: Mapping[str, str]) -> Iterator[Scope]:
        yield from ((level, codes[level]) for level in self.earlier.leagues if level in codes)
        if case.unit:
            yield "unit", case.unit

    def _codes(self, case: Case) -> dict[str, str]:
        """Codes of the regions that a case lies in, by level, by the borders of the day it was accepted."""
        day = None if case.accepted_at is None else self.days.day(case.accepted_at)
        node = self.tree.node(case.region, day)
        node = self.tree.node(case.region) if node is None else node
        above = [] if node is None else [self.tree.regions[one] for one in self.tree.chain(node, day)]
        return {LEVELS[region.level]: region.code for region in above}

    def _counted(self, case: Case) -> Counter[str]:
        """What one case adds to the counters and stocks of the report."""
        found: Counter[str] = Counter()
        for (day, column), n in contributions(case, self.days).items():
            if self._inside(day):
                found[COUNTERS[column]] += n
        row, at = case.row(0), self.earlier.cut.time
        late = overdue(row, at)
        found[OVERDUE] += late and row.accepted_at is not None and self._inside(self.days.day(row.accepted_at))
        open_ = row.open
        states = {
            "open": open_, "overdue": late, "due_soon": due_soon(row, at, self.soon),
            "suspended": open_ and row.suspended, "supervised": open_ and row.supervised_at is not None,
        }  # fmt: skip
        for name in _STOCK_NAMES:
            found[f"stock.{name}"] += states[name]
        return found

    def _inside(self, day: int) -> bool:
        return self.earlier.first <= day <= self.earlier.last
