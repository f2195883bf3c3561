"""One worker's day for one caller: the look is written down with its purpose before a single fix is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, parse_period, plus_days
from dashboard.domain.raster import RasterIndex
from dashboard.domain.worker_day import (
    GAP,
    MOVING,
    STILL,
    STOP,
    DayRules,
    DayShape,
    around_starts,
    on_duty,
    shape_of,
    time_of_fixes,
    without_stays,
)
from dashboard.domain.worker_path import Floats, Path, Times, path_of
from dashboard.domain.worker_shifts import Interval, shift_intervals, until
from dashboard.queries.answers import AsOf, Track
from dashboard.queries.case_lines import case_line, line_for, places_of
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.queries.worker_answers import Cell, Span, Stop, Touched, WorkerDay
from dashboard.queries.worker_looks import purpose_text
from dashboard.queries.worker_steps import steps_by
from dashboard.security.audit import AuditRow, create_audit_table, write_audit
from dashboard.security.caller import Caller
from dashboard.security.clock import real_now
from dashboard.security.masking import mask_name, mask_phone
from dashboard.security.scope import OutOfScope, sees_case, sees_region
from dashboard.store.store import Store

ACTION = "worker.track"
BY_KEY = "by API key"
"""Purpose of a machine that names none: what it is for stands with its key."""


class DayTrack(Protocol):
    """One worker's fixes in order of time: columns of equal length."""

    @property
    def time(self) -> Sequence[int]:
        """Epoch ms UTC."""
        ...

    @property
    def lon(self) -> Sequence[float]:
        """Degrees WGS-84."""
        ...

    @property
    def lat(self) -> Sequence[float]:
        """Degrees WGS-84."""
        ...


class Person(msgspec.Struct, frozen=True):
    """Who a worker is, as far as the caller may read it, without any position."""

    id: str
    name: str
    phone: str
    role: str
    region: str
    crumbs: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Fixes:
    """The day's fixes inside the shifts, with the tree node around each (below 0: none) and which are hidden."""

    time: Times
    lon: Floats
    lat: Floats
    path: Path
    node: np.ndarray[tuple[int], np.dtype[np.int32]]
    hidden: np.ndarray[tuple[int], np.dtype[np.bool_]]


class WorkerDays:
    """Thread-safe. ``base`` gives the base data in force, ``now`` the present of the data directory (epoch ms),
    ``track_of`` the fixes of a worker and local day, ``rasters`` the regions around points, ``presence_of`` a worker's
    live state by id (``moving still silent off``, None: not known), ``wall_clock`` real time for the audit log."""

    def __init__(
        self,
        store: Store,
        base: Callable[[], BaseData],
        settings: Settings,
        now: Callable[[], int],
        track_of: Callable[[str, int], DayTrack],
        rasters: Callable[[BaseData], RasterIndex],
        presence_of: Callable[[str], str | None],
        wall_clock: Callable[[], int] = real_now,
    ) -> None:
        self._store, self._base, self._settings, self._now = store, base, settings, now
        self._track_of, self._rasters, self._presence_of = track_of, rasters, presence_of
        self._wall_clock, self._days = wall_clock, LocalDays(settings.zone)
        self._rules = DayRules(
            metres=settings.rules.moving_metres,
            window=settings.rules.moving_window * 60_000,
            silent=settings.rules.silent_after * 60_000,
        )
        create_audit_table(store.engine)

    def person(self, worker: str, caller: Caller) -> Person:
        """Who a worker is; ``NotFoundHere`` where there is none of that id in the caller's region."""
        base = self._base()
        slot = self._slot(base, worker, caller)
        people, tree = base.workers, base.tree
        above = [tree.regions[node] for node in reversed(tree.chain(int(people.home[slot])))]
        crumbs = [(region.code, region.name) for region in above if sees_region(tree, caller, region.code)]
        name, phone = people.names[slot], people.phones[slot] if people.phones else ""
        if not caller.may("personal"):
            name, phone = mask_name(name), mask_phone(phone)
        return Person(worker, name, phone, people.roles[slot], above[-1].code, crumbs)

    def day(self, worker: str, date: str, caller: Caller, purpose: str) -> WorkerDay:
        """The day ``2026-10-17`` (empty: today) of a worker.

        ``OutOfScope`` without the right ``tracks``, ``Refused`` for a date that is none or a purpose that is too short
        or too long, ``NotFoundHere`` for a worker the caller may not know of and for days before retention or to come.
        Refusals but those of the wording are written down too.
        """
        number = self._day(date)
        return self._read(self._admitted(worker, number, caller, purpose), number, caller)

    def track(self, worker: str, date: str, caller: Caller, purpose: str) -> Track:
        """The fixes that ``day`` shows, under the same rules; a caller by key may leave the purpose out."""
        number = self._day(date)
        stated = purpose if purpose or caller.via != "key" else BY_KEY
        self._admitted(worker, number, caller, stated)
        base = self._base()
        shifts = until(
            shift_intervals(base.shifts, base.workers.slots[worker], number, base.workdays, self._days), self._now()
        )
        fixes = self._fixes(base, worker, number, shifts)
        shown = ~fixes.hidden
        return Track(
            worker, number, fixes.time[shown].tolist(), fixes.lon[shown].tolist(), fixes.lat[shown].tolist()
        )  # fmt: skip

    def _admitted(self, worker: str, day: int, caller: Caller, purpose: str) -> Person:
        """The worker whose day may be read, after the look was written down."""
        words = purpose_text(purpose)
        if words is None:
            raise Refused("a purpose of 2 to 200 characters is needed", "purpose")
        try:
            self._check(caller, day)
            person = self.person(worker, caller)
        except (OutOfScope, NotFoundHere):
            self._write(caller, worker, day, words, "refused")
            raise
        self._write(caller, worker, day, words, "ok")
        return person

    def _day(self, date: str) -> int:
        if not date:
            return self._days.day(self._now())
        try:
            period = parse_period(date)
        except ValueError as problem:
            raise Refused(str(problem), "date") from problem
        if period.first != period.last:
            raise Refused(f"{date!r} is not a day", "date")
        return period.first

    def first_day(self) -> int:
        """The oldest local day whose tracks are kept."""
        return plus_days(self._days.day(self._now()), -self._settings.retention_days)

    def _check(self, caller: Caller, day: int) -> None:
        if not caller.may("tracks") or caller.unit:
            raise OutOfScope(f"{caller.name} may not look at tracks", "right")
        if not self.first_day() <= day <= self._days.day(self._now()):
            raise NotFoundHere("tracks of that day are not kept", "date")

    def _slot(self, base: BaseData, worker: str, caller: Caller) -> int:
        slot = base.workers.slots.get(worker)
        home = None if slot is None else base.tree.regions[int(base.workers.home[slot])].code
        if slot is None or home is None or not sees_region(base.tree, caller, home):
            raise NotFoundHere("there is no such worker", "id")
        return slot

    def _write(self, caller: Caller, worker: str, day: int, purpose: str, result: str) -> None:
        detail = msgspec.json.encode({"day": day, "purpose": purpose}).decode()
        row = AuditRow(self._wall_clock(), caller.name, ACTION, worker, detail, caller.role, result=result)
        write_audit(self._store.engine, row)

    def _read(self, person: Person, day: int, caller: Caller) -> WorkerDay:
        base, now = self._base(), self._now()
        as_of = AsOf(self._store.last_seq(), now)
        slot = base.workers.slots[person.id]
        shifts = until(shift_intervals(base.shifts, slot, day, base.workdays, self._days), now)
        fixes = self._fixes(base, person.id, day, shifts)
        shape = shape_of(fixes.path, shifts, self._rules)
        near = [bool(fixes.hidden[stay.first : stay.last + 1].any()) for stay in shape.stays]
        shape = without_stays(shape, np.array(near, np.bool_))
        known = time_of_fixes(fixes.time, shape.parts)
        home = int(base.workers.home[slot])
        inside, outside = _sides(base, home, fixes, known)
        shown = ~fixes.hidden
        today = day == self._days.day(now)
        return WorkerDay(
            as_of=as_of, id=person.id, name=person.name, phone=person.phone, role=person.role,
            state=self._presence_of(person.id) if today else None, crumbs=person.crumbs,
            day=day, first_day=self.first_day(), last_day=self._days.day(now),
            time=fixes.time[shown].tolist(), lon=fixes.lon[shown].tolist(), lat=fixes.lat[shown].tolist(),
            hidden=self._settings.track_hidden_metres if fixes.hidden.any() else 0.0,
            shifts=shifts, spans=_spans(shape), stops=_stops(base, shape, fixes),
            cells=_cells(base, home, fixes, known, self._rules.visit), distance=shape.distance,
            moving=shape.minutes(MOVING), still=shape.minutes(STILL, STOP), gap=shape.minutes(GAP),
            gaps=shape.count(GAP), inside=inside, outside=outside,
            touched=self._touched(base, person.id, day, caller, now),
        )  # fmt: skip

    def _fixes(self, base: BaseData, worker: str, day: int, shifts: list[Interval]) -> _Fixes:
        track = self._track_of(worker, day)
        time = np.asarray(track.time, np.int64)
        lon, lat = np.asarray(track.lon, np.float64), np.asarray(track.lat, np.float64)
        kept = on_duty(time, shifts)
        time, lon, lat = time[kept], lon[kept], lat[kept]
        path = path_of(time, lon, lat)
        hidden = around_starts(path, shifts, self._settings.track_hidden_metres)
        return _Fixes(time, lon, lat, path, self._rasters(base).locate(lon, lat), hidden)

    def _touched(self, base: BaseData, worker: str, day: int, caller: Caller, now: int) -> list[Touched]:
        begin, end = self._days.start(day), self._days.start(plus_days(day, 1))
        with self._store.read() as connection:
            steps = steps_by(connection, worker, begin, end)
            rows = self._store.cases({step.case for step in steps}, connection)
        lines = {
            row.id: line_for(caller, case_line(row, base, now))
            for row in rows
            if sees_case(base.tree, caller, row.region, row.unit)
        }
        return [Touched(step.time, step.type, lines[step.case]) for step in steps if step.case in lines]


def _sides(base: BaseData, home: int, fixes: _Fixes, known: Times) -> tuple[float, float]:
    """Minutes inside and outside of a region; none where the region has no border."""
    if home not in base.geometry:
        return 0.0, 0.0
    inside = (fixes.node >= home) & (fixes.node < base.tree.end[home])
    return float(known[inside].sum()) / 60_000, float(known[~inside].sum()) / 60_000


def _cells(base: BaseData, home: int, fixes: _Fixes, known: Times, least: int) -> list[Cell]:
    """Regions directly below the own one (or itself); visited: there for ``least`` ms of the day together."""
    tree = base.tree
    nodes = [node for node in tree.children(home) or [home] if node in base.geometry]
    times = [int(known[(fixes.node >= node) & (fixes.node < tree.end[node])].sum()) for node in nodes]
    return [
        Cell(tree.regions[node].code, tree.regions[node].name, time >= least)
        for node, time in zip(nodes, times, strict=True)
    ]


def _spans(shape: DayShape) -> list[Span]:
    return [
        Span(part.state, part.begin, part.end, None if part.stay is None else part.stay + 1) for part in shape.parts
    ]


def _stops(base: BaseData, shape: DayShape, fixes: _Fixes) -> list[Stop]:
    found = []
    for number, stay in enumerate(shape.stays, 1):
        rows = slice(stay.first, stay.last + 1)
        middle = stay.first + int(np.argmin(np.abs(fixes.time[rows] - fixes.time[rows].mean())))
        node = int(fixes.node[middle])
        code = base.tree.regions[node].code if node >= 0 else ""
        name = " · ".join(places_of(code, base)[-2:])
        lon, lat = (float(np.median(axis[rows])) for axis in (fixes.lon, fixes.lat))
        found.append(Stop(number, stay.begin, stay.end, lon, lat, code, name))
    return found
