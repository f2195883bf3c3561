"""What the queries answer with: the records the read API documents and sends.

Instants are epoch ms UTC, days ``YYYYMMDD`` of the configured zone. A figure that is not known is None.
"""

from typing import Any

import msgspec


class AsOf(msgspec.Struct, frozen=True):
    """The cut-off of figures: the last stored event counted, and the time told by the last tick."""

    seq: int
    time: int


class Place(msgspec.Struct, frozen=True):
    """A region by its code, with its names and the name of its level."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str | None


class Figure(msgspec.Struct, frozen=True):
    """One indicator. ``value`` is None where a rate's denominator is 0.

    ``basis`` is ``flow`` (happened in the period), ``cohort`` (cases accepted in it, as they stand at the cut-off) or
    ``stock`` (at the cut-off). ``unit`` is ``cases``, ``share`` (of one), ``hours`` or ``people``.
    """

    key: str
    name: str
    name_en: str
    basis: str
    unit: str
    version: str
    value: float | None
    numerator: float | None
    denominator: float | None


class Equation(msgspec.Struct, frozen=True):
    """Flows and stocks of a period: carried + accepted + reopened = closed + voided + open at its end."""

    carried: int
    accepted: int
    reopened: int
    closed: int
    voided: int
    open: int

    @property
    def holds(self) -> bool:
        """Whether both sides are equal."""
        return self.carried + self.accepted + self.reopened == self.closed + self.voided + self.open


class Kpis(msgspec.Struct, frozen=True):
    """Every indicator of one region and period, and what is counted beside them.

    ``beside`` holds ``no_deadline``, ``unaccepted`` (cases without acceptance, all time), ``voided`` (void cases
    accepted in the period), ``closed_before_accepted`` and ``escalated``.
    """

    region: Place
    period: str
    first: int
    last: int
    as_of: AsOf
    figures: list[Figure]
    beside: dict[str, int]
    equation: Equation


class Ranked(msgspec.Struct, frozen=True):
    """One unit of a ranking. ``rank`` is None below the line (fewer cases due than the model asks for).

    The counts behind the rates: ``on_time`` and ``closed_due`` of ``due_to_close``, ``reworked`` of ``ever_handled``,
    ``reopened`` of ``ever_closed``, ``satisfied`` of ``rated``.
    """

    rank: int | None
    tied: bool
    small: bool
    code: str
    name: str
    name_en: str
    parent: str | None
    score: float | None
    due_to_close: int
    on_time: int
    overdue: int
    closure_rate: float | None
    on_time_rate: float | None
    rework_rate: float | None
    reopen_rate: float | None
    satisfaction: float | None
    closed_due: int
    reworked: int
    ever_handled: int
    reopened: int
    ever_closed: int
    satisfied: int
    rated: int


class Ranking(msgspec.Struct, frozen=True):
    """Units of one level in order, best first; those below the line follow."""

    level: str
    period: str
    under: str
    model: str
    version: str
    as_of: AsOf
    rows: list[Ranked]


class CaseRecord(msgspec.Struct, frozen=True):
    """One case as it stands. ``state`` is ``open``, ``closed``, ``void`` or ``unaccepted``."""

    id: str
    state: str
    region: str
    category: str
    channel: str
    unit: str
    title: str
    kind: str
    urgency: str
    tags: str
    stage: int
    lon: float | None
    lat: float | None
    reported_at: int | None
    accepted_at: int | None
    filed_at: int | None
    dispatched_at: int | None
    handled_at: int | None
    closed_at: int | None
    voided_at: int | None
    suspended_at: int | None
    supervised_at: int | None
    deadline: int | None
    overdue: bool
    score: int | None
    seq: int


class CasePage(msgspec.Struct, frozen=True):
    """Cases, newest acceptance first. ``next`` is the cursor of the following page; None on the last one."""

    cases: list[CaseRecord]
    next: str | None
    as_of: AsOf


class StoredEvent(msgspec.Struct, frozen=True):
    """One event of a case as it was stored: ``data`` is what the source sent."""

    seq: int
    time: int
    received: int
    type: str
    source: str
    id: str
    data: dict[str, Any]


class Timeline(msgspec.Struct, frozen=True):
    """A case and all its events in the order they count in."""

    case: CaseRecord
    events: list[StoredEvent]


class WorkerRecord(msgspec.Struct, frozen=True):
    """A grid worker and, where it is known, the latest position (degrees WGS-84) and presence."""

    id: str
    name: str
    role: str
    region: str
    state: str | None
    lon: float | None
    lat: float | None


class WorkerList(msgspec.Struct, frozen=True):
    """Workers whose own region lies in the one asked for."""

    region: str
    workers: list[WorkerRecord]


class Track(msgspec.Struct, frozen=True):
    """One worker's local day: columns of equal length, in order of time; degrees WGS-84."""

    worker: str
    day: int
    time: list[int]
    lon: list[float]
    lat: list[float]


class QuarantineSample(msgspec.Struct, frozen=True):
    """One refused item: where it came from, why, and its beginning."""

    received: int
    source: str
    reason: str
    detail: str
    case: str
    raw: str


class Quarantine(msgspec.Struct, frozen=True):
    """Refused items by reason, and the newest of them."""

    counts: dict[str, int]
    samples: list[QuarantineSample]
