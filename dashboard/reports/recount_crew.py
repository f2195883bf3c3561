"""队伍运行 again: rosters row by row, stored moments, the ways and grids that are kept of each day.

Of the last day whose fixes are still there, the ways of ``SAMPLE`` regions are walked again fix by fix: all of a month
are some hundred million. A way is measured on the sphere here and on a plane there, so it may differ by ``SLACK``.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from dashboard.check.facts import Facts
from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, as_date, plus_days
from dashboard.domain.regions import LEVELS
from dashboard.domain.track import SCALE
from dashboard.reports.facts_patrols import COVERED, PatrolDay, kept_days
from dashboard.reports.facts_view import Books
from dashboard.reports.snapshot import BASE_VERSION, Snapshot
from dashboard.store import base_schema, schema
from dashboard.store.slab_schema import worker_key
from dashboard.store.slabs import Slabs
from dashboard.tracks.files import SUFFIX, TrackReader

SAMPLE, SLACK = 5, 0.01
_EARTH = 6_371_008.8
_NOISE, _GAP, _FASTEST = 20.0, 300_000, 0.06
"""Metres under which a step is none, ms over which it may reach, metres a ms."""
_GRID = LEVELS.index("grid")
Told = Iterator[tuple[str, object, object]]
"""(id, frozen, recounted)."""
_Row = Mapping[str, int]


@dataclass(frozen=True)
class Crews:
    """The crews of a snapshot: its region and those directly below."""

    books: Books
    snapshot: Snapshot
    facts: Facts
    days: LocalDays

    @cached_property
    def _base(self) -> BaseData:
        return self.books.base()

    @cached_property
    def _codes(self) -> list[str]:
        parts = (key.split(".") for key in self.snapshot.facts if key.startswith("crew."))
        return sorted({".".join(part[1:-1]) for part in parts})

    @cached_property
    def _above(self) -> Mapping[str, set[str]]:
        """All that each region lies in, itself too, by the borders in force last."""
        frame = self.facts.above
        last = frame[frame.epoch == len(self.facts.starts) - 1]
        found: dict[str, set[str]] = {}
        for region, above in zip(last.region, last.above, strict=True):
            found.setdefault(region, set()).add(above)
        return found

    def told(self) -> Told:
        """Everything that is said of crews, beside the recount; only the hours where base data are others by now: a new
        roster is no fault of a report."""
        for code in self._codes:
            yield from self._online(code)
        if self.snapshot.names.get(BASE_VERSION) == str(self._base.version):
            yield from self._by_base_data()

    def _by_base_data(self) -> Told:
        expected = self._expected() if self._workers and not self.snapshot.asked.filters else set[str]()
        for code in sorted(expected - set(self._codes)):
            yield f"crew.{code}", None, "—"
        for code in self._codes:
            yield from self._rosters(code)
            yield from self._walked(code)
        yield from self._again()

    def _expected(self) -> set[str]:
        top = self.snapshot.place.code
        children = {code for code, above in self._above.items() if top in above and self._parent(code) == top}
        return {top, *children}

    def _parent(self, code: str) -> str | None:
        return self._base.tree.regions[self._base.tree.latest[code]].parent

    def _same(self, code: str, key: str, value: object) -> Told:
        yield f"crew.{code}.{key}", self.snapshot.fact(f"crew.{code}.{key}").value, value

    def _inside(self, region: str, code: str) -> bool:
        return code in self._above.get(region, ())

    @cached_property
    def _workers(self) -> list[tuple[str, str]]:
        """(id, region), the region of one whose own is not known being the whole."""
        root = self._base.tree.regions[0].code
        with self.books.engine.connect() as connection:
            rows = connection.execute(select(base_schema.worker.c.id, base_schema.worker.c.region)).all()
        return [(id_, region if region in self._above else root) for id_, region in rows]

    def _rosters(self, code: str) -> Told:
        there = [id_ for id_, region in self._workers if self._inside(region, code)]
        yield from self._same(code, "workers", len(there))
        yield from self._same(code, "on_duty", sum(id_ in self._on_duty for id_ in there))
        yield from self._same(code, "grids", sum(self._inside(grid, code) for grid in self._grids))

    @cached_property
    def _grids(self) -> list[str]:
        tree = self._base.tree
        return [code for code, node in tree.latest.items() if int(tree.level[node]) == _GRID]

    @property
    def _last(self) -> int:
        return min(self.snapshot.last, self.days.day(self.snapshot.cut.time))

    @cached_property
    def _on_duty(self) -> set[str]:
        """Who was to be there at some time: those without a roster, and those with a row that holds."""
        with self.books.engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(select(base_schema.shift)).mappings()]
        rostered = {row["worker"] for row in rows}
        span = _span(plus_days(self.snapshot.first, -1), self._last)
        return {id_ for id_, _ in self._workers if id_ not in rostered} | {
            row["worker"] for row in rows if any(self._serves(row, day) for day in span)
        }

    def _serves(self, row: _Row, day: int) -> bool:
        """Whether a roster row that begins on a day has a part inside the period."""
        weekday = as_date(day).weekday()
        works = self.facts.workdays.get(day, weekday < 5) if row["workdays"] else row["weekdays"] >> weekday & 1
        over_midnight = row["end"] <= row["start"]
        inside = day >= self.snapshot.first or (over_midnight and row["end"] > 0)
        return bool(works) and row["first"] <= day <= row["last"] and inside

    def _online(self, code: str) -> Told:
        moments = self._moments
        yield from self._same(code, "hours", moments[code] / 6 if moments and code in moments else None)

    @cached_property
    def _moments(self) -> Mapping[str, int]:
        """Persons online, added over all moments, by region; empty where nobody was ever seen on duty."""
        until = min(self.days.start(plus_days(self.snapshot.last, 1)), self.snapshot.cut.time)
        table, regions = schema.moment.c, schema.moment_regions.c
        since = self.days.start(self.snapshot.first)
        with self.books.engine.connect() as connection:
            codes = {version: text.split("\n") for version, text in connection.execute(
                select(regions.version, regions.codes))}  # fmt: skip
            sums, seen = dict[int, NDArray[np.int64]](), False
            query = select(table.version, table.counts).where(table.time >= since, table.time < until)
            for version, blob in connection.execute(query):
                online, present = _people(zlib.decompress(blob))
                sums[version], seen = sums.get(version, 0) + online, seen or present
        by_version = (zip(codes[version], online.tolist(), strict=True) for version, online in sums.items())
        return _added(chain.from_iterable(by_version)) if seen else {}

    @cached_property
    def _kept(self) -> Mapping[int, PatrolDay] | None:
        """What is kept of each day; None where a day is not over, so that nothing is kept of it."""
        if self.books.tracks is None:
            return None
        found = kept_days(self.books, self.snapshot.first, self._last)
        return found if len(found) == len(_span(self.snapshot.first, self._last)) else None

    def _walked(self, code: str) -> Told:
        """Where no fixes are stored at all nothing is known; of a day that is not over nothing is kept to add up."""
        if self._kept is None and self.books.tracks is not None:
            return
        days = (self._kept or {}).values()
        walked = any(one.metres for one in days)
        metres = sum(m for one in days for region, m in one.metres.items() if self._inside(region, code))
        told = round(metres) if walked else None
        frozen = self.snapshot.fact(f"crew.{code}.metres").value
        near = told is not None and frozen is not None and abs(frozen - told) <= 1
        yield f"crew.{code}.metres", frozen, frozen if near else told
        fact, known = self.snapshot.fact(f"crew.{code}.coverage"), walked and self._base.geometry
        yield f"crew.{code}.coverage", (fact.n, fact.value), self._covered(code) if known else (None, None)

    def _covered(self, code: str) -> tuple[int | None, float | None]:
        grids = sum(self._inside(grid, code) for grid in self._grids)
        covered = sum(n >= COVERED and self._inside(grid, code) for grid, n in self._minutes.items())
        return (covered, covered / grids) if grids else (None, None)

    @cached_property
    def _minutes(self) -> Mapping[str, int]:
        return _added(chain.from_iterable(one.minutes.items() for one in (self._kept or {}).values()))

    def _again(self) -> Told:
        """The ways of some regions on the last day whose fixes are stored."""
        folder, kept = self.books.tracks, self._kept
        day = next((day for day in sorted(kept or {}, reverse=True) if folder and _files(folder, day)), None)
        if kept is None or folder is None or day is None:
            return
        homes = sorted(kept[day].metres, key=lambda code: _drawn(self.snapshot.cut.seq, code))[:SAMPLE]
        for home in homes:
            told, metres = kept[day].metres[home], self._way(folder, day, home)
            near = abs(told - metres) <= SLACK * max(told, metres) + _NOISE
            yield f"crew.{home}.{day}", round(told), round(told) if near else round(metres)

    def _way(self, folder: Path, day: int, home: str) -> float:
        ids = {id_ for id_, region in self._workers if region == home}
        with self.books.engine.connect() as connection:
            known = connection.execute(select(worker_key.c.key, worker_key.c.id)).all()
        keys = [int(key) for key, id_ in known if id_ in ids]
        return sum(_metres(self._fixes(folder, day, key)) for key in keys)

    def _fixes(self, folder: Path, day: int, key: int) -> list[tuple[int, float, float]]:
        begin, end = self.days.start(day), self.days.start(plus_days(day, 1))
        reader = TrackReader()
        filed = [reader.read(path, key) for path in _files(folder, day)]
        fresh = [slab.track.take(slab.track.key == key) for slab in Slabs(self.books.engine).between(begin, end - 1)]
        return sorted(
            (int(at), lon / SCALE, lat / SCALE)
            for track in (*filed, *fresh)
            for at, lon, lat in zip(track.time.tolist(), track.lon.tolist(), track.lat.tolist(), strict=True)
            if begin <= at < end
        )


def _span(first: int, last: int) -> list[int]:
    found = []
    while first <= last:
        found.append(first)
        first = plus_days(first, 1)
    return found


def _people(counts: bytes) -> tuple[NDArray[np.int64], bool]:
    """Who is online at a moment, by row; whether anybody is present at all."""
    rows = np.frombuffer(counts, np.dtype([(name, "<i4") for name in schema.STOCKS]))
    online = rows["moving"].astype(np.int64) + rows["still"]
    return online, bool((online + rows["on_duty"] + rows["silent"]).any())


def _added(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, n in pairs:
        found[code] = found.get(code, 0) + n
    return found


def _files(folder: Path, day: int) -> list[Path]:
    return sorted((folder / str(day)).glob(f"*{SUFFIX}"))


def _drawn(seed: int, code: str) -> bytes:
    return blake2b(f"{seed} {code}".encode(), digest_size=8).digest()


def _metres(fixes: Iterable[tuple[int, float, float]]) -> float:
    """The way over the first fix of each minute."""
    total, last = 0.0, None
    for fix in fixes:
        if last is not None and fix[0] // 60_000 == last[0] // 60_000:
            continue
        if last is not None:
            step, passed = _sphere(last, fix), fix[0] - last[0]
            total += step if _NOISE <= step <= passed * _FASTEST and passed <= _GAP else 0.0
        last = fix
    return total


def _sphere(one: tuple[int, float, float], other: tuple[int, float, float]) -> float:
    """Haversine distance in metres."""
    (_, east, north), (_, lon, lat) = one, other
    a = sin(radians(lat - north) / 2) ** 2
    b = sin(radians(lon - east) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(a + cos(radians(north)) * cos(radians(lat)) * b))
