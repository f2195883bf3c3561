"""Stored events as columns: what it takes to judge cases, without the rest of their JSON.

A span of ``SPAN`` event numbers that is complete becomes one Parquet file, which never changes, as events never do; the
events after the last full span are read anew each time. So a second recount reads JSON of what came since the first.
A file whose last event is not the stored one is made again: the database was put back to an earlier state.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from dashboard.check.steps import ORDER
from dashboard.domain.coordinates import to_wgs84

SPAN = 250_000
BUCKETS = 32
"""Cases are dealt over so many buckets by their key; every bucket is judged by itself."""
NONE = np.iinfo(np.int64).min
STEP = {f"case.{step}": number for number, step in enumerate(ORDER.split(","))}
"""Number of each type of event, in life-cycle order."""

_TEXTS = ("region", "category", "channel", "kind", "unit", "tags")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_MARK, _LAYOUT = b"mark", "3 "
"""Files of another layout are made again."""
_READ = "SELECT seq, case_id, time, type, region, raw, uid FROM event WHERE seq > {} AND seq <= {} ORDER BY seq"
_AT_ONCE = 20_000


class _Data(msgspec.Struct, gc=False):
    category: str | None = None
    channel: str | None = None
    kind: str | None = None
    unit: str | None = None
    tags: list[str] | str | None = None
    due: datetime | None = None
    passed: bool | None = None
    score: float | None = None
    lon: float | None = None
    lat: float | None = None
    crs: str | None = None


class _Event(msgspec.Struct, gc=False):
    data: _Data


_decode = msgspec.json.Decoder(_Event).decode


@dataclass(frozen=True)
class Columns:
    """Events of one bucket in order of arrival, columns of equal length. ``key`` stands for the case, ``due`` is
    ``NONE``, ``score`` 0 and ``lon``, ``lat`` (WGS-84 degrees) not a number where there is none; texts are numbers of
    ``Ledger.texts``, 0 is the empty one."""

    seq: NDArray[np.int64]
    key: NDArray[np.int64]
    time: NDArray[np.int64]
    step: NDArray[np.int8]
    due: NDArray[np.int64]
    passed: NDArray[np.bool_]
    score: NDArray[np.int8]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    texts: dict[str, NDArray[np.int32]]

    def take(self, rows: NDArray[Any]) -> "Columns":
        """Some of the events, by a mask or their places in order; all of them are not copied."""
        if len(rows) == len(self.key) and (rows.all() if rows.dtype == bool else _is_whole(rows)):
            return self
        return Columns(
            self.seq[rows], self.key[rows], self.time[rows], self.step[rows], self.due[rows], self.passed[rows],
            self.score[rows], self.lon[rows], self.lat[rows],
            {name: column[rows] for name, column in self.texts.items()},
        )  # fmt: skip


def _is_whole(places: NDArray[Any]) -> bool:
    return not len(places) or bool(places[0] == 0 and (np.diff(places) == 1).all())


class Ledger:
    """The events up to ``seq``. ``folder`` None: nothing is kept. ``texts`` are all texts met so far, by number."""

    def __init__(self, connection: Connection, seq: int, folder: Path | None = None) -> None:
        self._connection, self._folder = connection, folder
        self.texts = [""]
        self._numbers = {"": 0}
        self._spans = [self._span(first, min(first + SPAN, seq)) for first in range(0, seq, SPAN)]

    def bucket(self, number: int) -> Columns:
        """The events of the cases of a bucket."""
        tables = [span.read(number) for span in self._spans]
        return self._columns(pa.concat_tables(tables).unify_dictionaries() if tables else _SCHEMA.empty_table())

    def number(self, word: str) -> int:
        """The number of a text, a new one where it has none."""
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.texts)
            self.texts.append(word)
        return found

    def _span(self, first: int, last: int) -> "_Span":
        if self._folder is None or last - first < SPAN:
            return _Span(None, _by_bucket(_table(self._connection, first, last)))
        path, mark = self._folder / f"{first + 1:012}.parquet", _mark(self._connection, last)
        if not path.exists() or (pq.read_schema(path).metadata or {}).get(_MARK) != mark:
            _write(path, _by_bucket(_table(self._connection, first, last)), mark)
        return _Span(path, None)

    def _columns(self, table: pa.Table) -> Columns:
        plain = {name: table[name].to_numpy() for name in _PLAIN}
        return Columns(**plain, texts={name: self._numbered(table[name]) for name in _TEXTS})

    def _numbered(self, column: pa.ChunkedArray) -> NDArray[np.int32]:
        """A column whose chunks share one dictionary as numbers of texts."""
        if not len(column):
            return np.zeros(0, np.int32)
        words = column.chunk(0).dictionary.to_pylist()
        numbers = np.array([self.number(word) for word in words], np.int32)
        return np.concatenate([numbers[chunk.indices.to_numpy()] for chunk in column.chunks if len(chunk)])


@dataclass(frozen=True)
class _Span:
    path: Path | None
    tables: Sequence[pa.Table] | None

    @cached_property
    def _metadata(self) -> Any:
        return pq.read_metadata(self.path)

    def read(self, bucket: int) -> pa.Table:
        if self.tables is not None:
            return self.tables[bucket]
        with pq.ParquetFile(self.path, metadata=self._metadata, read_dictionary=_TEXTS) as file:
            return file.read_row_group(bucket, use_threads=False).cast(_SCHEMA)


_PLAIN = ("seq", "key", "time", "step", "due", "passed", "score", "lon", "lat")
_WORD = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema([
    ("seq", pa.int64()), ("key", pa.int64()), ("time", pa.int64()), ("step", pa.int8()), ("due", pa.int64()),
    ("passed", pa.bool_()), ("score", pa.int8()), ("lon", pa.float64()), ("lat", pa.float64()),
    *((name, _WORD) for name in _TEXTS),
])  # fmt: skip


def _mark(connection: Connection, seq: int) -> bytes:
    found = connection.scalar(text("SELECT uid FROM event WHERE seq = :seq"), {"seq": seq})
    return (_LAYOUT + ("" if found is None else bytes(found).hex())).encode()


def _write(path: Path, tables: Sequence[pa.Table], mark: bytes) -> None:
    """One row group for each bucket, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with pq.ParquetWriter(unfinished, _SCHEMA.with_metadata({_MARK: mark}), compression="zstd") as writer:
        for table in tables:
            writer.write_table(table, row_group_size=max(1, len(table)))
    unfinished.rename(path)


def _by_bucket(table: pa.Table) -> list[pa.Table]:
    """The events of each bucket in order of their cases: what is in order already is put in order in no time."""
    key = table["key"].to_numpy()
    order = _by_case(key, table["time"].to_numpy(), table["step"].to_numpy())
    of = (key & (BUCKETS - 1))[order]
    return [table.take(pa.array(order[of == bucket])) for bucket in range(BUCKETS)]


def _by_case(key: NDArray[np.int64], time: NDArray[np.int64], step: NDArray[np.int8]) -> NDArray[np.intp]:
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


def _table(connection: Connection, first: int, last: int) -> pa.Table:
    parts = [_parsed(rows) for rows in _rows(connection, first, last)]
    return pa.concat_tables(parts).unify_dictionaries().combine_chunks() if parts else _SCHEMA.empty_table()


def _rows(connection: Connection, first: int, last: int) -> Iterator[Sequence[Any]]:
    for start in range(first, last, _AT_ONCE):
        found = connection.exec_driver_sql(_READ.format(start, min(start + _AT_ONCE, last))).cursor
        rows = found.fetchall() if found is not None else []
        if rows:
            yield rows


def _parsed(rows: Sequence[Any]) -> pa.Table:
    kept = [row for row in rows if row[3] in STEP]
    data = [_decode(row[5]).data for row in kept]
    texts: dict[str, list[str]] = {
        name: [getattr(one, name) or "" for one in data] for name in ("category", "channel", "kind", "unit")
    }
    texts["region"] = [row[4] for row in kept]
    texts["tags"] = [tags if isinstance(tags, str) else ",".join(tags or ()) for tags in (one.tags for one in data)]
    plain = {
        "seq": [row[0] for row in kept],
        "key": keys_of([row[1] for row in kept]),
        "time": [row[2] for row in kept],
        "step": [STEP[row[3]] for row in kept],
        "due": [NONE if one.due is None else (one.due - _EPOCH) // _MS for one in data],
        "passed": [bool(one.passed) for one in data],
        "score": [int(one.score or 0) for one in data],
    } | dict(zip(("lon", "lat"), _degrees(data), strict=True))
    return pa.table(plain | {name: pa.array(texts[name]).dictionary_encode() for name in _TEXTS}, _SCHEMA)


def _degrees(data: Sequence[_Data]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """WGS-84 degrees; no place on earth is at 0, 0."""
    lon, lat = (np.array([getattr(one, axis) for one in data], np.float64) for axis in ("lon", "lat"))
    nowhere = (lon == 0) & (lat == 0)
    lon[nowhere] = lat[nowhere] = np.nan
    for crs in {one.crs for one in data} - {None, "wgs84", "WGS84"}:
        rows = np.flatnonzero([one.crs == crs and one.lon is not None for one in data])
        if len(rows):
            lon[rows], lat[rows] = to_wgs84(lon[rows], lat[rows], str(crs))
    return lon, lat


def keys_of(ids: Sequence[str]) -> NDArray[np.int64]:
    """64 bits for each case id."""
    return pd.util.hash_array(np.array(ids, object), categorize=False).view(np.int64)


def in_order(connection: Connection, events: Columns) -> Columns:
    """Events by case, time, life-cycle order, then source and id, which only those are asked for that need it."""
    order = _by_case(events.key, events.time, events.step)
    found = events.take(order)
    same = np.zeros(len(order), np.bool_)
    same[1:] = (np.diff(found.key) == 0) & (np.diff(found.time) == 0) & (np.diff(found.step) == 0)
    if not same.any():
        return found
    tied = same.copy()
    tied[:-1] |= same[1:]
    places = np.flatnonzero(tied)
    names = _names(connection, found.seq[places].tolist())
    group = np.cumsum(~same[places])
    inner = sorted(range(len(places)), key=lambda n: (int(group[n]), names[int(found.seq[places[n]])]))
    rows = np.arange(len(order))
    rows[places] = places[inner]
    return found.take(rows)


class _Named(msgspec.Struct, gc=False):
    source: str
    id: str


_name = msgspec.json.Decoder(_Named).decode


def _names(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for first in range(0, len(numbers), 500):
        listed = ",".join(map(str, numbers[first : first + 500]))
        for seq, raw in connection.exec_driver_sql(f"SELECT seq, raw FROM event WHERE seq IN ({listed})"):
            named = _name(raw)
            found[seq] = (named.source, named.id)
    return found
