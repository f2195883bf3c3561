"""What the position lane knows of one version of base data, and how a batch of fixes looks under it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.coordinates import to_wgs84
from dashboard.domain.duty import Duty
from dashboard.domain.fix_checks import CODE, CheckRules, Codes, check_columns
from dashboard.domain.fixes import Fixes
from dashboard.domain.periods import LocalDays
from dashboard.domain.plane import Plane
from dashboard.domain.raster import RasterIndex
from dashboard.domain.track import SCALE, Track
from dashboard.store.slabs import Slabs

MINUTE = 60_000
DAY = 1440 * MINUTE
_CITY_MARGIN = 0.5


@dataclass(frozen=True)
class Roster:
    """Base data with everything derived from it. ``keys`` are the stable worker keys by slot, ``senders`` the slots of
    what a fix may name, see ``Workers.senders``."""

    base: BaseData
    plane: Plane
    raster: RasterIndex
    duty: Duty
    keys: NDArray[np.uint32]
    rules: CheckRules
    keep_unknown: bool
    senders: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.keys)

    def slots_of(self, worker: NDArray[np.object_] | NDArray[np.int32], are_slots: bool) -> NDArray[np.int32]:
        """Slots of workers or devices (or of what should be slots), -1 where there is no such worker."""
        if are_slots:
            slots = worker.astype(np.int64)
            return np.where((slots >= 0) & (slots < len(self)), slots, -1).astype(np.int32)
        slot_of = self.senders.get
        return np.fromiter((slot_of(id_, -1) for id_ in worker.tolist()), np.int32, len(worker))


@dataclass(frozen=True, slots=True)
class Intake:
    """A batch under a roster: codes of ``domain.fix_checks`` so far, slots, WGS-84 degrees and metres of the plane.

    Columns are as long as the batch; degrees and metres mean nothing where the code is a rejection.
    """

    roster: Roster
    codes: Codes
    slot: NDArray[np.int32]
    key: NDArray[np.uint32]
    time: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]

    def track(self, rows: NDArray[np.intp]) -> Track:
        """Some rows as they are stored."""
        lon, lat = (np.rint(column[rows] * SCALE).astype(np.int32) for column in (self.lon, self.lat))
        return Track(self.key[rows], self.time[rows], lon, lat)


def roster_of(
    base: BaseData, plane: Plane, settings: Settings, slabs: Slabs, rasters: Callable[[BaseData], RasterIndex]
) -> Roster:
    """Derive everything; takes seconds for a large city (the raster). Gives new workers their keys."""
    raster = rasters(base)
    west, south, east, north = raster.bounds
    margins = (west - _CITY_MARGIN, south - _CITY_MARGIN, east + _CITY_MARGIN, north + _CITY_MARGIN)
    rules = CheckRules(
        settings.rules.max_speed_mps,
        settings.rules.future_tolerance * MINUTE,
        settings.retention_days * DAY,
        margins if np.isfinite(west) else None,
    )
    duty = Duty(base.shifts, len(base.workers), base.workdays, LocalDays(settings.zone))
    keys = slabs.keys_of(base.workers.ids)
    keep = settings.rules.unknown_workers == "keep"
    return Roster(base, plane, raster, duty, keys, rules, keep, base.workers.senders())


def take_in(fixes: Fixes, roster: Roster, now: int, slabs: Slabs) -> Intake:
    """Check each fix by itself and convert it. ValueError where the batch's coordinate system is unknown."""
    codes = check_columns(fixes.time, fixes.lon, fixes.lat, now, roster.rules)
    slot = roster.slots_of(fixes.worker, fixes.slots)
    unknown = np.flatnonzero((slot < 0) & (codes == 0))
    key = _keys(fixes, roster, slot, unknown, slabs)
    codes[unknown[key[unknown] == 0]] = CODE["unknown_worker"]
    known = np.flatnonzero((codes == 0) & (slot >= 0))
    codes[known[~roster.duty.on_duty(slot[known], fixes.time[known])]] = CODE["off_duty"]
    good = codes == 0
    lon, lat = np.where(good, fixes.lon, 0.0), np.where(good, fixes.lat, 0.0)
    lon, lat = to_wgs84(lon, lat, fixes.crs)
    return Intake(roster, codes, slot, key, fixes.time, lon, lat, *roster.plane.metres(lon, lat))


def _keys(
    fixes: Fixes, roster: Roster, slot: NDArray[np.int32], unknown: NDArray[np.intp], slabs: Slabs
) -> NDArray[np.uint32]:
    """Worker keys, 0 for a worker that is not known and not to be kept."""
    key = np.append(roster.keys, np.uint32(0))[slot]
    if roster.keep_unknown and not fixes.slots and len(unknown):
        key[unknown] = slabs.keys_of([str(id_) for id_ in fixes.worker[unknown]])
    return key
