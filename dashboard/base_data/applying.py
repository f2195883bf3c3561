"""Imported rows into the store: what would change, and changing it, in one transaction with the version number.

Rows merge by key: what a file does not mention stays. A worker's roster is replaced as a whole. Nothing is written, and
the version stays, where the rows say nothing new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, inspect, select

from dashboard.base_data.kinds import Kind, Values, checked_kind, region_of
from dashboard.base_data.rows import RegionRow, Row, ShiftRow
from dashboard.base_data.versions import merge_versions
from dashboard.domain.regions import RegionTree
from dashboard.store import base_schema as tables
from dashboard.store.engine import writing

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import changed, or would change, in rows; ``version`` is that of base data afterwards."""

    kind: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    version: int = 0

    @property
    def effective(self) -> bool:
        """Whether anything differs from before."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one table to insert, to overwrite and to delete (keys)."""

    table: Table
    keys: int
    added: list[Values]
    changed: list[Values]
    removed: list[Values]
    unchanged: int


class ConcurrentImportError(RuntimeError):
    """Other imports kept changing base data while this one was being worked out."""


def base_version(engine: Engine) -> int:
    """Version of base data, 0 before the first import. One row read: cheap to poll."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(tables.base_version.name):
            return 0
        return version_in(connection)


def plan_rows(engine: Engine, kind: str, rows: Sequence[Row]) -> Applied:
    """What ``apply_rows`` would change, without changing it. Raises as ``apply_rows`` does."""
    tables.create_base_tables(engine)
    with engine.connect() as connection:
        version = version_in(connection)
        return _summary(kind, _differences(connection, checked_kind(kind, rows), rows), version)


def apply_rows(engine: Engine, kind: str, rows: Sequence[Row]) -> Applied:
    """Merge checked rows into base data; the version rises by one if that changes anything.

    Raises ``ValueError`` for an unknown kind or regions that form no tree, ``TypeError`` for rows of another kind and
    ``ConcurrentImportError`` where other imports interfere again and again; nothing is written then.
    """
    tables.create_base_tables(engine)
    table_kind = checked_kind(kind, rows)
    for _ in range(ATTEMPTS):
        with engine.connect() as connection:
            version = version_in(connection)
            differences = _differences(connection, table_kind, rows)
        applied = _summary(kind, differences, version)
        if not applied.effective or _write(engine, differences, version):
            return Applied(kind, applied.added, applied.changed, applied.removed, applied.unchanged,
                           version + applied.effective)
    raise ConcurrentImportError(f"base data kept changing during the import of {kind}; nothing was imported")


def version_in(connection: Connection) -> int:
    """Version of base data as a transaction sees it, where its tables are known to exist."""
    return connection.scalar(select(tables.base_version.c.version)) or 0


def _summary(kind: str, differences: list[Difference], version: int) -> Applied:
    added = {row[:d.keys] for d in differences for row in d.added}
    changed = {row[:d.keys] for d in differences for row in d.changed} - added
    fresh = {row[:differences[0].keys] for row in differences[0].added}
    changed |= added - fresh
    removed = sum(len(d.removed) for d in differences)
    everything = len(differences[0].added) + len(differences[0].changed) + differences[0].unchanged
    return Applied(kind, len(fresh), len(changed), removed, everything - len(fresh) - len(changed), version)


def _differences(connection: Connection, kind: Kind, rows: Sequence[Row]) -> list[Difference]:
    if kind.name == "regions":
        return _region_differences(connection, kind, [row for row in rows if isinstance(row, RegionRow)])
    stored = _stored(connection, kind.table, kind.keys)
    target = {values[:kind.keys]: values for values in kind.values(rows)}
    workers = {row.worker for row in rows if isinstance(row, ShiftRow)}
    removed = [key for key in stored if key[0] in workers and key not in target]
    return [_difference(kind.table, kind.keys, stored, target, removed)]


def _region_differences(connection: Connection, kind: Kind, rows: list[RegionRow]) -> list[Difference]:
    regions = _stored(connection, tables.region, 2)
    shapes = _stored(connection, tables.region_shape, 2)
    before = [RegionRow(region_of(v), shapes[key][2] if key in shapes else None) for key, v in regions.items()]
    after = merge_versions(before, rows)
    target = {values[:2]: values for values in kind.values(after)}
    RegionTree(region_of(values) for values in {**regions, **target}.values())
    borders = {key: (*key, row.shape) for key, row in zip(target, after, strict=True) if row.shape is not None}
    return [
        _difference(tables.region, 2, regions, target, []),
        _difference(tables.region_shape, 2, shapes, borders, []),
    ]


def _stored(connection: Connection, table: Table, keys: int) -> dict[Values, Values]:
    return {tuple(row[:keys]): tuple(row) for row in connection.execute(select(table))}


def _difference(
    table: Table, keys: int, stored: dict[Values, Values], target: dict[Values, Values], removed: list[Values]
) -> Difference:
    added = [values for key, values in target.items() if key not in stored]
    changed = [values for key, values in target.items() if key in stored and stored[key] != values]
    return Difference(table, keys, added, changed, removed, len(target) - len(added) - len(changed))


def _write(engine: Engine, differences: list[Difference], version: int) -> bool:
    """Write in one transaction; False, and nothing written, if another import came first."""
    step = tables.base_version.update().where(tables.base_version.c.version == version).values(version=version + 1)
    with writing(engine) as connection:
        if connection.execute(step).rowcount != 1:
            return False
        for difference in differences:
            _write_table(connection, difference)
    return True


def _write_table(connection: Connection, difference: Difference) -> None:
    table, names = difference.table, [column.name for column in difference.table.columns]
    keys = names[:difference.keys]
    matching = [table.c[name] == bindparam(f"key_{name}") for name in keys]
    key_values = [{f"key_{name}": v for name, v in zip(keys, row, strict=False)} for row in difference.removed]
    if difference.removed:
        connection.execute(table.delete().where(*matching), key_values)
    if difference.changed:
        rest: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names[len(keys):]}
        labels = [f"key_{name}" for name in keys] + [f"new_{name}" for name in rest]
        statement = table.update().where(*matching).values(rest)
        connection.execute(statement, [dict(zip(labels, row, strict=True)) for row in difference.changed])
    if difference.added:
        connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in difference.added])
