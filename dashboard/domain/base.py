"""Base data as the running system sees it: one immutable snapshot per import version."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.regions import RegionTree


@dataclass(frozen=True, slots=True)
class Category:
    """A case category. ``limit_minutes`` counts on ``clock``: ``natural`` or ``work``; None means no deadline."""

    code: str
    name: str
    parent: str | None = None
    kind: str = "event"
    limit_minutes: int | None = None
    clock: str = "natural"
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A handling unit (责任单位)."""

    code: str
    name: str
    group: str = ""
    region: str | None = None
    name_en: str = ""


@dataclass(frozen=True)
class Workers:
    """All workers in slot order: sorted by the tree node of their home region, so a region's workers are a slice.

    ``home`` holds tree nodes (int32), non-decreasing; ``slots`` maps a worker id to its slot, ``devices`` the number of
    a device to that of the one worker who carries it.
    """

    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    home: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    slots: Mapping[str, int] = field(default_factory=dict)
    devices: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def senders(self) -> Mapping[str, int]:
        """The slot of whoever a fix may name: worker ids, and devices that are called like no worker."""
        return {**self.devices, **self.slots}

    def inside(self, tree: RegionTree, node: int) -> slice:
        """Slots of the workers whose home lies in a region."""
        # numbers of another width would have NumPy convert all homes first: 20 times as long for 90,000
        first, last = np.searchsorted(self.home, np.array([node, tree.end[node]], self.home.dtype))
        return slice(int(first), int(last))


@dataclass(frozen=True)
class Shifts:
    """Rosters as columns. A worker without a row is always on duty.

    ``weekdays`` is a bit mask, bit 0 = Monday; ``start``/``end`` are minutes of the local day, end exclusive, an end
    before the start running past midnight; ``first``/``last`` are local days ``YYYYMMDD``. With ``workdays`` the row
    holds on days the calendar calls working days instead of by weekday.
    """

    slot: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    weekdays: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    workdays: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    start: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    end: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    first: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    last: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))


@dataclass(frozen=True)
class Ring:
    """One closed ring of a polygon, lon/lat in degrees WGS-84, shape (n, 2); ``hole`` where it cuts out."""

    points: NDArray[np.float64]
    hole: bool = False


@dataclass(frozen=True)
class BaseData:
    """Everything imported, at one version. ``geometry`` maps a tree node to its rings (absent: no polygon)."""

    version: int
    tree: RegionTree
    geometry: Mapping[int, tuple[Ring, ...]] = field(default_factory=dict)
    workers: Workers = field(default_factory=Workers)
    shifts: Shifts = field(default_factory=Shifts)
    categories: Mapping[str, Category] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    workdays: Mapping[int, bool] = field(default_factory=dict)
    duty_hours: tuple[tuple[int, int], ...] = ((510, 720), (840, 1050))
