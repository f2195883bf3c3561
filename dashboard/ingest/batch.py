"""What a source hands to ingest and what it gets back."""

from dataclasses import dataclass, field

from dashboard.domain.fixes import Fixes


@dataclass(frozen=True, slots=True)
class Batch:
    """Raw material of one delivery: case events as JSON bytes (one object each), fixes as columns, or both.

    ``received`` is the arrival time (epoch ms) told by the clock of the data directory; ``arrivals`` those of the
    single events where a source knows them, one for each, else empty. ``garbage`` holds payloads that the source could
    not even cut into events, each with the reason. ``waited``: ms that the newest of it had lain in a queue before.
    """

    source: str
    received: int
    events: list[bytes] = field(default_factory=list)
    fixes: Fixes | None = None
    garbage: list[tuple[bytes, str]] = field(default_factory=list)
    arrivals: list[int] = field(default_factory=list)
    waited: int = 0


@dataclass(frozen=True, slots=True)
class Rejection:
    """One item that was not stored: its place in the batch and why, as a stable word and a sentence."""

    index: int
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch, given only after its transaction committed."""

    accepted: int = 0
    duplicate: int = 0
    rejected: tuple[Rejection, ...] = ()
    seq: int = 0
