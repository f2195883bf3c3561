"""One fix in the words of each system that sends it, as the same five values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

REASONS = (
    "malformed", "missing_field", "wrong_type", "bad_time", "unknown_crs", "no_position", "no_worker", "encrypted",
)
"""Why an item could not be read. What a readable fix says is checked later, see ``fix_checks``."""

LONGEST_ID = 256
_FIRST_MILLISECONDS = 100_000_000_000
_LARGEST_ID = 10**LONGEST_ID


class UnreadError(ValueError):
    """An item that is no fix; ``reason`` is one of ``REASONS``."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class JsonFix(msgspec.Struct, gc=False):
    """A fix of the public contract; fields that it does not name are ignored. A number as time is epoch s or ms."""

    worker_id: str | int
    time: datetime | int | float
    lon: float
    lat: float
    crs: str | None = None


class _OwnTracks(msgspec.Struct):
    tst: int | float
    lat: float
    lon: float
    topic: str = ""
    tid: str = ""


class _Coordinates(msgspec.Struct):
    latitude: float
    longitude: float


class _Location(msgspec.Struct):
    timestamp: datetime | int | float
    coords: _Coordinates


class _TraccarClient(msgspec.Struct):
    device_id: str | int
    location: _Location


class _Position(msgspec.Struct, rename="camel"):
    fix_time: datetime | int | float
    latitude: float
    longitude: float
    valid: bool = True


class _Device(msgspec.Struct, rename="camel"):
    unique_id: str | int


class _Forwarded(msgspec.Struct):
    position: _Position
    device: _Device


def read_item(item: object, topic: str = "") -> JsonFix:
    """A decoded JSON object as a fix, whoever wrote it; ``topic`` is the MQTT topic of it. Raises ``UnreadError``."""
    if not isinstance(item, dict):
        raise UnreadError("malformed", f"not an object but {type(item).__name__}")
    try:
        if "_type" in item:
            return _owntracks(item, topic)
        if "location" in item and "device_id" in item:
            return _traccar_client(item)
        if "position" in item and "device" in item:
            return _forwarded(item)
        return msgspec.convert(item, JsonFix)
    except msgspec.ValidationError as problem:
        raise UnreadError(_reason(str(problem)), str(problem)) from problem


def _reason(problem: str) -> str:
    if "missing required field" in problem:
        return "missing_field"
    return "bad_time" if "RFC3339" in problem or "timestamp" in problem.lower() else "wrong_type"


def _owntracks(item: Mapping[str, Any], topic: str) -> JsonFix:
    """OwnTracks: the worker is the user of the topic ``owntracks/user/device``, else the two letters of ``tid``."""
    if item["_type"] == "encrypted":
        raise UnreadError("encrypted", "an OwnTracks message that was encrypted in the phone")
    if item["_type"] != "location":
        raise UnreadError("no_position", f"an OwnTracks message of type {item['_type']!r}")
    found = msgspec.convert(item, _OwnTracks)
    levels = (topic or found.topic).split("/")
    worker = levels[1] if len(levels) > 1 else found.tid
    return JsonFix(worker, found.tst, found.lon, found.lat)


def _traccar_client(item: Mapping[str, Any]) -> JsonFix:
    found = msgspec.convert(item, _TraccarClient)
    where = found.location.coords
    return JsonFix(found.device_id, found.location.timestamp, where.longitude, where.latitude)


def _forwarded(item: Mapping[str, Any]) -> JsonFix:
    found = msgspec.convert(item, _Forwarded)
    if not found.position.valid:
        raise UnreadError("no_position", "the device says that the position is not valid")
    return JsonFix(
        found.device.unique_id, found.position.fix_time, found.position.longitude, found.position.latitude
    )


def read_query(values: Mapping[str, str], now: int) -> JsonFix:
    """The query string of OsmAnd and older Traccar Clients; without ``timestamp`` it is of ``now`` (epoch ms)."""
    worker = values.get("id") or values.get("deviceid") or ""
    lat, lon = _query_place(values)
    if values.get("valid", "true").lower() in ("false", "0"):
        raise UnreadError("no_position", "the device says that the position is not valid")
    when = values.get("timestamp", "")
    return JsonFix(worker, _query_time(when) if when else datetime.fromtimestamp(now / 1000, UTC), lon, lat)


def _query_place(values: Mapping[str, str]) -> tuple[float, float]:
    try:
        if "location" in values:
            lat, lon = values["location"].split(",")
            return float(lat), float(lon)
        return float(values["lat"]), float(values["lon"])
    except KeyError as problem:
        raise UnreadError("no_position", f"no {problem.args[0]}") from problem
    except ValueError as problem:
        raise UnreadError("wrong_type", f"no coordinates: {problem}") from problem


def _query_time(text: str) -> datetime | float:
    """Epoch s or ms, ISO 8601, or ``2014-06-04 09:10:11``; a time without zone is UTC."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError as problem:
        raise UnreadError("bad_time", str(problem)) from problem
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def worker_of(fix: JsonFix) -> str:
    """The worker id as text; ``UnreadError`` where it is empty, too long, or nothing that can be shown."""
    if isinstance(fix.worker_id, int) and abs(fix.worker_id) > _LARGEST_ID:
        raise UnreadError("no_worker", "a worker id of very many digits")
    worker = str(fix.worker_id).strip()
    if not worker or len(worker) > LONGEST_ID or not worker.isprintable():
        raise UnreadError("no_worker", f"a worker id of {len(worker)} characters: {worker[:40]!r}")
    return worker


def instant_of(fix: JsonFix) -> int:
    """Epoch ms; ``UnreadError`` for a local time without a zone and for numbers that are no time."""
    time = fix.time
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise UnreadError("bad_time", "a time without a zone")
        return round(time.timestamp() * 1000)
    if not abs(time) <= 1e15:  # also NaN, and integers beyond any float
        raise UnreadError("bad_time", "a number that is no time")
    return round(time if abs(time) >= _FIRST_MILLISECONDS else time * 1000)
