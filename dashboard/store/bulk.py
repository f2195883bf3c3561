"""Many rows in one statement: ``executemany`` on SQLite, arrays unnested on PostgreSQL.

Both take plain tuples straight to the driver: through the ORM or Core each row would cost several times its write.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

Conflict = Literal["fail", "replace", "skip", "add"]
"""What to do about a row of the same primary key: refuse all, set its other columns, keep it, or add to its numbers."""

CHUNK = 500


def put(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], conflict: Conflict
) -> None:
    """Insert rows given as tuples in the order of ``columns``; see ``Conflict``."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_sqlite(table, columns, conflict), list(map(tuple, rows)))
    else:
        arrays = tuple(_array(column) for column in zip(*rows, strict=True))
        connection.exec_driver_sql(_postgres(table, columns, conflict), arrays)


def select_in(connection: Connection, statement: str, values: Sequence[Any], type_: str = "text") -> Iterator[Any]:
    """Rows of ``statement``, whose ``{}`` stands for the list of values after ``IN``; any number of values."""
    if connection.dialect.name != "sqlite":
        yield from connection.exec_driver_sql(statement.format(f"(SELECT unnest(%s::{type_}[]))"), (_array(values),))
        return
    for start in range(0, len(values), CHUNK):
        part = tuple(values[start : start + CHUNK])
        marks = f"({','.join('?' * len(part))})"
        yield from connection.exec_driver_sql(statement.format(marks), part)


def _array(values: Sequence[Any]) -> str:
    """A PostgreSQL array as text: several times faster than the driver's own for thousands of elements."""
    kinds = set(map(type, values))
    if kinds <= {int}:
        return f"{{{','.join(map(str, values))}}}"
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'"\\\\x{value.hex()}"' if isinstance(value, bytes) else repr(value)


@lru_cache(maxsize=100)
def _sqlite(table: Table, columns: tuple[str, ...], conflict: Conflict) -> str:
    values = f"VALUES ({','.join('?' * len(columns))})"
    return f"INSERT INTO {_target(table, columns)} {values}{_clause(table, columns, conflict)}"


@lru_cache(maxsize=100)
def _postgres(table: Table, columns: tuple[str, ...], conflict: Conflict) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = (table.c[name].type.dialect_impl(dialect).compile(dialect).split(" ")[0] for name in columns)
    arrays = ",".join(f"%s::{type_ if type_ != 'DOUBLE' else 'float8'}[]" for type_ in types)
    return f"INSERT INTO {_target(table, columns)} SELECT * FROM unnest({arrays}){_clause(table, columns, conflict)}"


def _target(table: Table, columns: tuple[str, ...]) -> str:
    return f"{_quoted(table.name)} ({','.join(map(_quoted, columns))})"


def _clause(table: Table, columns: tuple[str, ...], conflict: Conflict) -> str:
    if conflict == "fail":
        return ""
    if conflict == "skip":
        return " ON CONFLICT DO NOTHING"
    keys = [column.name for column in table.primary_key]
    others = [_quoted(name) for name in columns if name not in keys]
    own = f"{_quoted(table.name)}." if conflict == "add" else ""
    changed = ",".join(f"{name}={own + name + '+' if own else ''}excluded.{name}" for name in others)
    return f" ON CONFLICT ({','.join(map(_quoted, keys))}) DO UPDATE SET {changed}"


def _quoted(name: str) -> str:
    return f'"{name}"'
