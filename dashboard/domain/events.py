"""Reading CloudEvents 1.0 (structured JSON) into typed events, or refusing them with a stable reason.

Fields that are not known are ignored here and kept in ``raw``. Instants are epoch milliseconds UTC.
"""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated

import msgspec
from msgspec import Meta

from dashboard.domain.periods import MINUTE

STEPS = (
    "reported", "accepted", "rejected", "filed", "dispatched", "returned", "extended", "suspended", "resumed",
    "handled", "checked", "closed", "cancelled", "reopened", "urged", "supervised", "rated", "corrected", "escalated",
)
"""What can happen to a case, in life-cycle order: the order of events of the same millisecond."""

ORDER = {f"case.{step}": order for order, step in enumerate(STEPS)}
WORKER_TYPES = frozenset({"worker.checked_in", "worker.checked_out"})
OPENING = frozenset({"case.reported", "case.accepted"})
_REQUIRED = {"case.extended": "due", "case.checked": "passed", "case.rated": "score"}

REASONS = (
    "malformed", "not_cloudevent", "unknown_type", "missing_field", "wrong_type", "bad_time", "future", "bad_score",
    "nan", "out_of_range", "too_long",
)
"""Every word a ``BadEvent`` of this module may give as its reason."""

LONGEST = 65_536
"""Bytes an event may have."""

EARLIEST, LATEST = 0, 7_258_118_400_000
"""Instants that an event or a deadline may name: 1970 to 2200, so that no calendar runs off its end."""

Name = Annotated[str, Meta(min_length=1, max_length=256)]
Word = Annotated[str, Meta(max_length=256)]
Line = Annotated[str, Meta(max_length=1_000)]
Prose = Annotated[str, Meta(max_length=20_000)]
Instant = Annotated[datetime, Meta(tz=True)]


class BadEvent(ValueError):  # noqa: N818 - the public contract speaks of events, not of errors
    """An event that cannot be taken: ``reason`` is one of ``REASONS``, ``detail`` a sentence for people.

    ``source`` and ``case`` are what could still be read of it, or empty.
    """

    def __init__(self, reason: str, detail: str, source: str = "", case: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.source, self.case = reason, detail, source, case


class CaseData(msgspec.Struct, gc=False, omit_defaults=True):
    """``data`` of an event: everything the contract names, absent or null where it was not given."""

    region: Word | None = None
    lon: float | None = None
    lat: float | None = None
    crs: Word | None = None
    category: Word | None = None
    channel: Word | None = None
    title: Line | None = None
    urgency: Word | None = None
    due_at: Instant | None = msgspec.field(default=None, name="due")
    unit: Word | None = None
    kind: Word | None = None
    tags: list[Word] | Word | None = None
    actor: Word | None = None
    reporter: Word | None = None
    address: Line | None = None
    text: Prose | None = None
    handling_level: str | int | None = None
    passed: bool | None = None
    score: int | None = None
    level: str | int | None = None
    reason: Line | None = None

    @property
    def due(self) -> int | None:
        """The deadline that the event gives, or None."""
        return None if self.due_at is None else epoch_ms(self.due_at)


class CaseEvent(msgspec.Struct, gc=False):
    """Something that happened to a case (``case`` is the CloudEvent's ``subject``).

    ``region``, ``lon``, ``lat`` start as given in ``data``; ingest replaces them by the region that the point lies in
    and by WGS-84 degrees.
    """

    source: str
    id: str
    type: str
    case: str
    time: int
    data: CaseData
    raw: bytes
    region: str = ""
    lon: float | None = None
    lat: float | None = None

    @property
    def key(self) -> tuple[int, int, str, str]:
        """Place among the events of the case: time, life-cycle order, source, id. Arrival does not count."""
        return (self.time, ORDER[self.type], self.source, self.id)

    @property
    def uid(self) -> bytes:
        """Identity as the store keys it."""
        return identity(self.source, self.id)

    @property
    def lacks(self) -> str:
        """What the first event of a case must have and this one has not: a field name, or empty."""
        if not self.region and self.lon is None:
            return "region"
        return "" if self.data.category else "category"


class WorkerEvent(msgspec.Struct, gc=False):
    """A grid worker checked in or out: shown for dispatch, never ranked."""

    source: str
    id: str
    type: str
    worker: str
    time: int
    data: CaseData
    raw: bytes

    @property
    def uid(self) -> bytes:
        """Identity as the store keys it."""
        return identity(self.source, self.id)


class _Envelope(msgspec.Struct, gc=False):
    specversion: str
    id: Name
    source: Name
    type: str
    subject: Name
    time: Instant
    data: CaseData | None = None


class _Sender(msgspec.Struct):
    source: object = ""
    subject: object = ""
    type: object = ""
    specversion: object = ""


_decode = msgspec.json.Decoder(_Envelope).decode
_decode_sender = msgspec.json.Decoder(_Sender).decode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def epoch_ms(at: datetime) -> int:
    """An aware datetime as epoch ms, rounded down."""
    since: timedelta = at - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def identity(source: str, event_id: str) -> bytes:
    """blake2b-16(source NUL id): the same event sent again has the same identity."""
    return blake2b(f"{source}\0{event_id}".encode(), digest_size=16).digest()


def parse(raw: bytes, now: int | None = None, tolerance_minutes: int = 5) -> CaseEvent | WorkerEvent:
    """One CloudEvent as JSON bytes. ``now`` is the present (epoch ms); None where the event was let in before.

    Raises ``BadEvent``. The id, source and subject are 1-256 characters; (0, 0) counts as "place not known".
    """
    if len(raw) > LONGEST:
        raise BadEvent("too_long", f"{len(raw)} bytes, at most {LONGEST}")
    try:
        event = _decode(raw)
    except _BROKEN as problem:
        raise _diagnosed(raw, problem) from problem
    time = epoch_ms(event.time)
    data = event.data or CaseData()
    if (
        event.specversion != "1.0"
        or not EARLIEST <= time < LATEST
        or (now is not None and time > now + tolerance_minutes * MINUTE)
        or event.type in _REQUIRED
        or data.lon is not None
        or data.lat is not None
        or data.due_at is not None
        or b"\\u0000" in raw
    ):
        _check(event, raw, time, data, now, tolerance_minutes)
    if event.type in ORDER:
        return CaseEvent(
            event.source, event.id, event.type, event.subject, time, data, raw, data.region or "", data.lon, data.lat
        )
    if event.type in WORKER_TYPES:
        return WorkerEvent(event.source, event.id, event.type, event.subject, time, data, raw)
    raise _refusal(event, "unknown_type", f"type {event.type!r} is not known")


def _refusal(event: _Envelope, reason: str, detail: str) -> BadEvent:
    return BadEvent(reason, detail, event.source, event.subject)


def _check(event: _Envelope, raw: bytes, time: int, data: CaseData, now: int | None, tolerance: int) -> None:
    if event.specversion != "1.0":
        raise _refusal(event, "not_cloudevent", f"specversion {event.specversion!r} is not 1.0")
    if b"\\u0000" in raw and "\0" in event.id + event.source + event.subject + "".join(_texts(data)):
        raise _refusal(event, "malformed", "a text holds the character U+0000")
    if not EARLIEST <= time < LATEST:
        raise _refusal(event, "bad_time", f"time {event.time.isoformat()} is outside 1970-2200")
    if now is not None and time > now + tolerance * MINUTE:
        ahead = -((now - time) // MINUTE)
        raise _refusal(event, "future", f"{ahead} minutes ahead of the present, at most {tolerance}")
    due = data.due
    if due is not None and not EARLIEST <= due < LATEST:
        raise _refusal(event, "bad_time", "due is outside 1970-2200")
    field = _REQUIRED.get(event.type)
    if field is not None and getattr(data, field) is None:
        raise _refusal(event, "missing_field", f"{event.type} needs data.{field}")
    if event.type == "case.rated" and data.score not in (1, 2, 3, 4):
        raise _refusal(event, "bad_score", f"score {data.score} is not one of 1, 2, 3, 4")
    _check_place(event, data)


def _check_place(event: _Envelope, data: CaseData) -> None:
    lon, lat = data.lon, data.lat
    if lon is None and lat is None:
        return
    if lon is None or lat is None:
        raise _refusal(event, "missing_field", "lon and lat come together")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise _refusal(event, "out_of_range", f"lon {lon}, lat {lat} is no place on earth")
    if lon == 0 and lat == 0:
        data.lon = data.lat = None


def _texts(data: CaseData) -> list[str]:
    tags = data.tags if isinstance(data.tags, list) else [data.tags or ""]
    others = (getattr(data, name) for name in data.__struct_fields__)
    return [text for text in (*others, *tags) if isinstance(text, str)]


def _diagnosed(raw: bytes, problem: Exception) -> BadEvent:
    """Why decoding failed: what is wrong with the envelope comes before what is wrong with a field."""
    try:
        sender = _decode_sender(raw)
    except msgspec.ValidationError:
        return BadEvent("not_cloudevent", "not a JSON object")
    except _BROKEN:
        return _unreadable(raw, problem)
    source, case = (text[:256] if isinstance(text, str) else "" for text in (sender.source, sender.subject))
    if sender.specversion != "1.0":
        return BadEvent("not_cloudevent", "specversion 1.0 is missing", source, case)
    if isinstance(sender.type, str) and sender.type and sender.type not in ORDER and sender.type not in WORKER_TYPES:
        return BadEvent("unknown_type", f"type {sender.type[:80]!r} is not known", source, case)
    return BadEvent(_reason(str(problem)), str(problem), source, case)


def _unreadable(raw: bytes, problem: Exception) -> BadEvent:
    outside_strings = b"".join(raw.replace(b'\\"', b"").split(b'"')[::2])
    if b"NaN" in outside_strings or b"Infinity" in outside_strings:
        return BadEvent("nan", "NaN and Infinity are no JSON numbers")
    return BadEvent("malformed", str(problem)[:200])


def _reason(message: str) -> str:
    """The stable word for what msgspec says is wrong with a field."""
    if "missing required field" in message:
        return "missing_field"
    if "length >=" in message:
        return "missing_field"
    if "length <=" in message:
        return "too_long"
    if "datetime" in message:
        return "bad_time"
    if message.startswith("Number out of range"):
        return "nan"
    return "wrong_type"


def cut(payload: bytes) -> list[bytes]:
    """Cut one JSON object, a batch array or NDJSON into raw single items, none of them checked.

    Raises ``BadEvent`` ``malformed`` where the payload is empty or an array is broken; of NDJSON every line is an item.
    """
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        raise BadEvent("malformed", "nothing in it")
    try:
        if body.startswith(b"["):
            return [bytes(item) for item in msgspec.json.decode(body, type=list[msgspec.Raw])]
        return [bytes(msgspec.json.decode(body, type=msgspec.Raw))]
    except _BROKEN as problem:
        if body.startswith(b"[") or b"\n" not in body:
            raise BadEvent("malformed", str(problem)[:200]) from problem
    return [line for line in (line.strip() for line in body.split(b"\n")) if line]
