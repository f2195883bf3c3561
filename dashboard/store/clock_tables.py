"""What the clock writes (moments, day ends, the last tick) and what was refused, beside the case lane."""

import zlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, bindparam, func, select

from dashboard.store import schema
from dashboard.store.bulk import put
from dashboard.store.rows import QUARANTINE_COLUMNS, Quarantined


class Moment(msgspec.Struct, frozen=True):
    """Stocks of all regions above the grid at one instant: ``counts`` is int32 (len(codes), len(schema.STOCKS))."""

    time: int
    version: int
    codes: tuple[str, ...]
    counts: NDArray[np.int32]

    def of(self, code: str) -> dict[str, int] | None:
        """Stocks of one region by name; None where the region did not exist yet."""
        try:
            row = self.counts[self.codes.index(code)]
        except ValueError:
            return None
        return dict(zip(schema.STOCKS, row.tolist(), strict=True))


class DayEnd(msgspec.Struct, frozen=True, gc=False):
    """Counters of a region from the first of the month to the end of ``day``, in the order of ``tallies.COUNTERS``.

    ``overdue`` are the cases of the month's cohort that were unhandled, not suspended and past their deadline.
    """

    day: int
    region: str
    counts: list[int]
    overdue: int


_moment, _regions = schema.moment.c, schema.moment_regions.c
_BETWEEN = _moment.time.between(bindparam("first"), bindparam("last"))
_NEAREST = select(_moment.time).where(_BETWEEN).order_by(func.abs(_moment.time - bindparam("instant")), _moment.time)
_THAT_ONE = (
    select(_moment.time, _moment.version, _regions.codes, _moment.counts)
    .join(schema.moment_regions, _regions.version == _moment.version)
    .where(_moment.time == _NEAREST.limit(1).scalar_subquery())
)
_MOMENTS = select(_moment.time, _moment.version, _moment.counts).where(_BETWEEN).order_by(_moment.time)
_REGIONS = select(_regions.version, _regions.codes).where(_regions.version.in_(bindparam("versions", expanding=True)))
_DAY_END = select(schema.day_end).where(schema.day_end.c.day == bindparam("day"))
_DAY_END_OF = _DAY_END.where(schema.day_end.c.region.in_(bindparam("codes", expanding=True)))
"""Built once: every page asks them, and to build one takes as long as the database does."""


class ClockTables(ABC):
    """Reads and writes of the tables that belong to no event; ``Store`` brings the transactions."""

    @abstractmethod
    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one moment of the database."""

    @abstractmethod
    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that excludes every other writer."""

    def put_moment(self, connection: Connection, moment: Moment) -> None:
        """Write the stocks of one instant; the same instant again replaces them."""
        codes = (moment.version, "\n".join(moment.codes))
        put(connection, schema.moment_regions, ("version", "codes"), [codes], "skip")
        blob = zlib.compress(np.ascontiguousarray(moment.counts, "<i4").tobytes(), 1)
        put(connection, schema.moment, ("time", "version", "counts"), [(moment.time, moment.version, blob)], "replace")

    def moments(self, first: int, last: int) -> list[Moment]:
        """Stocks written between two instants, both included, in order of time."""
        with self.read() as connection:
            rows = connection.execute(_MOMENTS, {"first": first, "last": last}).all()
            versions = connection.execute(_REGIONS, {"versions": sorted({row.version for row in rows})})
            codes = {version: tuple(text.split("\n")) for version, text in versions}
        return [Moment(time, version, codes[version], _counts(blob)) for time, version, blob in rows]

    def nearest_moment(self, instant: int, within: int) -> Moment | None:
        """The moment nearest to an instant, at most ``within`` ms away; of two as near the earlier one."""
        asked = {"instant": instant, "first": instant - within, "last": instant + within}
        with self.read() as connection:
            row = connection.execute(_THAT_ONE, asked).one_or_none()
        return None if row is None else Moment(row.time, row.version, tuple(row.codes.split("\n")), _counts(row.counts))

    def put_day_end(self, connection: Connection, rows: Sequence[DayEnd]) -> None:
        """Write the month-to-date counters of a day that ended; again replaces them."""
        columns = tuple(column.name for column in schema.day_end.columns)
        values = [(row.day, row.region, *row.counts, row.overdue) for row in rows]
        put(connection, schema.day_end, columns, values, "replace")

    def day_end(self, day: int, codes: Sequence[str] | None = None) -> list[DayEnd]:
        """Month-to-date counters at the end of a day of all regions down to the street, or of these."""
        query = _DAY_END if codes is None else _DAY_END_OF
        asked = {"day": day} if codes is None else {"day": day, "codes": list(codes)}
        with self.read() as connection:
            return [DayEnd(row[0], row[1], list(row[2:-1]), row[-1]) for row in connection.execute(query, asked)]

    def get_state(self, key: str) -> str | None:
        """A value kept for the data directory (last tick, versions); None where it was never set."""
        with self.read() as connection:
            return connection.scalar(select(schema.state.c.value).where(schema.state.c.key == key))

    def set_state(self, key: str, value: str, connection: Connection | None = None) -> None:
        """Keep a value, in a transaction of its own unless one is given."""
        if connection is None:
            with self.write() as own:
                return self.set_state(key, value, own)
        return put(connection, schema.state, ("key", "value"), [(key, value)], "replace")

    def quarantined(self, limit: int = 100, reason: str | None = None) -> list[Quarantined]:
        """The newest refused items."""
        query = select(*_quarantine_columns()).order_by(schema.quarantine.c.id.desc()).limit(limit)
        if reason is not None:
            query = query.where(schema.quarantine.c.reason == reason)
        with self.read() as connection:
            return [Quarantined(*row) for row in connection.execute(query)]

    def quarantine_counts(self) -> dict[str, int]:
        """Refused items by reason."""
        query = select(schema.quarantine.c.reason, func.count()).group_by(schema.quarantine.c.reason)
        with self.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def waiting(
        self, connection: Connection, reasons: Sequence[str], cases: Sequence[str] | None = None
    ) -> list[tuple[int, Quarantined]]:
        """Refused items that may be stored later, of all cases or of these, with their ids, oldest first."""
        table = schema.quarantine.c
        query = select(table.id, *_quarantine_columns()).where(table.reason.in_(reasons)).order_by(table.id)
        if cases is not None:
            query = query.where(table.case_id.in_(cases))
        return [(row[0], Quarantined(*row[1:])) for row in connection.execute(query)]

    def waiting_cases(self, connection: Connection, reasons: Sequence[str]) -> set[str]:
        """Cases that have refused items of these reasons."""
        table = schema.quarantine.c
        return {row[0] for row in connection.execute(select(table.case_id).where(table.reason.in_(reasons)).distinct())}


def _quarantine_columns() -> list[Column[Any]]:
    return [schema.quarantine.c[name] for name in QUARANTINE_COLUMNS]


def _counts(blob: bytes) -> NDArray[np.int32]:
    return np.frombuffer(zlib.decompress(blob), "<i4").reshape(-1, len(schema.STOCKS))
