"""Records of the case page. Instants are epoch ms UTC; personal data is already masked for who may not see it."""

import msgspec

from dashboard.queries.answers import AsOf
from dashboard.queries.drill_answers import CaseLine


class StageSpan(msgspec.Struct, frozen=True):
    """One passage through a stage (``accepting dispatching handling checking rating``); ``end`` None: still there.

    ``minutes`` counts on ``clock`` (``natural`` or ``work``) without suspensions; ``limit`` in the same minutes and
    ``due`` as an instant, both None where the stage has no limit.
    """

    stage: str
    begin: int
    end: int | None
    clock: str
    minutes: float
    limit: float | None
    due: int | None


class DeadlineChange(msgspec.Struct, frozen=True):
    """A deadline and why it changed: ``accepted dispatched extended suspended reopened corrected``."""

    at: int
    before: int | None
    after: int | None
    reason: str


class Pause(msgspec.Struct, frozen=True):
    """A suspension (挂账); ``end`` None: still suspended."""

    begin: int
    end: int | None
    reason: str


class Entry(msgspec.Struct, frozen=True):
    """One stored event as a line of the record. ``details`` are (field, text) of what the source sent, masked."""

    seq: int
    time: int
    received: int
    type: str
    source: str
    actor: str
    unit: str
    counted: bool
    details: list[tuple[str, str]]
    unit_en: str = ""


class CaseView(msgspec.Struct, frozen=True):
    """One case with its whole record. ``off_hours`` are spans without working time between its first and last
    instant, empty where its clock is natural. ``near`` and ``same_kind`` are within the caller's scope.
    ``masked`` says that something was withheld."""

    as_of: AsOf
    line: CaseLine
    crumbs: list[tuple[str, str]]
    kind: str
    urgency: str
    tags: list[str]
    address: str
    text: str
    reporter: str
    phone: str
    lon: float | None
    lat: float | None
    clock: str
    urged: int
    reworked: bool
    reopened: bool
    stages: list[StageSpan]
    deadlines: list[DeadlineChange]
    pauses: list[Pause]
    off_hours: list[tuple[int, int]]
    entries: list[Entry]
    near: list[CaseLine]
    same_kind: list[CaseLine]
    masked: bool
