"""What a committed transaction tells everybody else: absolute values, never increments.

``Changes`` carries all that changed between two sequence numbers, as the store holds it afterwards; applying it twice,
or reading the same rows from the store instead, gives the same replica. Sent as MessagePack over the feed.
"""

from typing import Literal

import msgspec

Kind = Literal["changes", "tick", "base"]


class CaseRow(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One case as it stands: the projection of its events. Times are epoch ms, UTC; None where it has not happened."""

    id: str
    seq: int = 0
    region: str = ""
    stage: int = 0
    category: str = ""
    channel: str = ""
    unit: str = ""
    title: str = ""
    kind: str = ""
    urgency: str = ""
    tags: str = ""
    lon: float | None = None
    lat: float | None = None
    reported_at: int | None = None
    accepted_at: int | None = None
    filed_at: int | None = None
    dispatched_at: int | None = None
    handled_at: int | None = None
    closed_at: int | None = None
    voided_at: int | None = None
    deadline: int | None = None
    suspended_at: int | None = None
    supervised_at: int | None = None
    last_at: int = 0
    score: int | None = None
    urged: int = 0
    level: str = ""
    ever_handled: bool = False
    ever_closed: bool = False
    reworked: bool = False
    reopened: bool = False
    closed_first: bool = False
    natural_minutes: int | None = None
    work_minutes: int | None = None

    @property
    def open(self) -> bool:
        """Accepted, not closed, not void (suspended included)."""
        return self.accepted_at is not None and self.closed_at is None and self.voided_at is None

    @property
    def suspended(self) -> bool:
        """Open and parked (挂账): its clock stands still."""
        return self.open and self.suspended_at is not None

    @property
    def waiting(self) -> bool:
        """Open, unhandled, not suspended: the cases whose deadline counts down."""
        return self.open and self.handled_at is None and self.suspended_at is None


class TallyRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Absolute counters of one region and period, in the order of ``tallies.COUNTERS``."""

    region: str
    period: int
    counts: list[int]


class Inflow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Absolute number of cases accepted in one region on one day, by one key of one dimension.

    ``dimension`` is ``category``, ``channel``, ``kind`` or ``hour`` (key ``00`` .. ``23``).
    """

    region: str
    day: int
    dimension: str
    key: str
    count: int


class Step(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One stored case event as the ticker shows it."""

    seq: int
    time: int
    type: str
    case: str
    title: str
    region: str


class Changes(msgspec.Struct, frozen=True, tag="changes"):
    """Everything committed with sequence numbers ``first`` .. ``last`` (contiguous; empty when first > last)."""

    first: int
    last: int
    cases: list[CaseRow] = []
    tallies: list[TallyRow] = []
    inflow: list[Inflow] = []
    steps: list[Step] = []


class SourceState(msgspec.Struct, frozen=True, gc=False):
    """What ingest knows of one source: counts since start, newest event time and when it arrived (epoch ms).

    ``waited``: ms of real time that what was taken in last had lain in a queue; 0 where there is none.
    """

    name: str
    lane: str
    event_time: int | None = None
    arrived: int | None = None
    accepted: int = 0
    duplicate: int = 0
    rejected: dict[str, int] = {}
    error: str = ""
    retry_at: int | None = None
    tries: int = 0
    waited: int = 0


class Tick(msgspec.Struct, frozen=True, tag="tick"):
    """The present, as told once a second by the holder of the writer's lock."""

    time: int
    seq: int
    slab: int
    sources: list[SourceState] = []


class BaseChanged(msgspec.Struct, frozen=True, tag="base"):
    """Base data was imported: read it again from the store."""

    version: int


class Positions(msgspec.Struct, frozen=True, tag="positions"):
    """One encoded frame of all workers (see ``frames``); its own lane, its own cursor ``slab``."""

    slab: int
    time: int
    keyframe: bool
    frame: bytes


Entry = Changes | Tick | BaseChanged | Positions
