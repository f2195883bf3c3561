"""Rows as CSV that a spreadsheet opens safely and correctly."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(RISKY):
        return "'" + value
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """RFC 4180 with a byte order mark, so that Excel reads the Chinese in it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(column)) for column in columns] for row in rows)
    return "\ufeff" + buffer.getvalue()
