"""What every feed promises: entries in one order, read by a cursor of the reader's own, bounded in length.

A feed is transport, never the truth. A reader that was away longer than the feed is long, or whose feed was wiped, sees
a hole in ``Changes.first`` and fills it from the store.
"""

from typing import Protocol

import msgspec

from dashboard.domain.changes import Entry

CHANGES = "changes"
"""Topic of ``Changes``, ``Tick`` and ``BaseChanged``."""
POSITIONS = "positions"
"""Topic of ``Positions``."""
LENGTHS = {CHANGES: 2048, POSITIONS: 64}
"""Entries kept of each topic."""

START = ""
"""The cursor before the oldest entry that is still kept."""


class FeedError(RuntimeError):
    """The feed cannot be reached now; nothing is known about the entry being appended."""


class Feed(Protocol):
    """One topic-wise log of entries. Thread-safe."""

    def append(self, entry: Entry, topic: str = CHANGES) -> None:
        """Add an entry. ``FeedError`` where that may have failed: it can have been added all the same."""
        ...

    def read(self, after: str, timeout: float, topic: str = CHANGES, limit: int = 256) -> list[tuple[str, Entry]]:
        """Entries after a cursor with the cursor of each, oldest first; waits up to ``timeout`` seconds for the first.

        Entries that are no longer kept are left out silently. ``FeedError`` where the feed cannot be reached.
        """
        ...

    def latest(self, topic: str = CHANGES) -> str:
        """The cursor after the newest entry: reading from it gives only what comes later."""
        ...

    def close(self) -> None:
        """Wake readers and let go of connections."""
        ...


_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Entry] = msgspec.msgpack.Decoder(Entry)


def encode(entry: Entry) -> bytes:
    """An entry as MessagePack."""
    return _encoder.encode(entry)


def decode(payload: bytes) -> Entry:
    """An entry from MessagePack; ``FeedError`` where it was written by a program that speaks otherwise."""
    try:
        return _decoder.decode(payload)
    except msgspec.MsgspecError as problem:
        raise FeedError(f"an entry of the feed cannot be read: {problem}") from problem
