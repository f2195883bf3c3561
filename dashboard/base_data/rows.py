"""Rows of base data between whoever reads them (a file, the simulator) and the store.

Checked already; ``line`` in a ``BadRow`` counts from 1 as people see it in their file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.domain.base import Category, Unit
from dashboard.domain.regions import Region


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region and its border as WKB (Polygon or MultiPolygon, lon/lat WGS-84), or no border."""

    region: Region
    shape: bytes | None = None


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A grid worker (网格员) and the region that is his or her own."""

    id: str
    name: str
    region: str
    role: str = ""
    phone: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One roster line, see ``domain.base.Shifts`` for the meaning of each column."""

    worker: str
    start: int
    end: int
    weekdays: int = 0b1111111
    workdays: bool = False
    first: int = 0
    last: int = 99_991_231


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """Whether a day is a working day, with the holiday's name where it has one."""

    day: int
    work: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One feature of a map layer: GeoJSON geometry in WGS-84 as text, with what the pages show of it."""

    layer: str
    id: str
    name: str
    geometry: str
    height: float | None = None
    properties: str = "{}"


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A figure of another system (人房管理): ``sample`` is its denominator where it is a sampled rate."""

    region: str
    metric: str
    day: int
    value: float
    sample: int | None = None


Row = RegionRow | WorkerRow | ShiftRow | Unit | Category | CalendarRow | LayerRow | MetricRow


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be imported: where it stands and why."""

    line: int
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file held: good rows, bad rows, and notes worth a person's eye (repaired rings, guessed columns).

    ``lines`` tells for each good row where it stands in the file, 0 for a row that the mapping added.
    """

    rows: Sequence[Row]
    bad: Sequence[BadRow] = field(default_factory=list)
    notes: Sequence[str] = field(default_factory=list)
    lines: Sequence[int] = field(default_factory=list)
