"""A case as it stands after some of its events: the state of the fold in ``life_cycle``."""

from enum import IntEnum

import msgspec

from dashboard.domain.changes import CaseRow
from dashboard.domain.events import CaseEvent
from dashboard.domain.periods import MINUTE

VOIDING = frozenset({"case.rejected", "case.cancelled"})
"""Events that make a case void."""


class Stage(IntEnum):
    """Where a case stands."""

    UNACCEPTED = 0
    PENDING = 1
    HANDLING = 2
    VERIFYING = 3
    CLOSED = 4
    VOID = 5


class Case(msgspec.Struct, gc=False, omit_defaults=True):
    """State of the fold; treat it as immutable. Instants are epoch ms UTC, None where it has not happened.

    ``last`` is the key of the newest event applied. ``pauses`` are ended suspensions (start, end), ``flows`` the
    transitions (time, column of ``tallies``), ``ratings`` (number of the closing, time, score), one for each closing.
    ``held`` waits for the acceptance, without ``raw``. ``handled_at`` and ``closed_at`` may lie before ``accepted_at``.
    """

    id: str
    last: tuple[int, int, str, str] = (0, -1, "", "")
    region: str = ""
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
    due_given: bool = False
    suspended_at: int | None = None
    supervised_at: int | None = None
    urged: int = 0
    level: str = ""
    escalated: bool = False
    ever_handled: bool = False
    failed_check: bool = False
    reopened: bool = False
    closings: int = 0
    work_minutes: int | None = None
    pauses: tuple[tuple[int, int], ...] = ()
    flows: tuple[tuple[int, int], ...] = ()
    ratings: tuple[tuple[int, int, int], ...] = ()
    held: tuple[CaseEvent, ...] = ()

    @property
    def open(self) -> bool:
        """Accepted, not closed, not void (suspended included)."""
        return self.accepted_at is not None and self.closed_at is None and self.voided_at is None

    @property
    def ever_closed(self) -> bool:
        """Whether it was closed at least once."""
        return self.closings > 0

    @property
    def closed_first(self) -> bool:
        """Closed before it was accepted: left out of durations, counted."""
        return self.accepted_at is not None and self.closed_at is not None and self.closed_at < self.accepted_at

    @property
    def natural_minutes(self) -> int | None:
        """Whole minutes from acceptance to handling, suspensions included; None if unhandled or handled before."""
        if self.accepted_at is None or self.handled_at is None or self.handled_at < self.accepted_at:
            return None
        return (self.handled_at - self.accepted_at) // MINUTE

    @property
    def stage(self) -> Stage:
        """The stage it is in; a report that was rejected before any acceptance is void."""
        if self.void_since is not None:
            return Stage.VOID
        if self.accepted_at is None:
            return Stage.UNACCEPTED
        if self.closed_at is not None:
            return Stage.CLOSED
        if self.handled_at is not None:
            return Stage.VERIFYING
        return Stage.PENDING if self.dispatched_at is None else Stage.HANDLING

    @property
    def void_since(self) -> int | None:
        """When it became void, also where that still waits for an acceptance."""
        if self.voided_at is not None or self.accepted_at is not None:
            return self.voided_at
        return next((event.time for event in self.held if event.type in VOIDING), None)

    def row(self, seq: int) -> CaseRow:
        """The case as it is stored and shown, as of ``seq``."""
        return CaseRow(
            self.id, seq, self.region, int(self.stage), self.category, self.channel, self.unit, self.title, self.kind,
            self.urgency, self.tags, self.lon, self.lat, self.reported_at, self.accepted_at, self.filed_at,
            self.dispatched_at, self.handled_at, self.closed_at, self.void_since, self.deadline, self.suspended_at,
            self.supervised_at, self.last[0], self.ratings[-1][2] if self.ratings else None, self.urged, self.level,
            self.ever_handled, self.closings > 0, self.failed_check and self.ever_handled, self.reopened,
            self.closed_first, self.natural_minutes, self.work_minutes,
        )  # fmt: skip
