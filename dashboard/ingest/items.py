"""One event on its way into the store."""

from hashlib import blake2b

import msgspec

from dashboard.domain.events import LONGEST, BadEvent, CaseEvent, WorkerEvent, parse
from dashboard.store import Quarantined

DUPLICATE = "duplicate"
ACCEPTED = "accepted"

Outcome = str | BadEvent
"""``ACCEPTED``, ``DUPLICATE``, or why it was refused."""


class Item(msgspec.Struct, gc=False):
    """A raw event of a source and what it was parsed to or why not.

    ``uid`` is the event's identity, empty where there is no event. ``quarantine`` is the row it was kept in so far, and
    ``reason`` why.
    """

    raw: bytes
    source: str
    received: int
    event: CaseEvent | WorkerEvent | None = None
    refusal: BadEvent | None = None
    uid: bytes = b""
    quarantine: int | None = None
    reason: str = ""

    def released(self, outcome: Outcome) -> bool:
        """Whether it need not be kept in its row of the quarantine any longer."""
        kept = isinstance(outcome, BadEvent) and outcome.reason == self.reason
        return self.quarantine is not None and not kept

    def refused(self, refusal: BadEvent) -> Quarantined:
        """The item as the quarantine keeps it: bytes beyond what any event may have are cut off."""
        digest = blake2b(refusal.reason.encode() + b"\0" + self.raw, digest_size=16).digest()
        return Quarantined(
            digest, self.received, self.source, refusal.reason, refusal.detail.replace("\0", ""), refusal.case,
            self.raw[:LONGEST],
        )


def read_item(raw: bytes, source: str, received: int, now: int | None, tolerance: int) -> Item:
    """Parse one event; ``now`` and ``tolerance`` (minutes) as ``domain.events.parse``."""
    try:
        event = parse(raw, now, tolerance)
        raw.decode()
    except BadEvent as refusal:
        return Item(raw, source, received, None, _printable(refusal))
    except UnicodeDecodeError as problem:
        return Item(raw, source, received, None, BadEvent("malformed", str(problem)))
    return Item(raw, source, received, event, uid=event.uid)


def garbage_item(raw: bytes, reason: str, source: str, received: int) -> Item:
    """Something that a source could not even cut into events."""
    return Item(raw, source, received, None, BadEvent("malformed", reason))


def waiting_item(number: int, kept: Quarantined) -> Item:
    """A refused item that is tried again; it was let in by the clock before."""
    item = read_item(kept.raw, kept.source, kept.received, None, 0)
    item.quarantine, item.reason = number, kept.reason
    return item


def same_content(one: bytes | str, other: bytes | str) -> bool:
    """Whether two JSON texts say the same, whatever their spacing and the order of their keys."""
    return one == other or bool(msgspec.json.decode(one) == msgspec.json.decode(other))


def _printable(refusal: BadEvent) -> BadEvent:
    """Without what a database cannot hold in a text: U+0000 and lone surrogates."""
    refusal.case = refusal.case.replace("\0", "").encode("utf-8", "replace").decode()
    refusal.detail = refusal.detail.encode("utf-8", "replace").decode()
    return refusal
