"""Between rows of the database and the records of ``domain.changes``."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import msgspec

from dashboard.domain.changes import CaseRow, Inflow, TallyRow
from dashboard.domain.tallies import COUNTERS

CASE_COLUMNS = CaseRow.__struct_fields__
_FLAGS = ("ever_handled", "ever_closed", "reworked", "reopened", "closed_first")
_FIRST = CASE_COLUMNS.index(_FLAGS[0])
_LAST = CASE_COLUMNS.index(_FLAGS[-1]) + 1
assert CASE_COLUMNS[_FIRST:_LAST] == _FLAGS
_values = attrgetter(*CASE_COLUMNS)


class EventRow(msgspec.Struct, frozen=True, gc=False):
    """One stored event: ``region`` is what its place resolved to when it came, ``raw`` the CloudEvent as JSON."""

    seq: int
    uid: bytes
    case_id: str
    time: int
    type: str
    received: int
    region: str
    raw: str


class HistogramRow(msgspec.Struct, frozen=True, gc=False):
    """Handled cases to add to those of a region and month of acceptance whose duration falls in a bin."""

    region: str
    period: int
    clock: str
    bin: int
    count: int


class Quarantined(msgspec.Struct, frozen=True, gc=False):
    """An item that was not stored, kept as it came; ``digest`` recognises the same refusal of the same bytes."""

    digest: bytes
    received: int
    source: str
    reason: str
    detail: str
    case_id: str
    raw: bytes


EVENT_COLUMNS = EventRow.__struct_fields__
TALLY_COLUMNS = ("region", "period", "seq", *COUNTERS)
INFLOW_COLUMNS = ("region", "day", "dimension", "key", "n", "seq")
HISTOGRAM_COLUMNS = ("region", "period", "clock", "bin", "n")
QUARANTINE_COLUMNS = Quarantined.__struct_fields__


def case_values(row: CaseRow, fold: bytes) -> tuple[Any, ...]:
    """A case as a row of the table, in the order of ``CASE_COLUMNS`` and then ``fold``."""
    values = _values(row)
    return (*values[:_FIRST], *map(int, values[_FIRST:_LAST]), *values[_LAST:], fold)


def case_row(values: Sequence[Any]) -> CaseRow:
    """A case from a row of the table."""
    return CaseRow(*values[:_FIRST], *map(bool, values[_FIRST:_LAST]), *values[_LAST:])


def tally_row(values: Sequence[Any]) -> TallyRow:
    """Counters from (region, period, counter, ...)."""
    return TallyRow(values[0], values[1], list(values[2:]))


def inflow_row(values: Sequence[Any]) -> Inflow:
    """Inflow from (region, day, dimension, key, n)."""
    return Inflow(*values[:5])
