"""Recorded files as timelines: everything in them in order of time, cut out by position.

Cases: JSON lines of CloudEvents, or a table with a mapping. Positions: a table (CSV, XLSX, Parquet) with a mapping,
JSON lines, or GPX.
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from defusedxml import DTDForbidden, ElementTree
from numpy.typing import NDArray

from dashboard.domain.events import BadEvent, cut, parse
from dashboard.domain.fix_formats import NDJSON_TYPES, decode_fixes
from dashboard.domain.fixes import Fixes
from dashboard.ingest.batch import Batch
from data_sources.imports.cases import read_cases
from data_sources.imports.columns import Field, Layout
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping, Times
from data_sources.imports.shapes import is_table

Times64 = NDArray[np.int64]

FIX_FIELDS = (
    Field("worker", "workerid id 人员 工号 人员编号 设备号 vehiclenum deviceid", str, True),
    Field("time", "timestamp 时间 定位时间 timeutc recordedat", str, True),
    Field("lon", "lng longitude 经度 x", str, True),
    Field("lat", "latitude 纬度 y", str, True),
)


class Timeline(Protocol):
    """A recording: the times of its items, never decreasing, and what stands between two of them."""

    @property
    def times(self) -> Times64:
        """Epoch ms of each item."""
        ...

    def cut(self, first: int, last: int, source: str, received: int) -> Batch:
        """Items ``first`` .. ``last`` (end exclusive) as a batch."""
        ...


@dataclass(frozen=True)
class CaseTimeline:
    """Events as JSON bytes by time. What could not be read stands at the time of what came before it."""

    times: Times64
    items: Sequence[tuple[bytes, str]]

    def cut(self, first: int, last: int, source: str, received: int) -> Batch:
        """Items with a reason go to the garbage, all others are events."""
        part = self.items[first:last]
        events = [raw for raw, reason in part if not reason]
        return Batch(source, received, events, garbage=[item for item in part if item[1]])


@dataclass(frozen=True)
class FixTimeline:
    """Fixes as columns by time."""

    fixes: Fixes

    @property
    def times(self) -> Times64:
        """Epoch ms of each fix."""
        return self.fixes.time

    def cut(self, first: int, last: int, source: str, received: int) -> Batch:
        """A slice of the columns."""
        part, fixes = slice(first, last), self.fixes
        columns = (fixes.worker[part], fixes.time[part], fixes.lon[part], fixes.lat[part])
        return Batch(source, received, fixes=replace(fixes, worker=columns[0], time=columns[1], lon=columns[2],
                                                     lat=columns[3]))


def case_timeline(path: Path, mapping: Mapping | None = None) -> CaseTimeline:
    """Read recorded case events. ``ImportFileError`` where the file cannot be used."""
    if is_table(path):
        parsed = read_cases(path, mapping or Mapping())
        return _ordered([(event.time, event.raw, "") for event in parsed.events])
    try:
        raws = cut(_read(path))
    except BadEvent as problem:
        raise ImportFileError(f"{path}: {problem}") from problem
    return _ordered(_stamped(raws))


def _stamped(raws: Sequence[bytes]) -> list[tuple[int, bytes, str]]:
    items: list[tuple[int, bytes, str]] = []
    time = 0
    for raw in raws:
        try:
            time = parse(raw).time
            items.append((time, raw, ""))
        except BadEvent as problem:
            items.append((time, raw, problem.reason))
    return items


def _ordered(items: list[tuple[int, bytes, str]]) -> CaseTimeline:
    items.sort(key=lambda item: item[0])
    times = np.array([time for time, _raw, _reason in items], np.int64)
    return CaseTimeline(times, [(raw, reason) for _time, raw, reason in items])


def fix_timeline(path: Path, mapping: Mapping | None = None) -> FixTimeline:
    """Read recorded fixes; what cannot be read stays out. ``ImportFileError`` where the file cannot be used."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".gpx"):
        fixes = _gpx(_read(path), path)
    elif is_table(path):
        fixes = _table(path, mapping or Mapping())
    else:
        fixes = _json_lines(path, (mapping or Mapping()).crs or "wgs84")
    order = np.argsort(fixes.time, kind="stable")
    return FixTimeline(Fixes(fixes.worker[order], fixes.time[order], fixes.lon[order], fixes.lat[order], fixes.crs))


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError) as problem:
        raise ImportFileError(f"{path} cannot be read: {problem}") from problem


def _json_lines(path: Path, crs: str) -> Fixes:
    try:
        fixes, unread = decode_fixes(_read(path), NDJSON_TYPES[0], crs)
    except ValueError as problem:
        raise ImportFileError(f"{path} holds no fixes: {problem}") from problem
    if not len(fixes):
        reason = unread[0][1] if unread else "empty"
        raise ImportFileError(f"{path} holds no fixes: {reason}")
    return fixes


def _table(path: Path, mapping: Mapping) -> Fixes:
    frame = _frame(path, mapping)
    layout = Layout(FIX_FIELDS, [str(name) for name in frame.columns], mapping)
    worker, time, lon, lat = (_column(frame, layout, field.name, mapping) for field in FIX_FIELDS)
    millis = epoch_millis(time, mapping.time)
    degrees = [pd.to_numeric(column, errors="coerce").to_numpy(np.float64) for column in (lon, lat)]
    known = ~np.isnat(millis)
    crs = mapping.crs or "wgs84"
    return Fixes(
        worker.astype(str).to_numpy(object)[known], millis[known].astype(np.int64), degrees[0][known],
        degrees[1][known], crs,
    )


def _frame(path: Path, mapping: Mapping) -> pd.DataFrame:
    name = path.name.lower().removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            frame: pd.DataFrame = pd.read_parquet(path)
            return frame
        if name.endswith((".xlsx", ".xlsm")):
            sheet: pd.DataFrame = pd.read_excel(path, dtype=str)
            return sheet
        text: dict[str, Any] = {"sep": mapping.delimiter or ",", "encoding": mapping.encoding or "utf-8-sig"}
        table: pd.DataFrame = pd.read_csv(path, dtype=str, keep_default_na=False, **text)
        return table
    except (OSError, ValueError) as problem:
        raise ImportFileError(f"{path} cannot be read: {problem}") from problem


def _column(frame: pd.DataFrame, layout: Layout, field: str, mapping: Mapping) -> "pd.Series[Any]":
    if field in mapping.templates:
        template = mapping.templates[field]
        return pd.Series([template.format_map(row) for row in frame.astype(str).to_dict("records")], frame.index)
    if layout.columns[field]:
        return frame[layout.columns[field][0]]
    return pd.Series(mapping.fixed(field), index=frame.index)


def epoch_millis(time: "pd.Series[Any]", times: Times) -> NDArray[np.datetime64]:
    """Instants of a column in ms since 1970 UTC, NaT where a cell is no time; numbers count as epoch ms."""
    if pd.api.types.is_numeric_dtype(time):
        return time.to_numpy(np.int64).astype("datetime64[ms]")
    formats = times.formats or ["ISO8601"]
    parsed = pd.to_datetime(time, format=formats[0], errors="coerce", utc=False)
    if parsed.dt.tz is None:
        parsed = parsed.dt.tz_localize(times.zone, ambiguous="NaT", nonexistent="NaT")
    return parsed.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[ms]")


def _gpx(data: bytes, path: Path) -> Fixes:
    """Track points with a time; the worker is the track's name, or the file's."""
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except DTDForbidden as problem:
        raise ImportFileError(f"{path}: a GPX file has no document type") from problem
    except ElementTree.ParseError as problem:
        raise ImportFileError(f"{path} is not GPX: {problem}") from problem
    space = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
    rows = [row for track in root.iter(f"{space}trk") for row in _points(track, space, path)]
    if not rows:
        raise ImportFileError(f"{path} holds no track points with a time")
    worker, time, lon, lat = zip(*rows, strict=True)
    millis = epoch_millis(pd.Series(time), Times(zone="UTC")).astype(np.int64)
    return Fixes(np.array(worker, object), millis, np.array(lon, np.float64), np.array(lat, np.float64))


def _points(track: Any, space: str, path: Path) -> list[tuple[str, str, str, str]]:
    worker = (track.findtext(f"{space}name") or path.name.split(".")[0]).strip()
    points = ((point.findtext(f"{space}time"), point) for point in track.iter(f"{space}trkpt"))
    return [(worker, time.strip(), point.get("lon", "nan"), point.get("lat", "nan")) for time, point in points if time]
