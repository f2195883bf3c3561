"""Fixes as the outside world sends them, as columns: one bad item never costs the others.

JSON: one fix, an array, or NDJSON; each item a fix of the public contract, OwnTracks (``_type``), Traccar's position
forwarding (``position`` and ``device``) or the Traccar Client (``location`` and ``device_id``). Then OsmAnd's query
string, and packed columns (``fix_packing``).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.domain.coordinates import check_crs, to_wgs84
from dashboard.domain.decoded_fixes import NO_FIXES, Decoded, Unread
from dashboard.domain.fix_dialects import JsonFix, UnreadError, instant_of, read_item, read_query, worker_of
from dashboard.domain.fix_packing import decode_packed, encode_packed, encode_texts
from dashboard.domain.fixes import Fixes

__all__ = [
    "NDJSON_TYPES", "PACKED_TYPES", "Decoded", "Unread", "decode", "decode_each", "decode_fixes", "decode_osmand",
    "decode_packed", "encode_packed", "encode_texts",
]

PACKED_TYPES = ("application/octet-stream", "application/vnd.yiping.packed")
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
Row = tuple[str, int, float, float, str]
"""Worker, epoch ms, degrees east and north, coordinate system."""


def decode_fixes(
    body: bytes, content_type: str = "application/json", crs: str = "wgs84"
) -> tuple[Fixes, list[tuple[bytes, str]]]:
    """``decode(...)`` as a pair: columns, and (item, reason) of what could not be read."""
    return decode(body, content_type, crs).pair()


def decode(body: bytes, content_type: str = "application/json", crs: str = "wgs84", topic: str = "") -> Decoded:
    """Read a body; ``crs`` is the system of items that name none, ``topic`` the MQTT topic it came by.

    ValueError where the body is broken as a whole, so that no items can be told apart.
    """
    crs = check_crs(crs)
    kind = content_type.partition(";")[0].strip().lower()
    if kind in PACKED_TYPES:
        return decode_packed(body, crs)
    body = body.strip()
    if kind in NDJSON_TYPES or _is_ndjson(body):
        lines = [line for line in body.splitlines() if line.strip()]
        items: list[tuple[bytes, object]] = [(line, None) for line in lines]
        return _fast(b"[" + b",".join(lines) + b"]", crs) or _each(items, crs, topic)
    array = body if body[:1] == b"[" else b"[" + body + b"]"
    return _fast(array, crs) or _each([(b"", item) for item in _items(array)], crs, topic)


def decode_each(bodies: Sequence[bytes], crs: str = "wgs84", topics: Sequence[str] = ()) -> Decoded:
    """Read bodies of JSON that know nothing of each other; ``index`` is the place of the body.

    Each is parsed by itself, however many there are: put together, one could swallow its neighbour. A body that is
    broken as a whole is one unread item ``malformed``.
    """
    crs = check_crs(crs)
    rows: list[Row] = []
    index: list[int] = []
    unread: list[Unread] = []
    for number, body in enumerate(bodies):
        try:
            rows.append(_row(_decoder_of_one.decode(body), crs))
        except _BROKEN:
            found, missed = _slowly(body, crs, topics[number] if topics else "")
            rows += found
            index += [number] * len(found)
            unread += (replace(item, index=number) for item in missed)
        else:
            index.append(number)
    return _columns(rows, np.array(index, np.intp), unread)


def _slowly(body: bytes, crs: str, topic: str) -> tuple[list[Row], Sequence[Unread]]:
    try:
        found = decode(body, "application/json", crs, topic)
    except ValueError as problem:
        return [], [Unread(0, "malformed", str(problem), body)]
    fixes = found.fixes
    columns = fixes.worker.tolist(), fixes.time.tolist(), fixes.lon.tolist(), fixes.lat.tolist()
    return [(*row, fixes.crs) for row in zip(*columns, strict=True)], found.unread


def decode_osmand(values: Mapping[str, str], now: int, crs: str = "wgs84") -> tuple[Fixes, list[tuple[bytes, str]]]:
    """One fix of a query string (OsmAnd, Traccar Client); ``now`` (epoch ms) is its time where it names none."""
    try:
        return _columns([_row(read_query(values, now), crs)], np.arange(1)).pair()
    except UnreadError as problem:
        unread = Unread(0, problem.reason, str(problem), _text(dict(values)))
        return Decoded(NO_FIXES, np.arange(0), (unread,)).pair()


def _is_ndjson(body: bytes) -> bool:
    """Whether the first line is a whole object, unlike that of a single object printed over several lines."""
    first, line_end, _ = body.partition(b"\n")
    if body[:1] != b"{" or not line_end:
        return False
    try:
        msgspec.json.decode(first)
    except _BROKEN:
        return False
    return True


_decoder = msgspec.json.Decoder(list[JsonFix])
_decoder_of_one = msgspec.json.Decoder(JsonFix)
_BROKEN = (msgspec.DecodeError, UnreadError, UnicodeDecodeError, RecursionError)


def _row(fix: JsonFix, crs: str) -> Row:
    return worker_of(fix), instant_of(fix), fix.lon, fix.lat, crs if fix.crs is None else _known_crs(fix.crs)


def _fast(array: bytes, crs: str) -> Decoded | None:
    """All items at once, where all are plain fixes without a fault."""
    try:
        rows = [_row(fix, crs) for fix in _decoder.decode(array)]
    except _BROKEN:
        return None
    return _columns(rows, np.arange(len(rows)))


def _items(array: bytes) -> list[object]:
    """Items of an array; NaN and Infinity, which some writers emit, are numbers here and refused later."""
    try:
        items: list[object] = json.loads(array)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"the body is no JSON: {problem}") from problem
    return items


def _each(items: Iterable[tuple[bytes, object]], crs: str, topic: str) -> Decoded:
    """Item by item: raw text still to be parsed, or what was parsed already (then the text is empty)."""
    rows, index, unread = [], [], []
    for number, (raw, item) in enumerate(items):
        try:
            rows.append(_row(read_item(_parsed(raw) if raw else item, topic), crs))
        except UnreadError as problem:
            unread.append(Unread(number, problem.reason, str(problem), raw or _text(item)))
        else:
            index.append(number)
    return _columns(rows, np.array(index, np.intp), unread)


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise UnreadError("malformed", f"no JSON: {problem}") from problem


def _text(item: object) -> bytes:
    """An item as text again; of one too deep to be written, that it was."""
    try:
        return json.dumps(item, ensure_ascii=False).encode("utf-8", "backslashreplace")
    except RecursionError:
        return b"nested too deep"


def _known_crs(crs: str) -> str:
    try:
        return check_crs(crs)
    except ValueError as problem:
        raise UnreadError("unknown_crs", str(problem)) from problem


def _columns(rows: Sequence[Row], index: NDArray[np.intp], unread: Sequence[Unread] = ()) -> Decoded:
    if not rows:
        return Decoded(NO_FIXES, index, tuple(unread))
    workers, times, east, north, systems = zip(*rows, strict=True)
    worker, time = np.array(workers, object), np.array(times, np.int64)
    lon, lat = np.array(east, np.float64), np.array(north, np.float64)
    if len(set(systems)) == 1:
        return Decoded(Fixes(worker, time, lon, lat, systems[0]), index, tuple(unread))
    for system in set(systems):
        chosen = np.array([name == system for name in systems]) & np.isfinite(lon) & np.isfinite(lat)
        lon[chosen], lat[chosen] = to_wgs84(lon[chosen], lat[chosen], system)
    return Decoded(Fixes(worker, time, lon, lat), index, tuple(unread))
