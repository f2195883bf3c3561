"""Parsed events on the disk: a span of numbers is a file that never changes, as events never do.

Files are Arrow's own format, cut by buckets of cases: the events of a bucket are there without going through the rest
(a bucket of 4.4 million events in 20 ms; Parquet takes three times that). A file whose last event is not the stored one
is made again: the database was put back to an earlier state.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from dashboard.check.event_columns import SCHEMA, parsed

SPAN = 250_000
"""Events of a file."""
PART = 25_000
"""Events of a file after the last full span: less than that is parsed anew each time."""
BUCKETS = 32
"""Cases are dealt over so many buckets by their key; every bucket is judged by itself."""
_MARK, _LAYOUT = b"mark", "4 "
"""Files of another layout are made again."""
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")
Parts = Sequence[pa.RecordBatch]
"""The events of each bucket; the batches of a span share their dictionaries."""


@dataclass(frozen=True)
class Spans:
    """The spans up to an event number. ``folder`` None: nothing is kept."""

    connection: Connection
    folder: Path | None

    def upto(self, seq: int) -> Iterator[Parts]:
        """Each span's events by bucket. Files that nobody reads any more are removed."""
        whole = seq // SPAN * SPAN
        for first, last in (*_steps(0, whole, SPAN), *_steps(whole, seq, PART)):
            yield self._span(first, last)
        if self.folder is not None and self.folder.is_dir():
            _sweep(self.folder, whole)

    def _span(self, first: int, last: int) -> Parts:
        if self.folder is None or last - first not in (SPAN, PART):
            return by_bucket(parsed(self.connection, first, last))
        path, mark = self._path(first, last), self._mark(last)
        if (found := _read(path, mark)) is None:
            _write(path, by_bucket(parsed(self.connection, first, last)), mark)
            found = _read(path, mark)
        assert found is not None
        return found

    def _path(self, first: int, last: int) -> Path:
        assert self.folder is not None
        return self.folder / f"{first + 1:012}-{last:012}.arrow"

    def _mark(self, seq: int) -> bytes:
        found = self.connection.scalar(text("SELECT uid FROM event WHERE seq = :seq"), {"seq": seq})
        return (_LAYOUT + ("" if found is None else bytes(found).hex())).encode()


def _steps(first: int, last: int, step: int) -> Iterator[tuple[int, int]]:
    yield from ((begin, min(begin + step, last)) for begin in range(first, last, step))


class _File(Sequence[pa.RecordBatch]):
    """The batches of a file, read one by one."""

    def __init__(self, path: Path) -> None:
        self._file = pa.ipc.open_file(pa.OSFile(str(path)))

    @property
    def mark(self) -> bytes | None:
        found: bytes | None = (self._file.schema.metadata or {}).get(_MARK)
        return found

    def __len__(self) -> int:
        return int(self._file.num_record_batches)

    def __getitem__(self, number):  # type: ignore[no-untyped-def]
        return self._file.get_batch(number)


def _read(path: Path, mark: bytes) -> Parts | None:
    if not path.exists():
        return None
    found = _File(path)
    return found if found.mark == mark else None


def _write(path: Path, parts: Parts, mark: bytes) -> None:
    """One batch for each bucket, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    with pa.ipc.new_file(unfinished, SCHEMA.with_metadata({_MARK: mark}), options=_PACKED) as file:
        for part in parts:
            file.write_batch(part)
    unfinished.rename(path)


def _sweep(folder: Path, whole: int) -> None:
    """Remove files of other kinds, those of killed processes, and short spans that a full one has replaced."""
    for path in folder.iterdir():
        first, _, last = path.stem.partition("-")
        short = last.isdecimal() and int(last) - int(first) + 1 < SPAN
        writing = Path(f"/proc/{path.suffix[1:]}").exists() and path.suffix[1:].isdecimal()
        if (path.suffix != ".arrow" and not writing) or (short and int(last) <= whole):
            path.unlink(missing_ok=True)


def by_bucket(table: pa.Table) -> list[pa.RecordBatch]:
    """The events of each bucket in order of their cases: what is in order already is put in order in no time."""
    key = table["key"].to_numpy()
    order = by_case(key, table["time"].to_numpy(), table["step"].to_numpy())
    of = (key & (BUCKETS - 1))[order]
    columns = table.combine_chunks().to_batches()
    return [_taken(columns[0], order[of == bucket]) if columns else _NOTHING for bucket in range(BUCKETS)]


def _taken(batch: pa.RecordBatch, places: NDArray[np.intp]) -> pa.RecordBatch:
    return batch.take(pa.array(places))


_NOTHING = pa.RecordBatch.from_pylist([], schema=SCHEMA)


def by_case(key: NDArray[np.int64], time: NDArray[np.int64], step: NDArray[np.int8]) -> NDArray[np.intp]:
    """The order by case, time and step. Events mostly arrive as they happen: only cases where they did not are sorted
    by more than their key."""
    order = np.argsort(key, kind="stable")
    key, time, step = key[order], time[order], step[order]
    back = (time[1:] < time[:-1]) | ((time[1:] == time[:-1]) & (step[1:] < step[:-1]))
    mixed = key[1:][back & (key[1:] == key[:-1])]
    if len(mixed):
        places = np.flatnonzero(np.isin(key, mixed))
        order[places] = order[places][np.lexsort((step[places], time[places], key[places]))]
    return order
