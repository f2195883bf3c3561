"""What the gateway writes to the stream of positions: one entry for hundreds of fixes."""

from collections.abc import Iterable, Sequence

from dashboard.domain.fix_formats import decode_each, decode_packed, encode_texts
from dashboard.domain.fixes import Fixes
from data_sources.mqtt import is_packed, worded
from data_sources.mqtt_reader import Message
from data_sources.redis_streams import joined_by_kind

Entry = dict[str, bytes]
SHOWN = 1000
"""Bytes that are kept of packed columns which cannot be read."""


def entries(fixes: Iterable[Fixes], packed: Iterable[bytes] = (), unread: Iterable[bytes] = ()) -> list[Entry]:
    """Fixes by worker id as packed columns, packed columns as they came, and what ingest shall count and quarantine."""
    columns = joined_by_kind([some for some in fixes if len(some)])
    return [
        *({"packed": encode_texts(some)} for some in columns),
        *({"packed": body} for body in packed),
        *({"fix": raw} for raw in unread),
    ]


def entries_of(messages: Sequence[Message], crs: str) -> list[Entry]:
    """Entries of what came by MQTT."""
    texts = [message for message in worded(messages) if not is_packed(message)]
    read = decode_each([message.payload for message in texts], crs, [message.topic for message in texts])
    packed = [_checked(message.payload) for message in worded(messages) if is_packed(message)]
    return entries([read.fixes], packed, [item.raw for item in read.unread if item.reason != "no_position"])


def _checked(body: bytes) -> bytes:
    """Packed columns; of those that nobody can read, the beginning, for the quarantine."""
    try:
        decode_packed(body)
    except ValueError:
        return body[:SHOWN]
    return body
