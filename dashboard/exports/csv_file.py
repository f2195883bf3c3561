"""Sheets as CSV: one after another, what must be said of them first, in lines that begin with ``#``."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from dashboard.domain.periods import LocalDays
from dashboard.exports.cells import safe_cell
from dashboard.exports.sheet import About, Kind, Sheet

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads Chinese as something else."""


def csv_file(sheets: Sequence[Sheet], about: About) -> bytes:
    """RFC 4180 in UTF-8. Rates are fractions, instants ISO 8601 with offset, text that would run gets an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    days = LocalDays(about.zone)
    for label, words in [*about.lines, ("", about.watermark)]:
        writer.writerow([f"# {label}: {words}" if label else f"# {words}"])
    for sheet in sheets:
        if len(sheets) > 1:
            writer.writerow([])
            writer.writerow([f"# {sheet.name}"])
        writer.writerow([safe_cell(column.heading) for column in sheet.columns])
        kinds = [column.kind for column in sheet.columns]
        writer.writerows(
            [_cell(value, kind, days) for value, kind in zip(row, kinds, strict=True)] for row in sheet.rows
        )
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode()


def _cell(value: Any, kind: Kind, days: LocalDays) -> Any:
    if value is not None and kind == "instant":
        return days.local(value).isoformat(timespec="seconds")
    return safe_cell(value)
