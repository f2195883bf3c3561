"""Records of the worker page. Instants are epoch ms UTC, lengths metres, durations minutes."""

import msgspec

from dashboard.queries.answers import AsOf
from dashboard.queries.drill_answers import CaseLine


class Stop(msgspec.Struct, frozen=True):
    """A stay of at least ``minutes_at_least`` within the radius of a stop."""

    number: int
    begin: int
    end: int
    lon: float
    lat: float
    region: str
    region_name: str


class Span(msgspec.Struct, frozen=True):
    """A part of the day: ``moving``, ``still``, ``stop`` (number of the stop), ``gap`` (no fix while on duty), ``off``
    (outside the shift: nothing is collected)."""

    state: str
    begin: int
    end: int
    stop: int | None = None


class Touched(msgspec.Struct, frozen=True):
    """A step of a case that the worker made that day."""

    time: int
    type: str
    case: CaseLine


class Cell(msgspec.Struct, frozen=True):
    """A region inside the worker's own grid (or the grid itself) and whether the worker was in it that day."""

    code: str
    name: str
    visited: bool


class WorkerDay(msgspec.Struct, frozen=True):
    """One worker's local day (``YYYYMMDD``). ``name`` and ``phone`` are masked for callers without the right.

    ``time``, ``lon``, ``lat`` are the fixes in order (degrees WGS-84), without the beginning of the day around the
    first fix, ``hidden`` metres wide. ``inside`` and ``outside`` are minutes inside and outside of the own region,
    ``distance`` metres walked. ``first_day`` is the oldest day that retention keeps.
    """

    as_of: AsOf
    id: str
    name: str
    phone: str
    role: str
    state: str | None
    crumbs: list[tuple[str, str]]
    day: int
    first_day: int
    last_day: int
    time: list[int]
    lon: list[float]
    lat: list[float]
    hidden: float
    shifts: list[tuple[int, int]]
    spans: list[Span]
    stops: list[Stop]
    cells: list[Cell]
    distance: float
    moving: float
    still: float
    gap: float
    gaps: int
    inside: float
    outside: float
    touched: list[Touched]
