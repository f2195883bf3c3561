"""The tables of a report: every formula by its columns, every cell by the snapshot."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isclose
from typing import Any

from dashboard.reports.check_cells import codes_of, expected_of
from dashboard.reports.check_sums import leagues
from dashboard.reports.document import Column, Document, Table
from dashboard.reports.fault import Fault
from dashboard.reports.formulas import evaluate
from dashboard.reports.numbers import cell_of, written
from dashboard.reports.reading import tables_of
from dashboard.reports.snapshot import Snapshot

Row = Mapping[str, Any]


def table_faults(document: Document, snapshot: Snapshot) -> Iterator[Fault]:
    """Everything that is wrong in tables."""
    tables = tables_of(document)
    for table in tables.values():
        where = f"表“{table.title}”"
        if any(len(row) != len(table.columns) for row in table.rows):
            yield Fault(where, "行的长度与列数不符")
            continue
        yield from _formulas(table, where)
        yield from _cells(table, where, snapshot)
    yield from _everybody(tables, snapshot)


def _formulas(table: Table, where: str) -> Iterator[Fault]:
    keys = [column.key for column in table.columns]
    for place, column in enumerate(table.columns):
        said_in = cell_of(table, column)
        for number, row in enumerate(table.rows, 1) if column.formula else ():
            wanted, said = _evaluated(column, dict(zip(keys, row, strict=True))), said_in(row)
            if said != wanted or (row[place] is None) != (wanted == written(None, "number")):
                yield Fault(_at(table, where, number, row, column), f"写作{said}，按公式应为{wanted}")


def _evaluated(column: Column, row: Row) -> str:
    """What a formula gives, written as a cell of its column is."""
    found = evaluate(column.formula, row)
    form = {"share": "bare", "points": "signed"}.get(column.unit, "")
    if found is None or column.unit == "text":
        return written(None, "number")
    exact = {"n": found.numerator, "d": found.denominator} if column.unit in ("share", "points") else {}
    return written(_plain(found), column.unit, form=form, **exact)


def _plain(found: Fraction) -> float:
    return int(found) if found.denominator == 1 else float(found)


def _cells(table: Table, where: str, snapshot: Snapshot) -> Iterator[Fault]:
    """Cells beside what the snapshot has for them."""
    expected = expected_of(table, snapshot)
    if expected is None:
        yield Fault(where, "没有与之核对的冻结数据")
        return
    if len(expected) != len(table.rows):
        yield Fault(where, f"有{len(table.rows)}行，应有{len(expected)}行")
    columns = {column.key: (place, column) for place, column in enumerate(table.columns)}
    for number, (row, wanted) in enumerate(zip(table.rows, expected, strict=False), 1):
        for key, value in wanted.items():
            place, column = columns.get(key, (-1, None))
            if column is not None and not _same(row[place], value):
                yield Fault(_at(table, where, number, row, column), f"为{row[place]}，应为{value}")


def _same(cell_value: Any, wanted: Any) -> bool:
    """Equal; differences of floats may have been taken in another order."""
    if isinstance(cell_value, int | float) and isinstance(wanted, int | float):
        return isclose(cell_value, wanted, rel_tol=1e-12, abs_tol=1e-9)
    return bool(cell_value == wanted)


def _at(table: Table, where: str, number: int, row: Sequence[Any], column: Column) -> str:
    """Which cell: by the row's name where it has one."""
    place = next((x for x, one in enumerate(table.columns) if one.key == "name"), None)
    named = f"“{row[place]}”" if place is not None else ""
    return f"{where}第{number}行{named}·{column.heading}"


def _everybody(tables: Mapping[str, Table], snapshot: Snapshot) -> Iterator[Fault]:
    """Whether every unit of a league that is printed stands in its tables, once; a notice may leave out those without
    any of its cases."""
    notice = snapshot.asked.kind == "notice"
    for level, league in leagues(snapshot):
        mine = [table for key, table in tables.items() if key.startswith(f"ranking.{level}.")]
        if not mine:
            continue
        times = Counter(code for table in mine for code in codes_of(table))
        for row in league.rows:
            left_out = notice and row.reason == "none" and row.due == 0 and not times[row.place.code]
            if times[row.place.code] != 1 and not left_out:
                yield Fault(f"{level}排名", f"“{row.place.name}”在表中出现{times[row.place.code]}次，应为一次")
