"""Rows of a table in a file as text, whatever the file: CSV, XLSX or Parquet, plain or gzipped.

Every cell becomes text in one spelling: times ISO 8601, whole numbers without a fraction, absent cells empty.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from data_sources.imports.errors import ImportFileError

ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its header and its records, each with the line it begins on as people see it in their file."""

    header: tuple[str, ...]
    records: Iterator[tuple[int, dict[str, str]]]


def read_sheet(path: Path, encoding: str = "", delimiter: str = "") -> Sheet:
    """Open a table by the ending of its name; anything but XLSX and Parquet is read as CSV.

    ``ImportFileError`` where the file is absent, empty or not what its name says.
    """
    name = path.name.lower().removesuffix(".gz")
    try:
        if name.endswith((".xlsx", ".xlsm")):
            return _xlsx(_bytes(path))
        if name.endswith(".parquet"):
            return _parquet(_bytes(path))
        return _csv(decode(_bytes(path), encoding), delimiter)
    except ImportFileError as problem:
        raise ImportFileError(f"{path}: {problem}") from problem
    except FileNotFoundError as problem:
        raise ImportFileError(f"there is no file {path}") from problem
    except (OSError, EOFError, ValueError, KeyError, csv.Error, pa.ArrowException, BadZipFile) as problem:
        raise ImportFileError(f"{path} cannot be read: {problem}") from problem


def _bytes(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def decode(data: bytes, encoding: str = "") -> str:
    """Text of a file in its encoding, or in the first of UTF-8 and GB 18030 that it is valid in."""
    for candidate in (encoding,) if encoding else ENCODINGS:
        try:
            return data.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    raise ImportFileError(f"not text in {encoding or ' or '.join(ENCODINGS)}")


def _csv(text: str, delimiter: str) -> Sheet:
    if "\0" in text:
        raise ImportFileError("not a text file")
    head = text[:4096].split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(head))
    header = _header(next(reader, []))
    return Sheet(header, _csv_records(reader, header))


def _delimiter(head: str) -> str:
    return max(",\t;", key=head.count)


def _csv_records(reader: Any, header: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, _record(header, [cell.strip() for cell in cells])
        line = reader.line_num + 1


def _xlsx(data: bytes) -> Sheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    header = _header([as_text(cell) for cell in next(rows, ())])
    lines = ((line, [as_text(cell) for cell in cells]) for line, cells in enumerate(rows, 2))
    return Sheet(header, ((line, _record(header, cells)) for line, cells in lines if any(cells)))


def _parquet(data: bytes) -> Sheet:
    file = pq.ParquetFile(pa.BufferReader(data))
    header = _header(list(file.schema_arrow.names))
    return Sheet(header, _parquet_records(file, header))


def _parquet_records(file: Any, header: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    line = 0
    for batch in file.iter_batches(batch_size=10_000):
        for row in batch.to_pylist():
            line += 1
            yield line, _record(header, [as_text(row[name]) for name in header])


def _header(cells: list[str]) -> tuple[str, ...]:
    header = tuple(cell.strip() for cell in cells)
    if not any(header):
        raise ImportFileError("empty: not even a header")
    return header


def _record(header: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    return dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=False))


def as_text(cell: object) -> str:
    """One cell as text."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() and cell.tzinfo is None else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float):
        return "" if cell != cell else str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell).strip()
