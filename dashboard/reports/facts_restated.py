"""What later events changed of the figures of an earlier issued report.

A case goes on living after a report: that is no restatement. A figure is restated where an event came later that had
happened before the earlier report was frozen, and would have counted in it. Only cases with such an event are folded:
once from what was stored at the earlier cut-off, once with what has come since.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, text

from dashboard.domain.contributions import contributions
from dashboard.domain.events import CaseEvent
from dashboard.domain.life_cycle import Case, Context, fold
from dashboard.domain.periods import LocalDays
from dashboard.domain.stocks import due_soon, overdue
from dashboard.domain.tallies import COUNTERS
from dashboard.queries.refolding import context_of
from dashboard.reports.facts_counts import COUNTED, OVERDUE, Counts, known_of
from dashboard.reports.facts_totals import STOCKS, flow_facts
from dashboard.reports.facts_view import Books, events_of
from dashboard.reports.snapshot import Cut, Fact, Restated, Snapshot

_LATE = text("SELECT DISTINCT case_id FROM event WHERE seq > :since AND seq <= :upto AND time <= :at ORDER BY case_id")
_STOCK_NAMES = tuple(STOCKS.values())


def restated_of(books: Books, earlier: Snapshot, cut: Cut) -> list[Restated]:
    """Totals of an earlier report that are others by now, in order of key; of a choice of cases none are told."""
    if earlier.asked.filters or cut.seq <= earlier.cut.seq:
        return []
    base, days = books.base(), LocalDays(books.settings.zone)
    lies = _lies_in(books, earlier)
    with books.engine.connect() as connection:
        changed = _differences(
            connection, earlier, cut, context_of(base, days), lies, days, books.settings.rules.due_soon
        )
    if not any(changed.values()):
        return []
    then = {name: int(earlier.fact(f"count.{name}").value or 0) for name in COUNTED}
    now = {name: n + changed.get(name, 0) for name, n in then.items()}
    return list(_restated(earlier, now, changed, books.settings.rules.satisfied_score))


def _restated(earlier: Snapshot, now: Counts, changed: Mapping[str, int], satisfied: int) -> Iterator[Restated]:
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


def _differences(
    connection: Connection, earlier: Snapshot, cut: Cut, context: Context, lies: Callable[[Case], bool],
    days: LocalDays, soon: int,
) -> Counter[str]:  # fmt: skip
    values = {"since": earlier.cut.seq, "upto": cut.seq, "at": earlier.cut.time}
    ids = [row[0] for row in connection.execute(_LATE, values)]
    found: Counter[str] = Counter()
    for events in events_of(connection, ids, cut.seq):
        told = [event for seq, event in events if seq <= earlier.cut.seq]
        known = [event for seq, event in events if seq <= earlier.cut.seq or event.time <= earlier.cut.time]
        for sign, some in ((-1, told), (1, known)):
            for name, n in _counted(some, earlier, context, lies, days, soon).items():
                found[name] += sign * n
    return found


def _counted(
    events: Sequence[CaseEvent], earlier: Snapshot, context: Context, lies: Callable[[Case], bool], days: LocalDays,
    soon: int,
) -> Counter[str]:  # fmt: skip
    """What one case adds to the counters and stocks of a report."""
    found: Counter[str] = Counter()
    case = fold(events, context) if events else None
    if case is None or not lies(case):
        return found
    for (day, column), n in contributions(case, days).items():
        if earlier.first <= day <= earlier.last:
            found[COUNTERS[column]] += n
    row, at = case.row(0), earlier.cut.time
    late = overdue(row, at)
    found[OVERDUE] += (
        late and row.accepted_at is not None and earlier.first <= days.day(row.accepted_at) <= earlier.last
    )
    open_ = row.open
    states = {
        "open": open_, "overdue": late, "due_soon": due_soon(row, at, soon), "suspended": open_ and row.suspended,
        "supervised": open_ and row.supervised_at is not None,
    }  # fmt: skip
    for name in _STOCK_NAMES:
        found[f"stock.{name}"] += states[name]
    return found


def _lies_in(books: Books, earlier: Snapshot) -> Callable[[Case], bool]:
    tree, days = books.base().tree, LocalDays(books.settings.zone)
    top = tree.latest.get(earlier.place.code)
    if top == 0:
        return lambda case: True

    def lies(case: Case) -> bool:
        day = None if case.accepted_at is None else days.day(case.accepted_at)
        node = tree.node(case.region, day)
        node = tree.node(case.region) if node is None else node
        return node is not None and earlier.place.code in {tree.regions[above].code for above in tree.chain(node, day)}

    return lies
