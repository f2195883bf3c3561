"""Counts everything again where base data changed what past events mean: a limit, a holiday, a border, a time zone.

The state that the tallies were counted with is remembered in the database, so a change is noticed also when it was made
while nothing ran. Additions that no case can have met (a new region, a category nobody used) count nothing again.
"""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice

import msgspec
from sqlalchemy import Connection, delete, select

from dashboard.domain.events import CaseEvent
from dashboard.domain.life_cycle import fold
from dashboard.ingest.case_cache import pack
from dashboard.ingest.projections import Projections
from dashboard.ingest.rules import Rules
from dashboard.ingest.stored_events import stored_event
from dashboard.store import Store, Stored, schema

KEY = schema.COUNTED_BY
"""Key in ``state`` of the ``Meaning`` that the tallies were counted with."""

TOKEN = schema.COUNTED_BY_DIGEST
"""Key in ``state`` of a digest of that: a writer who finds another one than it left has outdated figures in memory."""

CHUNK = 2_000
"""Cases folded at once."""


class Meaning(msgspec.Struct, frozen=True):
    """What figures depend on besides events, as short digests by code; ``version`` is that of base data."""

    version: int
    clock: str
    categories: dict[str, str]
    regions: dict[str, str]


def meaning_of(rules: Rules) -> Meaning:
    """The meaning that rules give to events."""
    base, tree = rules.base, rules.base.tree
    spans = {
        code: [(tree.regions[n].parent, tree.regions[n].valid_from, tree.regions[n].valid_to) for n in nodes]
        for code, nodes in tree.versions.items()
    }
    levels = {code: tree.regions[nodes[-1]].level for code, nodes in tree.versions.items()}
    return Meaning(
        base.version,
        _digest((rules.days.zone, base.duty_hours, sorted(base.workdays.items()))),
        {c.code: _digest((c.parent, c.kind, c.limit_minutes, c.clock)) for c in base.categories.values()},
        {code: _digest((levels[code], span)) for code, span in spans.items()},
    )


def counted_by(store: Store, connection: Connection) -> Meaning | None:
    """The meaning that the tallies were counted with; None before the first event."""
    kept = connection.scalar(select(schema.state.c.value).where(schema.state.c.key == KEY))
    return None if kept is None else msgspec.json.decode(kept, type=Meaning)


def token(connection: Connection) -> str | None:
    """What stands under ``TOKEN``."""
    return connection.scalar(select(schema.state.c.value).where(schema.state.c.key == TOKEN))


def restate(store: Store, connection: Connection, rules: Rules) -> bool:
    """Make stored figures agree with the rules, in the transaction given; whether anything was counted again."""
    before, now = counted_by(store, connection), meaning_of(rules)
    if before == now:
        return False
    needed = before is not None and _differs(before, now, connection)
    if needed:
        count_again(store, connection, rules)
    kept = msgspec.json.encode(now).decode()
    store.set_state(KEY, kept, connection)
    store.set_state(TOKEN, _digest(kept), connection)
    return needed


def _differs(before: Meaning, now: Meaning, connection: Connection) -> bool:
    if before.clock != now.clock:
        return True
    if any(now.regions.get(code) != digest for code, digest in before.regions.items()):
        return True
    codes = before.categories.keys() | now.categories.keys()
    changed = {code for code in codes if before.categories.get(code) != now.categories.get(code)}
    if not changed.isdisjoint(before.categories):
        return True
    return bool(changed) and not changed.isdisjoint(connection.scalars(select(schema.case.c.category).distinct()))


def count_again(store: Store, connection: Connection, rules: Rules) -> None:
    """Make cases, tallies, inflow and histograms anew from the stored events; all rows carry the last number."""
    seq = store.last_seq(connection)
    for table in (schema.tally, schema.inflow, schema.histogram):
        connection.execute(delete(table))
    projections = Projections(rules)
    for ids in _chunks(connection):
        events: dict[str, list[CaseEvent]] = {}
        for row in store.events_of(ids, connection):
            events.setdefault(row.case_id, []).append(stored_event(row))
        cases = [fold(of_case, rules.context) for of_case in events.values()]
        for case in cases:
            projections.count(None, case)
        changed = projections.settle(store, connection)
        rows = [case.row(seq) for case in cases]
        folds = [pack(case) for case in cases]
        store.put(connection, Stored(seq, (), rows, folds, changed.tallies, changed.inflow, changed.histogram))


def _chunks(connection: Connection) -> Iterator[list[str]]:
    known = select(schema.event.c.case_id).where(schema.event.c.case_id != "").distinct()
    ids = iter(connection.execute(known.order_by(schema.event.c.case_id)).scalars().all())
    while chunk := list(islice(ids, CHUNK)):
        yield chunk


def _digest(value: object) -> str:
    return blake2b(repr(value).encode(), digest_size=5).hexdigest()
