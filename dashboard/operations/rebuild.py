"""Every projection again from the stored events, and what of it differed from what stood there.

Projections are the case rows, tallies, inflow and histograms. Moments and day ends are no projections but records of
what was told at an instant; positions and reports do not come from events.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete

from dashboard.domain.periods import LocalDays
from dashboard.domain.tallies import COUNTERS
from dashboard.ingest.duty import ROLE
from dashboard.ingest.opening import Place, hold
from dashboard.ingest.restating import count_again
from dashboard.ingest.rules import Rules
from dashboard.operations.fault import OperationFault
from dashboard.store import schema
from dashboard.store.lease import Lease

PROJECTIONS = (schema.case, schema.tally, schema.inflow, schema.histogram)
NOTHING = {
    "tally": " AND ".join(f'"{name}" = 0' for name in COUNTERS),
    "inflow": "n = 0",
    "histogram": "n = 0",
}
"""A row that says no more than its absence: counting one by one leaves such rows, counting at once does not."""
_PACKED = ("fold",)


@dataclass(frozen=True)
class Difference:
    """One row: ``before`` or ``after`` is None where there was none. ``key`` are the values of its primary key."""

    table: str
    key: tuple[Any, ...]
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def __str__(self) -> str:
        name = f"{self.table} {' '.join(map(str, self.key))}"
        if self.before is None or self.after is None:
            return f"{name}: {'was missing' if self.before is None else 'belongs to no event'}"
        changed = [column for column in self.before if self.before[column] != self.after[column]]
        return f"{name}: " + ", ".join(f"{column} {self.before[column]} -> {self.after[column]}" for column in changed)


@contextmanager
def nobody_writes(place: Place) -> Iterator[None]:
    """Keep every writer out; ``OperationFault`` where one is at work. (``PlaceError``: in this directory.)"""
    lease = Lease(place.store.engine, ROLE, 24 * 3600)
    with hold(place.directory):
        if not lease.take():
            raise OperationFault("an ingest role writes: stop all of them first")
        try:
            yield
        finally:
            lease.give_back()


def rebuild(place: Place, keep: bool = True) -> list[Difference]:
    """Make the projections anew in one transaction; without ``keep`` it is undone and only tells what differs.

    While no writer works (``nobody_writes``); processes that read must be started anew when something differed.
    """
    rules, store = Rules.of(place.base(), LocalDays(place.settings.zone)), place.store
    with store.write() as connection:
        for table in PROJECTIONS:
            connection.exec_driver_sql(f'CREATE TEMP TABLE "{_before(table)}" AS SELECT * FROM "{table.name}"')
        connection.execute(delete(schema.case))
        count_again(store, connection, rules)
        found = [difference for table in PROJECTIONS for difference in _differences(connection, table)]
        for table in PROJECTIONS:
            connection.exec_driver_sql(f'DROP TABLE "{_before(table)}"')
        if not keep:
            connection.rollback()
    return found


def _before(table: Table) -> str:
    return f"before_{table.name}"


def _differences(connection: Connection, table: Table) -> Iterator[Difference]:
    """Rows of both sides that the other side has not, but for ``seq``, joined by their key."""
    columns = [column.name for column in table.columns if column.name != "seq"]
    old = _only(connection, columns, table, _before(table), table.name)
    new = _only(connection, columns, table, table.name, _before(table))
    for key in sorted(old.keys() | new.keys()):
        difference = Difference(table.name, key, old.get(key), new.get(key))
        if difference.before != difference.after:
            yield difference


def _only(connection: Connection, columns: list[str], table: Table, one: str, other: str) -> dict[tuple[Any, ...], Any]:
    named = ", ".join(f'"{name}"' for name in columns)
    empty = f" WHERE NOT ({NOTHING[table.name]})" if table.name in NOTHING else ""
    query = f'SELECT {named} FROM "{one}"{empty} EXCEPT SELECT {named} FROM "{other}"{empty}'
    keys = [column.name for column in table.primary_key]
    rows = [dict(zip(columns, map(_plain, columns, row), strict=True)) for row in connection.exec_driver_sql(query)]
    return {tuple(row[name] for name in keys): row for row in rows}


def _plain(column: str, value: Any) -> Any:
    """A packed state as what it says: its bytes depend on the order in which events came."""
    return msgspec.msgpack.decode(value) if column in _PACKED else value
