"""Ways walked and grids visited, by region, from the stored fixes of a period; what single people did is not kept.

Of each worker one fix a minute counts. The way is the sum of the steps between such fixes at most five minutes apart,
those under 20 m (noise of receivers) and faster than a vehicle left out. A grid is covered where people were in it for
five minutes of the period together. Sums of a day that is over are kept in a table: a month of a large city is some
hundred million fixes.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, select

from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, plus_days
from dashboard.domain.plane import METRES_PER_DEGREE, Plane
from dashboard.domain.raster_build import raster_of
from dashboard.domain.regions import LEVELS
from dashboard.domain.track import SCALE, Track, joined
from dashboard.reports.facts_view import Books
from dashboard.store.engine import writing
from dashboard.store.slab_schema import worker_key
from dashboard.store.slabs import Slabs
from dashboard.tracks.files import SUFFIX, read_track

MINUTE = 60_000
GAP, NOISE = 5, 20.0
"""Minutes over which a step may reach, metres under which it is none."""
COVERED = 5
"""Minutes that make a grid a visited one."""
_GRID = LEVELS.index("grid")
_metadata = MetaData()
_table = Table("patrol_day", _metadata, Column("day", BigInteger, primary_key=True, autoincrement=False),
               Column("body", Text, nullable=False))  # fmt: skip


class PatrolDay(msgspec.Struct, frozen=True):
    """One day: metres by the region that people are assigned to, minutes in each grid."""

    metres: dict[str, float]
    minutes: dict[str, int]


class Patrols(msgspec.Struct, frozen=True):
    """A period: metres by the region that people are assigned to, and the grids that were visited."""

    metres: dict[str, float]
    covered: set[str]


def patrols_of(books: Books, base: BaseData, first: int, last: int, days: LocalDays) -> Patrols | None:
    """What was walked from one local day to another; None where no fix of it is stored."""
    if books.tracks is None:
        return None
    metres: dict[str, float] = {}
    minutes: dict[str, int] = {}
    for found in _found(books, base, first, last, days):
        for code, length in found.metres.items():
            metres[code] = metres.get(code, 0.0) + length
        for code, n in found.minutes.items():
            minutes[code] = minutes.get(code, 0) + n
    if not metres:
        return None
    return Patrols(metres, {code for code, n in minutes.items() if n >= COVERED})


def kept_days(books: Books, first: int, last: int) -> dict[int, PatrolDay]:
    """What is kept of the days from one to another."""
    with writing(books.engine) as connection:
        _metadata.create_all(connection)
    with books.engine.connect() as connection:
        query = select(_table.c.day, _table.c.body).where(_table.c.day.between(first, last))
        return {day: msgspec.json.decode(body, type=PatrolDay) for day, body in connection.execute(query)}


def _found(books: Books, base: BaseData, first: int, last: int, days: LocalDays) -> Iterator[PatrolDay]:
    kept = kept_days(books, first, last)
    today = days.day(books.now())
    while first <= last:
        found = kept.get(first) or _counted(books, base, first, days)
        if first not in kept and plus_days(first, 1) < today:
            _keep(books, first, found)
        yield found
        first = plus_days(first, 1)


def _keep(books: Books, day: int, found: PatrolDay) -> None:
    with writing(books.engine) as connection:
        known = connection.scalar(select(_table.c.day).where(_table.c.day == day))
        if known is None:
            connection.execute(
                _table.insert().values(day=day, body=msgspec.json.encode(found, order="sorted").decode())
            )


def _counted(books: Books, base: BaseData, day: int, days: LocalDays) -> PatrolDay:
    assert books.tracks is not None
    begin, end = days.start(day), days.start(plus_days(day, 1))
    fresh = [slab.track for slab in Slabs(books.engine).between(begin, end - 1)]
    filed = map(read_track, sorted(Path(books.tracks / str(day)).glob(f"*{SUFFIX}")))
    track = joined([_thinned(part, begin, end) for part in (*filed, *fresh)])
    with books.engine.connect() as connection:
        home = _homes(connection, base)
    return day_of(_thinned(track, begin, end), base, home)


def _thinned(track: Track, begin: int, end: int) -> Track:
    """The first fix of each worker and minute of a day, in order."""
    track = track.take((track.time >= begin) & (track.time < end)).in_order()
    first = np.ones(len(track), np.bool_)
    first[1:] = (np.diff(track.key.astype(np.int64)) != 0) | (np.diff(track.time // MINUTE) != 0)
    return track.take(first)


def _homes(connection: Connection, base: BaseData) -> Mapping[int, str]:
    """The region that each worker key is assigned to."""
    rows = connection.execute(select(worker_key.c.key, worker_key.c.id))
    slots = ((int(key), base.workers.slots.get(id_)) for key, id_ in rows)
    return {key: base.tree.regions[int(base.workers.home[slot])].code for key, slot in slots if slot is not None}


def day_of(track: Track, base: BaseData, home: Mapping[int, str]) -> PatrolDay:
    """The sums of a day's fixes, one a worker and minute, in order; workers without a region count nowhere."""
    known = np.isin(track.key, np.array(list(home), np.uint32))
    track = track.take(known)
    if not len(track):
        return PatrolDay({}, {})
    lon, lat = track.lon / SCALE, track.lat / SCALE
    keys, of = np.unique(track.key, return_inverse=True)
    length = np.bincount(of[1:], _steps(track, lon, lat), minlength=len(keys))
    metres: dict[str, float] = {}
    for key, metre in zip(keys.tolist(), length.tolist(), strict=True):
        metres[home[key]] = metres.get(home[key], 0.0) + metre
    return PatrolDay(metres, _minutes(base, lon, lat))


def _steps(track: Track, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres from each fix to the next, 0 where that is no step."""
    plane = Plane(float(lon[0]), float(lat[0]))
    length = np.hypot(np.diff(lon) * plane.east_scale, np.diff(lat) * METRES_PER_DEGREE)
    same = np.diff(track.key.astype(np.int64)) == 0
    passed = np.diff(track.time)
    near = same & (passed <= GAP * MINUTE) & (length >= NOISE) & (length <= passed * 0.06)
    return np.where(near, length, 0.0)


def _minutes(base: BaseData, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> dict[str, int]:
    if not base.geometry:
        return {}
    nodes, counts = np.unique(raster_of(base).locate(lon, lat), return_counts=True)
    found: dict[str, int] = {}
    for node, n in zip(nodes.tolist(), counts.tolist(), strict=True):
        above = [base.tree.regions[one] for one in base.tree.chain(node)] if node >= 0 else []
        for region in above:
            if region.level == _GRID:
                found[region.code] = found.get(region.code, 0) + n
    return found
