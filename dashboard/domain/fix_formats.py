"""Fixes as the outside world sends them, as columns: one bad item never costs the others.

JSON: one fix, an array, or NDJSON; each item a fix of the public contract, OwnTracks (``_type``), Traccar's position
forwarding (``position`` and ``device``) or the Traccar Client (``location`` and ``device_id``). Then OsmAnd's query
string, and packed columns (``PACKED``, optionally behind a header, see ``decode_packed``).
"""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.domain.coordinates import CRS, check_crs, to_wgs84
from dashboard.domain.fix_dialects import JsonFix, UnreadError, instant_of, read_item, read_query, worker_of
from dashboard.domain.fixes import PACKED, Fixes

PACKED_TYPES = ("application/octet-stream", "application/vnd.yiping.packed")
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
SLOTS, NUMERIC_IDS = 0, 1
"""What the ``worker`` of packed records is."""

_PACKED_HEAD = struct.Struct("<4sBBHII")
_PACKED_MAGIC = b"YPF\xff"


@dataclass(frozen=True, slots=True)
class Unread:
    """An item that is no fix: its place, one of ``fix_dialects.REASONS``, a sentence, and the item as it came."""

    index: int
    reason: str
    detail: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Decoded:
    """Columns of what could be read, ``index`` telling the place of each among the items, and what could not."""

    fixes: Fixes
    index: NDArray[np.intp]
    unread: tuple[Unread, ...] = ()

    def pair(self) -> tuple[Fixes, list[tuple[bytes, str]]]:
        """The columns, and raw items with reasons as a ``Batch`` carries them."""
        return self.fixes, [(item.raw, item.reason) for item in self.unread]


def decode_fixes(
    body: bytes, content_type: str = "application/json", crs: str = "wgs84"
) -> tuple[Fixes, list[tuple[bytes, str]]]:
    """``decode(...)`` as a pair: columns, and (item, reason) of what could not be read."""
    return decode(body, content_type, crs).pair()


def decode(body: bytes, content_type: str = "application/json", crs: str = "wgs84", topic: str = "") -> Decoded:
    """Read a body; ``crs`` is the system of items that name none, ``topic`` the MQTT topic it came by.

    ValueError where the body is broken as a whole, so that no items can be told apart.
    """
    check_crs(crs)
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


def decode_osmand(values: Mapping[str, str], now: int, crs: str = "wgs84") -> tuple[Fixes, list[tuple[bytes, str]]]:
    """One fix of a query string (OsmAnd, Traccar Client); ``now`` (epoch ms) is its time where it names none."""
    try:
        return _columns([read_query(values, now)], np.arange(1), crs).pair()
    except UnreadError as problem:
        return Decoded(_EMPTY, np.arange(0), (Unread(0, problem.reason, str(problem), _text(dict(values))),)).pair()


def decode_packed(body: bytes, crs: str = "wgs84", version: int | None = None) -> Decoded:
    """Packed records, bare (worker slots) or behind a header of 16 bytes, little endian.

    Header: magic ``YPF\\xff``; u8 coordinate system (index in ``coordinates.CRS``); u8 ``SLOTS`` or ``NUMERIC_IDS``;
    u16 zero; u32 base-data version that slots belong to (0: whichever is in force); u32 number of records.

    ValueError where the length is wrong or the slots are of another version than ``version``.
    """
    kind = SLOTS
    if body[:4] == _PACKED_MAGIC and len(body) >= _PACKED_HEAD.size:
        _, system, kind, _, slots_of, count = _PACKED_HEAD.unpack_from(body)
        body = body[_PACKED_HEAD.size :]
        if system >= len(CRS) or kind not in (SLOTS, NUMERIC_IDS) or len(body) != count * PACKED.itemsize:
            raise ValueError("the header of packed fixes does not fit what follows")
        if kind == SLOTS and slots_of and version is not None and slots_of != version:
            raise ValueError(f"packed fixes name slots of base data {slots_of}, in force is {version}")
        crs = CRS[system]
    if len(body) % PACKED.itemsize:
        raise ValueError(f"{len(body)} bytes are no whole number of packed fixes")
    return _unpacked(np.frombuffer(body, PACKED), crs, kind)


def encode_packed(fixes: Fixes, version: int = 0) -> bytes:
    """Fixes as packed records behind a header: slots, or worker ids that are all numbers (else ValueError)."""
    records = np.empty(len(fixes), PACKED)
    records["worker"] = fixes.worker if fixes.slots else np.array(fixes.worker.tolist(), np.uint32)
    records["second"] = fixes.time // 1000
    records["lon"], records["lat"] = np.rint(fixes.lon * 1e7), np.rint(fixes.lat * 1e7)
    kind = SLOTS if fixes.slots else NUMERIC_IDS
    return _PACKED_HEAD.pack(_PACKED_MAGIC, CRS.index(fixes.crs), kind, 0, version, len(fixes)) + records.tobytes()


def _unpacked(records: NDArray[np.void], crs: str, kind: int) -> Decoded:
    worker: NDArray[np.int32] | NDArray[np.object_] = np.minimum(records["worker"], 2**31 - 1).astype(np.int32)
    if kind == NUMERIC_IDS:
        worker = records["worker"].astype(np.str_).astype(object)
    time = records["second"].astype(np.int64) * 1000
    fixes = Fixes(worker, time, records["lon"] / 1e7, records["lat"] / 1e7, crs, kind == SLOTS)
    return Decoded(fixes, np.arange(len(records)))


def _is_ndjson(body: bytes) -> bool:
    """Whether the first line is a whole object, unlike that of a single object printed over several lines."""
    first, line_end, _ = body.partition(b"\n")
    if body[:1] != b"{" or not line_end:
        return False
    try:
        msgspec.json.decode(first)
    except msgspec.DecodeError:
        return False
    return True


_decoder = msgspec.json.Decoder(list[JsonFix])


def _fast(array: bytes, crs: str) -> Decoded | None:
    """All items at once, where all are plain fixes without a fault."""
    try:
        rows = _decoder.decode(array)
        return _columns(rows, np.arange(len(rows)), crs)
    except (msgspec.DecodeError, UnreadError, UnicodeDecodeError):
        return None


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
            fix = read_item(_parsed(raw) if raw else item, topic)
            worker_of(fix), instant_of(fix), _crs_of(fix, crs)
        except UnreadError as problem:
            unread.append(Unread(number, problem.reason, str(problem), raw or _text(item)))
        else:
            rows.append(fix)
            index.append(number)
    found = _columns(rows, np.array(index, np.intp), crs)
    return Decoded(found.fixes, found.index, tuple(unread))


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise UnreadError("malformed", f"no JSON: {problem}") from problem


def _text(item: object) -> bytes:
    return json.dumps(item, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _crs_of(fix: JsonFix, default: str) -> str:
    if fix.crs is None:
        return default
    try:
        return check_crs(fix.crs)
    except ValueError as problem:
        raise UnreadError("unknown_crs", str(problem)) from problem


_EMPTY = Fixes(np.zeros(0, object), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


def _columns(rows: Sequence[JsonFix], index: NDArray[np.intp], crs: str) -> Decoded:
    if not rows:
        return Decoded(_EMPTY, index)
    worker = np.array([worker_of(row) for row in rows], object)
    time = np.array([instant_of(row) for row in rows], np.int64)
    lon, lat = np.array([row.lon for row in rows]), np.array([row.lat for row in rows])
    named = [_crs_of(row, crs) for row in rows]
    if len(set(named)) == 1:
        return Decoded(Fixes(worker, time, lon, lat, named[0]), index)
    for system in set(named):
        chosen = np.array([name == system for name in named]) & np.isfinite(lon) & np.isfinite(lat)
        lon[chosen], lat[chosen] = to_wgs84(lon[chosen], lat[chosen], system)
    return Decoded(Fixes(worker, time, lon, lat), index)
