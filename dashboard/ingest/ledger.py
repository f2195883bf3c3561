"""Turns a group of events into one transaction: events, cases, tallies and inflow that agree with each other.

A ledger is the writer's memory of what the database holds. It is only right as long as every transaction that it
prepared was committed and nobody else wrote; after anything else it is thrown away and made anew from the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboard.domain.changes import Changes, Step
from dashboard.domain.events import BadEvent, CaseEvent
from dashboard.domain.life_cycle import Case
from dashboard.ingest.case_cache import CaseCache, pack
from dashboard.ingest.case_group import CaseGroup
from dashboard.ingest.items import ACCEPTED, DUPLICATE, Item, Outcome, same_content, waiting_item
from dashboard.ingest.projections import Projections
from dashboard.ingest.rules import Rules
from dashboard.ingest.stored_events import stored_event
from dashboard.store import EventRow, Quarantined, Store, Stored

MISSING = ("missing_place", "missing_category")
"""Reasons of items that are taken up again once another event makes their case known."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one transaction did, told once it is committed; ``outcomes`` stand for the items given, in their order."""

    changes: Changes
    outcomes: list[Outcome]
    cases: list[Case]
    waiting: set[str]


class Ledger:
    """Not thread-safe; used inside the writer's transaction only."""

    def __init__(self, store: Store, rules: Rules, connection: Connection) -> None:
        self._store = store
        self._rules = rules
        self._projections = Projections(rules)
        self._waiting = store.waiting_cases(connection, MISSING)
        self.cases = CaseCache(store.open_folds(connection))
        self.seq = store.last_seq(connection)

    def write(self, connection: Connection, items: Sequence[Item]) -> Entry:
        """Write the items into the transaction. ``confirm`` the entry after the commit, or throw the ledger away."""
        everything = [*items, *self._taken_up(connection, items)]
        outcomes = self._first_look(connection, everything)
        self._refuse_unknown_places(everything, outcomes)
        groups = self._grouped(connection, everything, outcomes)
        _follow_first(everything, outcomes)
        self._fold(connection, groups)
        for group in groups:
            self._projections.count(group.old, group.new)
        stored, changes = self._numbered(connection, everything, outcomes, groups)
        self._store.put(connection, stored)
        waiting = {kept.case_id for kept in stored.quarantined if kept.reason in MISSING}
        return Entry(changes, outcomes[: len(items)], [group.new for group in groups], waiting)

    def confirm(self, entry: Entry) -> None:
        """Remember what was committed."""
        self.seq = entry.changes.last
        self.cases.put(entry.cases)
        self._waiting |= entry.waiting

    def _taken_up(self, connection: Connection, items: Sequence[Item]) -> list[Item]:
        """Refused items of the cases at hand that only waited for their case to become known."""
        if not self._waiting:
            return []
        cases = {item.event.case for item in items if isinstance(item.event, CaseEvent)} & self._waiting
        waiting = self._store.waiting(connection, MISSING, sorted(cases)) if cases else []
        return [waiting_item(number, kept) for number, kept in waiting]

    def _first_look(self, connection: Connection, items: Sequence[Item]) -> list[Outcome]:
        uids = [item.uid for item in items if item.event is not None]
        seen: dict[bytes, bytes | str] = dict(self._store.known_uids(uids, connection))
        return [_compared(item, seen) for item in items]

    def _refuse_unknown_places(self, items: Sequence[Item], outcomes: list[Outcome]) -> None:
        found = _accepted(items, outcomes)
        for number, refusal in self._rules.places.resolve([event for _, event in found]).items():
            outcomes[found[number][0]] = refusal

    def _grouped(self, connection: Connection, items: Sequence[Item], outcomes: list[Outcome]) -> list[CaseGroup]:
        groups: dict[str, CaseGroup] = {}
        for index, event in _accepted(items, outcomes):
            group = groups.get(event.case)
            if group is None:
                group = groups[event.case] = CaseGroup(event.case)
            group.members.append((index, event))
        for case_id, old in self.cases.get(groups, lambda ids: self._store.folds(ids, connection)).items():
            groups[case_id].old = old
        for group in groups.values():
            for index, refusal in group.refuse_unknown():
                outcomes[index] = refusal
        return [group for group in groups.values() if group.members]

    def _fold(self, connection: Connection, groups: Sequence[CaseGroup]) -> None:
        late = [group.id for group in groups if group.late]
        stored: dict[str, list[CaseEvent]] = {}
        for row in self._store.events_of(late, connection) if late else ():
            stored.setdefault(row.case_id, []).append(stored_event(row))
        for group in groups:
            group.fold(stored.get(group.id, ()), self._rules.context)

    def _numbered(
        self, connection: Connection, items: Sequence[Item], outcomes: Sequence[Outcome], groups: Sequence[CaseGroup]
    ) -> tuple[Stored, Changes]:
        kept = [item for item, outcome in zip(items, outcomes, strict=True) if outcome is ACCEPTED]
        seq = self.seq + len(kept)
        events = [_event_row(number, item) for number, item in enumerate(kept, self.seq + 1)]
        rows = [group.new.row(seq) for group in groups]
        changed = self._projections.settle(self._store, connection)
        stored = Stored(
            seq, events, rows, [pack(group.new) for group in groups], changed.tallies, changed.inflow,
            changed.histogram, _refused(items, outcomes), _released(items, outcomes),
        )  # fmt: skip
        steps = _steps(events, groups)
        return stored, Changes(self.seq + 1, seq, rows, changed.tallies, changed.inflow, steps)


def _compared(item: Item, seen: dict[bytes, bytes | str]) -> Outcome:
    """What an event is in the light of those with the same identity; notes it as seen."""
    event = item.event
    if event is None:
        return item.refusal or BadEvent("malformed", "nothing in it")
    first = seen.get(item.uid)
    if first is None:
        seen[item.uid] = item.raw
        return ACCEPTED
    if same_content(first, item.raw):
        return DUPLICATE
    case = event.case if isinstance(event, CaseEvent) else ""
    return BadEvent("conflict", f"event {event.id} was told before with other content", event.source, case)


def _follow_first(items: Sequence[Item], outcomes: list[Outcome]) -> None:
    """A repetition of an event that is refused now is refused as well: nothing else keeps it."""
    refused: dict[bytes, BadEvent] = {}
    for index, (item, outcome) in enumerate(zip(items, outcomes, strict=True)):
        if isinstance(outcome, BadEvent):
            if outcome.reason != "conflict":
                refused[item.uid] = outcome
        elif outcome is DUPLICATE and item.uid in refused:
            outcomes[index] = refused[item.uid]


def _accepted(items: Sequence[Item], outcomes: Sequence[Outcome]) -> list[tuple[int, CaseEvent]]:
    return [
        (index, item.event)
        for index, (item, outcome) in enumerate(zip(items, outcomes, strict=True))
        if outcome is ACCEPTED and isinstance(item.event, CaseEvent)
    ]


def _event_row(seq: int, item: Item) -> EventRow:
    event = item.event
    if isinstance(event, CaseEvent):
        return EventRow(
            seq, item.uid, event.case, event.time, event.type, item.received, event.region, item.raw.decode()
        )
    assert event is not None
    return EventRow(seq, item.uid, "", event.time, event.type, item.received, "", item.raw.decode())


def _steps(events: Sequence[EventRow], groups: Sequence[CaseGroup]) -> list[Step]:
    cases = {group.id: group.new for group in groups}
    return [
        Step(row.seq, row.time, row.type, row.case_id, cases[row.case_id].title, cases[row.case_id].region)
        for row in events
        if row.case_id
    ]


def _refused(items: Sequence[Item], outcomes: Sequence[Outcome]) -> list[Quarantined]:
    return [
        item.refused(outcome) for item, outcome in zip(items, outcomes, strict=True) if isinstance(outcome, BadEvent)
    ]


def _released(items: Sequence[Item], outcomes: Sequence[Outcome]) -> list[int]:
    return [
        item.quarantine
        for item, outcome in zip(items, outcomes, strict=True)
        if item.quarantine is not None and item.released(outcome)
    ]
