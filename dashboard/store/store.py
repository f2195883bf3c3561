"""The SQL store of the case lane: one transaction writes an event and everything that follows from it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock, local
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from dashboard.domain.changes import CaseRow, Changes, Inflow, Step, TallyRow
from dashboard.domain.tallies import COUNTERS
from dashboard.store import schema
from dashboard.store.bulk import put, select_in
from dashboard.store.clock_tables import ClockTables
from dashboard.store.engine import open_engine, writing
from dashboard.store.rows import (
    CASE_COLUMNS,
    EVENT_COLUMNS,
    HISTOGRAM_COLUMNS,
    INFLOW_COLUMNS,
    QUARANTINE_COLUMNS,
    TALLY_COLUMNS,
    EventRow,
    HistogramRow,
    Quarantined,
    case_row,
    case_values,
    inflow_row,
    tally_row,
)

_CASES = f'SELECT {",".join(CASE_COLUMNS)} FROM "case"'
_EVENTS = f"SELECT {','.join(EVENT_COLUMNS)} FROM event"
_COUNTERS = ",".join(name for name in TALLY_COLUMNS if name != "seq")
_TALLY_ORDER = ("period", "region", *TALLY_COLUMNS[2:])
_INFLOW = "SELECT region, day, dimension, key, n FROM inflow"
_STEPS = (
    'SELECT e.seq, e.time, e.type, e.case_id, c.title, c.region FROM event AS e JOIN "case" AS c ON c.id = e.case_id'
)


QUARANTINE_ROWS = 100_000
"""Refused items that are kept; whoever sends only garbage must not fill the disk."""
TRIM_EVERY = 1000
"""Refused items between two looks at how many there are."""
QUARANTINE_DROPPED = "quarantine_dropped"
"""Key in ``state`` of how many were dropped for want of room, ever."""


class Stored(msgspec.Struct, frozen=True):
    """What one transaction writes; projections carry ``seq``, the number of its last event.

    ``folds`` belong to ``cases`` one by one; ``histogram`` is added, all else is set; ``released`` are ids of
    quarantined items that are stored now.
    """

    seq: int
    events: Sequence[EventRow] = ()
    cases: Sequence[CaseRow] = ()
    folds: Sequence[bytes] = ()
    tallies: Sequence[TallyRow] = ()
    inflow: Sequence[Inflow] = ()
    histogram: Sequence[HistogramRow] = ()
    quarantined: Sequence[Quarantined] = ()
    released: Sequence[int] = ()


class Store(ClockTables):
    """Reads and writes of the case lane; thread-safe. ``engine`` is for whoever brings tables of its own."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.quarantine_rows, self._put_since_trim = QUARANTINE_ROWS, 0
        self._writer, self._shared = Lock(), local()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that excludes every other writer of this database; commits at the end, rolls back on error."""
        with self._writer, writing(self.engine) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database."""
        shared: Connection | None = getattr(self._shared, "connection", None)
        if shared is not None:
            yield shared
            return
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Everything that this thread reads inside is of the same moment, in one transaction."""
        with self.read() as connection:
            before = getattr(self._shared, "connection", None)
            self._shared.connection = connection
            try:
                yield
            finally:
                self._shared.connection = before

    def put(self, connection: Connection, stored: Stored) -> None:
        """Write everything of one transaction into it."""
        seq = stored.seq
        put(connection, schema.event, EVENT_COLUMNS, [msgspec.structs.astuple(row) for row in stored.events], "fail")
        cases = [case_values(row, fold) for row, fold in zip(stored.cases, stored.folds, strict=True)]
        put(connection, schema.case, (*CASE_COLUMNS, "fold"), cases, "replace")
        tallies = sorted((row.period, row.region, row.counts) for row in stored.tallies)
        put(connection, schema.tally, _TALLY_ORDER, [(p, r, seq, *counts) for p, r, counts in tallies], "replace")
        inflow = [(row.region, row.day, row.dimension, row.key, row.count, seq) for row in stored.inflow]
        put(connection, schema.inflow, INFLOW_COLUMNS, inflow, "replace")
        histogram = [msgspec.structs.astuple(row) for row in stored.histogram]
        put(connection, schema.histogram, HISTOGRAM_COLUMNS, histogram, "add")
        self._put_quarantine(connection, stored)

    def _put_quarantine(self, connection: Connection, stored: Stored) -> None:
        rows = [msgspec.structs.astuple(row) for row in stored.quarantined]
        put(connection, schema.quarantine, QUARANTINE_COLUMNS, rows, "skip")
        self._put_since_trim += len(rows)
        if self._put_since_trim > min(TRIM_EVERY, self.quarantine_rows // 10):
            self._put_since_trim = 0
            self._trim_quarantine(connection)
        if stored.released:
            connection.execute(schema.quarantine.delete().where(schema.quarantine.c.id.in_(stored.released)))

    def _trim_quarantine(self, connection: Connection) -> None:
        """Drop the oldest refused items above the limit and count them."""
        ids = schema.quarantine.c.id
        newest = select(ids).order_by(ids.desc()).offset(self.quarantine_rows).limit(1)
        oldest = connection.scalar(newest)
        if oldest is None:
            return
        dropped = connection.execute(schema.quarantine.delete().where(ids <= oldest)).rowcount
        key = schema.state.c.key == QUARANTINE_DROPPED
        before = int(connection.scalar(select(schema.state.c.value).where(key)) or 0)
        self.set_state(QUARANTINE_DROPPED, str(before + dropped), connection)

    def last_seq(self, connection: Connection | None = None) -> int:
        """The highest number given so far; 0 where nothing is stored."""
        if connection is None:
            with self.read() as own:
                return self.last_seq(own)
        return connection.scalar(select(func.max(schema.event.c.seq))) or 0

    def changes_since(self, seq: int, limit: int = 20_000) -> Changes:
        """Everything that carries numbers ``seq + 1`` .. ``last``, at most ``limit`` of them.

        Call again until ``first > last``. Rows are as the store holds them now: a row changed again after ``last``
        comes only with the later number.
        """
        with self.read() as connection:
            last = min(self.last_seq(connection), seq + limit)
            span = (seq, last)
            return Changes(
                first=seq + 1,
                last=last,
                cases=[case_row(row) for row in _span(connection, _CASES, span)],
                tallies=[tally_row(row) for row in _span(connection, f"SELECT {_COUNTERS} FROM tally", span)],
                inflow=[inflow_row(row) for row in _span(connection, _INFLOW, span)],
                steps=[Step(*row) for row in _span(connection, _STEPS, span, "e.seq", " ORDER BY e.seq")],
            )

    def steps(self, limit: int) -> list[Step]:
        """The newest stored events as the ticker shows them, newest first."""
        with self.read() as connection:
            last = self.last_seq(connection)
            found = _span(connection, _STEPS, (last - limit, last), "e.seq", " ORDER BY e.seq DESC")
            return [Step(*row) for row in found]

    def open_cases(self) -> list[CaseRow]:
        """All cases that are accepted, not closed and not void."""
        with self.read() as connection:
            return [case_row(row) for row in connection.exec_driver_sql(f"{_CASES} WHERE {schema.OPEN}")]

    def cases(self, ids: Iterable[str], connection: Connection | None = None) -> list[CaseRow]:
        """The cases of these ids that exist, in no order."""
        if connection is None:
            with self.read() as own:
                return self.cases(ids, own)
        return [case_row(row) for row in select_in(connection, f"{_CASES} WHERE id IN {{}}", list(ids))]

    def folds(self, ids: Iterable[str], connection: Connection) -> dict[str, bytes]:
        """The state of these cases as it was counted, by id; see ``schema.case``."""
        found = select_in(connection, 'SELECT id, fold FROM "case" WHERE id IN {}', list(ids))
        return {row[0]: row[1] for row in found}

    def open_folds(self, connection: Connection) -> list[bytes]:
        """The state of all open cases."""
        return [row[0] for row in connection.exec_driver_sql(f'SELECT fold FROM "case" WHERE {schema.OPEN}')]

    def events_of(self, case_ids: Iterable[str], connection: Connection | None = None) -> list[EventRow]:
        """All stored events of these cases in order of ``seq``."""
        if connection is None:
            with self.read() as own:
                return self.events_of(case_ids, own)
        found = select_in(connection, f"{_EVENTS} WHERE case_id IN {{}}", list(case_ids))
        return sorted((EventRow(*row) for row in found), key=lambda row: row.seq)

    def known_uids(self, uids: Sequence[bytes], connection: Connection) -> dict[bytes, str]:
        """Which of these identities are stored, with the raw event that was first."""
        found = select_in(connection, "SELECT uid, raw FROM event WHERE uid IN {}", uids, "bytea")
        return {bytes(uid): raw for uid, raw in found}

    def tallies(self, periods: Sequence[int], codes: Sequence[str] | None = None) -> list[TallyRow]:
        """Counters of these months or days, of all regions or of these."""
        with self.read() as connection:
            return [row for period in periods for row in _tallies(connection, period, codes)]

    def tallies_of(self, connection: Connection, period: int, codes: Sequence[str] | None = None) -> list[TallyRow]:
        """Counters of one period inside a transaction."""
        return list(_tallies(connection, period, codes))

    def month_to_date(self, connection: Connection, first: int, last: int) -> dict[str, list[int]]:
        """Counters of the days ``first`` .. ``last`` added up, of all regions down to the street that have any."""
        sums = [func.sum(schema.tally.c[name]) for name in COUNTERS]
        query = select(schema.tally.c.region, *sums).where(schema.tally.c.period.between(first, last))
        return {row[0]: [int(n) for n in row[1:]] for row in connection.execute(query.group_by(schema.tally.c.region))}

    def inflow(self, first: int, last: int, codes: Sequence[str] | None = None) -> list[Inflow]:
        """Cases accepted on the days ``first`` .. ``last`` by dimension and key."""
        table = schema.inflow.c
        query = select(table.region, table.day, table.dimension, table.key, table.n).where(
            table.day.between(first, last), table.n != 0
        )
        if codes is not None:
            query = query.where(table.region.in_(codes))
        with self.read() as connection:
            return [inflow_row(row) for row in connection.execute(query)]

    def inflow_counts(self, connection: Connection, day: int) -> dict[tuple[str, str, str], int]:
        """Inflow of a day by (region, dimension, key)."""
        table = schema.inflow.c
        rows = connection.execute(select(table.region, table.dimension, table.key, table.n).where(table.day == day))
        return {(region, dimension, key): n for region, dimension, key, n in rows}


def _tallies(connection: Connection, period: int, codes: Sequence[str] | None) -> Iterator[TallyRow]:
    query = f"SELECT {_COUNTERS} FROM tally WHERE period = {int(period)}"
    if codes is None:
        return (tally_row(row) for row in connection.exec_driver_sql(query))
    return (tally_row(row) for row in select_in(connection, f"{query} AND region IN {{}}", codes))


def _span(
    connection: Connection, query: str, span: tuple[int, int], seq: str = "seq", order: str = ""
) -> Iterable[Sequence[Any]]:
    """Rows of ``query`` whose number lies in ``(span[0], span[1]]``."""
    return connection.exec_driver_sql(f"{query} WHERE {seq} > {int(span[0])} AND {seq} <= {int(span[1])}{order}")


def open_store(url: str) -> Store:
    """Open or create the database at a SQLAlchemy URL; ``StoreError`` says in one sentence why it cannot be used."""
    return Store(url)
