"""Stored events parsed into Arrow columns: what it takes to judge cases, without the rest of their JSON."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection

from dashboard.check.steps import ORDER
from dashboard.domain.coordinates import to_wgs84

NONE = np.iinfo(np.int64).min
STEP = {f"case.{step}": number for number, step in enumerate(ORDER.split(","))}
"""Number of each type of event, in life-cycle order."""
TEXTS = ("region", "category", "channel", "kind", "unit", "tags")
PLAIN = ("seq", "key", "time", "step", "due", "passed", "score", "lon", "lat")

_WORD = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema([
    ("seq", pa.int64()), ("key", pa.int64()), ("time", pa.int64()), ("step", pa.int8()), ("due", pa.int64()),
    ("passed", pa.bool_()), ("score", pa.int8()), ("lon", pa.float64()), ("lat", pa.float64()),
    *((name, _WORD) for name in TEXTS),
])  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_READ = "SELECT seq, case_id, time, type, region, raw FROM event WHERE seq > {} AND seq <= {} ORDER BY seq"
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


def parsed(connection: Connection, first: int, last: int) -> pa.Table:
    """Case events of the numbers above ``first`` up to ``last``, in order of arrival, one chunk for each column."""
    parts = [_columns(rows) for rows in _rows(connection, first, last)]
    return pa.concat_tables(parts).unify_dictionaries().combine_chunks() if parts else SCHEMA.empty_table()


def _rows(connection: Connection, first: int, last: int) -> Iterator[Sequence[Any]]:
    for start in range(first, last, _AT_ONCE):
        found = connection.exec_driver_sql(_READ.format(start, min(start + _AT_ONCE, last))).cursor
        rows = found.fetchall() if found is not None else []
        if rows:
            yield rows


def _columns(rows: Sequence[Any]) -> pa.Table:
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
    return pa.table(plain | {name: pa.array(texts[name]).dictionary_encode() for name in TEXTS}, SCHEMA)


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
