"""Every decoder of what strangers send, as functions of bytes that may refuse but never break.

Used by ``test_decoders`` (a short run) and ``scripts/fuzz`` (a long one, coverage-guided).
"""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

import numpy as np

from dashboard.api.bodies import EVENT_TYPES, event_items
from dashboard.api.problems import Problem
from dashboard.domain.events import REASONS, BadEvent, cut, parse
from dashboard.domain.fix_dialects import REASONS as FIX_REASONS
from dashboard.domain.fix_formats import Decoded, decode, decode_each, decode_osmand, decode_packed, encode_texts
from dashboard.domain.frames import decode as decode_frame
from dashboard.security.credentials import key_in
from data_sources.gateway.entries import entries_of
from data_sources.mqtt_reader import Message

NOW = 1_792_199_524_000


def events(data: bytes) -> None:
    """A payload is cut into items, each of which is an event or refused for a reason that is known."""
    try:
        items = cut(data)
    except BadEvent as problem:
        assert problem.reason == "malformed"
        return
    for item in items:
        try:
            parse(item, NOW)
        except BadEvent as problem:
            assert problem.reason in REASONS


def binary_events(data: bytes) -> None:
    """The body of an event whose attributes are headers."""
    headers = {"ce-specversion": "1.0", "ce-id": data[:20].decode("latin-1"), "ce-type": "case.accepted"}
    for kind, more in ((EVENT_TYPES[0], headers), (EVENT_TYPES[-1], {})):
        try:
            event_items(data, kind, more)
        except Problem as problem:
            assert problem.document.status in (400, 415)


def fixes(data: bytes) -> None:
    """JSON and NDJSON, whoever wrote it, alone and beside a neighbour who must not notice."""
    for kind in ("application/json", "application/x-ndjson"):
        try:
            checked(decode(data, kind, topic="owntracks/W1/phone"))
        except ValueError:
            continue
    good = b'{"worker_id": "W1", "time": 1792199524, "lon": 113.1, "lat": 27.8}'
    found = decode_each([good, data, good], topics=["", "owntracks/W2/phone", ""])
    checked(found)
    assert found.index[0] == 0 and found.index[-1] == 2


def packed(data: bytes) -> None:
    """Columns; what can be read can be packed again and is the same."""
    for body in (data, b"YPF\xff" + data):
        try:
            found = decode_packed(body, version=1)
        except ValueError:
            continue
        checked(found)
        if not found.fixes.slots:
            again = decode_packed(encode_texts(found.fixes)).fixes
            assert list(again.worker) == list(found.fixes.worker) and list(again.time) == list(found.fixes.time)


def queries(data: bytes) -> None:
    """OsmAnd's query string."""
    found, garbage = decode_osmand(dict(parse_qsl(data.decode("latin-1"))), NOW)
    assert len(found) + len(garbage) == 1
    assert all(reason in FIX_REASONS for _raw, reason in garbage)


def messages(data: bytes) -> None:
    """What came by MQTT, as the gateway writes it to the stream."""
    topic, _, payload = data.partition(b"\0")
    for entry in entries_of([Message(topic.decode("utf-8", "replace"), payload)], "gcj02"):
        assert len(entry) == 1


def frames(data: bytes) -> None:
    """A frame of positions, which a reader may get from a feed that somebody else writes."""
    try:
        decode_frame(data)
    except ValueError:
        return


def credentials(data: bytes) -> None:
    """The header with the key."""
    key = key_in(data.decode("latin-1"))
    assert key is None or key


def checked(found: Decoded) -> None:
    """Columns of one length, times that a database can hold, workers that can be shown, reasons that are known."""
    columns = found.fixes
    assert len(columns.worker) == len(columns.time) == len(columns.lon) == len(columns.lat) == len(found.index)
    assert not len(columns) or int(np.abs(columns.time).max()) <= 10**15
    assert columns.slots or all(id_ and id_.isprintable() for id_ in columns.worker)
    assert all(item.reason in FIX_REASONS and isinstance(item.raw, bytes) for item in found.unread)


DECODERS: Mapping[str, Callable[[bytes], None]] = {
    made.__name__: made for made in (events, binary_events, fixes, packed, queries, messages, frames, credentials)
}
