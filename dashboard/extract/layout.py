"""Tables of the extract. ``docs/extract.md`` says what each column is for.

Texts that figures are filtered by are numbers of ``word``, regions numbers of the codes of the tree. Instants are epoch
ms UTC, ``day`` is the local day of acceptance ``YYYYMMDD``. Both ``cases`` and ``flows`` carry the columns that a
filter may name, so that no sum of counters needs a join.
"""

import pyarrow as pa

from dashboard.domain.regions import LEVELS
from dashboard.domain.tallies import COHORT, FLOW

VERSION = 5
"""Of the tables below; a file of another version is built again."""

LEVEL_COLUMNS = tuple(f"l{level}" for level in range(len(LEVELS)))

FILTERS: dict[str, pa.DataType] = {
    "key": pa.int64(),  # blake2b-8 of the case id
    **dict.fromkeys(LEVEL_COLUMNS, pa.int32()),  # region of each level at acceptance, -1 where there is none
    "category": pa.int32(),
    "channel": pa.int32(),
    "unit": pa.int32(),
    "day": pa.int32(),
    "hour": pa.int8(),
    "weekday": pa.int8(),  # 1 Monday .. 7
    "stage": pa.int8(),
    "waiting": pa.int64(),  # deadline of a case that counts down: open, unhandled, not suspended
    "suspended": pa.bool_(),  # and open
    "supervised": pa.bool_(),  # and open
}
"""Columns of both tables."""

INSTANTS = (
    "reported_at", "accepted_at", "filed_at", "dispatched_at", "handled_at", "closed_at", "voided_at", "deadline",
    "suspended_at", "supervised_at", "last_at",
)  # fmt: skip
STAGE_MINUTES = ("accepting", "dispatching", "handling", "checking")
"""Whole minutes that a case took from one stage to the next, where both instants are known and in order."""

FIRST_DAYS = ("handled_on", "closed_on", "failed_on", "reopened_on")
"""Local days on which it was first handled, closed, failed a check and was reopened."""
SPELLS = ("handled", "closed", "suspended")
"""States that a case was in and left again; the one it is in has its instant in ``cases``."""

CASES: dict[str, pa.DataType] = {
    **FILTERS,
    "id": pa.string(),
    "seq": pa.int64(),
    "region": pa.int32(),
    "main": pa.int32(),  # main category
    "kind": pa.int32(),
    "tags": pa.int32(),
    "began": pa.int8(),  # level of the region it was placed in
    "top": pa.int8(),  # highest level it was reported up to
    **dict.fromkeys(INSTANTS, pa.int64()),
    "score": pa.int8(),
    "natural_minutes": pa.int32(),
    "work_minutes": pa.int32(),
    **dict.fromkeys(STAGE_MINUTES, pa.int32()),
    **dict.fromkeys(FIRST_DAYS, pa.int32()),
    "title": pa.string(),
    "lon": pa.float64(),
    "lat": pa.float64(),
    **dict.fromkeys(COHORT, pa.int8()),
}
FLOWS: dict[str, pa.DataType] = {**FILTERS, "on_day": pa.int32(), **dict.fromkeys(FLOW, pa.int8())}
"""One row for each case and local day on which something counted by ``FLOW`` happened to it."""
SPELL: dict[str, pa.DataType] = {
    **{name: FILTERS[name] for name in ("key", *LEVEL_COLUMNS, "day")},
    "state": pa.int8(),
    "began": pa.int64(),
    "ended": pa.int64(),
}
"""One row for each time a case left a state of ``SPELLS``: what it takes to say how it stood at an earlier instant."""

CASES_SCHEMA, FLOWS_SCHEMA, SPELL_SCHEMA = (pa.schema(list(table.items())) for table in (CASES, FLOWS, SPELL))

_SQL = {
    pa.int8(): "TINYINT", pa.int32(): "INTEGER", pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN", pa.string(): "VARCHAR",
    pa.float64(): "DOUBLE",
}  # fmt: skip


def _table(name: str, columns: dict[str, pa.DataType]) -> str:
    return f"CREATE TABLE {name} ({', '.join(f'{column} {_SQL[kind]}' for column, kind in columns.items())})"


OPEN = "stage BETWEEN 1 AND 3"
"""The cases that stand in ``open_cases`` too: every page lists them, and they are few among all that ever were."""

CREATE = (
    "CREATE TABLE state (key VARCHAR, value VARCHAR)",
    "CREATE TABLE word (id INTEGER, text VARCHAR)",
    _table("cases", CASES),
    _table("open_cases", CASES),
    _table("flows", FLOWS),
    _table("spells", SPELL),
)
DROP = tuple(f"DROP TABLE IF EXISTS {name}" for name in ("state", "word", "cases", "open_cases", "flows", "spells"))
