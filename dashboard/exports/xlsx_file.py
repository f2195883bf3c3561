"""Sheets as XLSX: real numbers and dates, never a formula, what must be said of them on a sheet of its own."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dashboard.domain.periods import LocalDays
from dashboard.exports.sheet import About, Kind, Sheet

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
FORMATS: Mapping[Kind, str] = {
    "text": "@", "count": "#,##0", "number": "#,##0.0", "rate": "0.00%", "score": "0.00",
    "instant": "yyyy-mm-dd hh:mm:ss", "day": "yyyy-mm-dd",
}  # fmt: skip
WIDTHS: Mapping[Kind, float] = {"text": 18, "instant": 20, "day": 12}
LONGEST = 32_000
"""Characters of a cell; Excel takes 32,767 and calls a file with more damaged."""
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def xlsx_file(sheets: Sequence[Sheet], about: About, notes: str) -> bytes:
    """A workbook with one worksheet for each sheet and one named ``notes``."""
    import xlsxwriter  # with the first sheet: a start need not wait for it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        names: set[str] = set()
        for sheet in sheets:
            _write(book.add_worksheet(sheet_name(sheet.name, names)), sheet, about, formats, bold)
        _explain(book.add_worksheet(sheet_name(notes, names)), about, bold)
    return buffer.getvalue()


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A worksheet's name as Excel takes it: 31 characters, none forbidden, each once."""
    name = wanted.translate(FORBIDDEN).strip()[:28] or "Sheet"
    name = name if name.lower() not in taken else f"{name} {len(taken)}"
    taken.add(name.lower())
    return name


def _write(page: Any, sheet: Sheet, about: About, formats: Mapping[Kind, Any], bold: Any) -> None:
    days = LocalDays(about.zone)
    for x, column in enumerate(sheet.columns):
        page.write_string(0, x, column.heading, bold)
        page.set_column(x, x, WIDTHS.get(column.kind, 11), formats[column.kind])
    for y, row in enumerate(sheet.rows, 1):
        for x, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _put(page, y, x, value, column.kind, days)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(1, len(sheet.rows)), max(0, len(sheet.columns) - 1))
    page.set_landscape()
    page.set_footer("&L" + about.watermark.replace("&", "&&")[:200] + "&R&P/&N")


def _put(page: Any, y: int, x: int, value: Any, kind: Kind, days: LocalDays) -> None:
    if value is None:
        return
    if kind == "instant":
        page.write_datetime(y, x, days.local(value).replace(tzinfo=None))
    elif kind == "day":
        _put_day(page, y, x, int(value))
    elif isinstance(value, bool):
        page.write_boolean(y, x, value)
    elif isinstance(value, int | float):
        page.write_number(y, x, value)
    else:
        page.write_string(y, x, str(value)[:LONGEST])


def _put_day(page: Any, y: int, x: int, day: int) -> None:
    if day < 1_000_000:
        page.write_string(y, x, f"{day // 100:04d}-{day % 100:02d}")
    else:
        found = date(day // 10_000, day // 100 % 100, day % 100)
        page.write_datetime(y, x, datetime(found.year, found.month, found.day))


def _explain(page: Any, about: About, bold: Any) -> None:
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 100)
    for y, (label, words) in enumerate(about.lines):
        page.write_string(y, 0, label, bold)
        page.write_string(y, 1, words[:LONGEST])
    page.write_string(len(about.lines) + 1, 1, about.watermark)
