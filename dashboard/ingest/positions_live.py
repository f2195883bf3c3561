"""Where all workers are and what is counted of them, in memory; no fix gets here before it is stored."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dashboard.config import Settings
from dashboard.domain.crs_check import Suspicion, suspected_crs
from dashboard.domain.fix_checks import Doubt, Newest, Sequence, check_sequence
from dashboard.domain.frames import OFF
from dashboard.domain.plane import UNSEEN
from dashboard.domain.presence import (
    HOLD,
    NEVER,
    Counts,
    Presence,
    PresenceRules,
    States,
    count_by_home,
    count_by_place,
)
from dashboard.domain.track import SCALE, Track
from dashboard.ingest.positions_roster import MINUTE, Intake, Roster

_ANY_SPEED = 1e9


class Live:
    """State of every slot under one roster. Not thread-safe: the lane's lock protects it."""

    def __init__(self, roster: Roster, settings: Settings) -> None:
        rules = settings.rules
        limits = PresenceRules(rules.moving_metres, rules.moving_window * MINUTE, rules.silent_after * MINUTE)
        self.roster, self._settings = roster, settings
        self.presence = Presence(len(roster), limits)
        self.place = np.full(len(roster), -1, np.int32)
        self.lon, self.lat = np.zeros(len(roster)), np.zeros(len(roster))
        self._forget_doubts()

    def _forget_doubts(self) -> None:
        n = len(self.roster)
        self._doubt_time, self._doubts = np.full(n, NEVER, np.int64), np.zeros(n, np.uint8)
        self._doubt_x, self._doubt_y = np.zeros(n, np.int32), np.zeros(n, np.int32)

    @property
    def memory(self) -> int:
        """How far back fixes matter to presence, ms."""
        return 2 * self.presence.rules.window + HOLD

    def judge(self, intake: Intake, rows: NDArray[np.intp], max_speed: float | None = None) -> Sequence:
        """What becomes of rows that are good by themselves, given the newest fix of each worker."""
        known = self.presence
        newest = Newest(
            known.time, known.x, known.y, self._doubt_time, self._doubt_x, self._doubt_y, self._doubts
        )
        speed = intake.roster.rules.max_speed if max_speed is None else max_speed
        return check_sequence(intake.slot[rows], intake.time[rows], intake.x[rows], intake.y[rows], newest, speed)

    def take(self, intake: Intake, rows: NDArray[np.intp]) -> None:
        """Take over accepted fixes, in order of arrival."""
        slot = intake.slot[rows]
        self.presence.update(slot, intake.time[rows], intake.x[rows], intake.y[rows])
        last = rows[_last_of_each(slot, len(self.roster))]
        slot, lon, lat = intake.slot[last], intake.lon[last], intake.lat[last]
        self.lon[slot], self.lat[slot] = lon, lat
        self.place[slot] = self.roster.raster.locate(lon, lat)

    def remember(self, doubts: Iterable[Doubt]) -> None:
        """Keep doubts about the newest fixes."""
        for doubt in doubts:
            self._doubt_time[doubt.slot], self._doubts[doubt.slot] = doubt.time, doubt.count
            self._doubt_x[doubt.slot], self._doubt_y[doubt.slot] = doubt.x, doubt.y

    def states(self, now: int) -> States:
        """State of every slot."""
        return self.presence.states(now, self.roster.duty.mask(now))

    def drawn(self, state: States) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Metres of every slot as frames show them: who is off duty or never seen stands nowhere."""
        hidden = (state == OFF) | (self.presence.time == NEVER)
        nowhere = np.int32(UNSEEN)
        return np.where(hidden, nowhere, self.presence.x), np.where(hidden, nowhere, self.presence.y)

    def count_home(self, now: int) -> Counts:
        """Presence counts of every tree node by assigned region."""
        return count_by_home(self.roster.base.tree, self.roster.base.workers, self.states(now))

    def count_here(self, now: int) -> Counts:
        """Presence counts of every tree node by where the workers are."""
        return count_by_place(self.roster.base.tree, self.place, self.states(now))

    def suspicion(self) -> Suspicion | None:
        """Whether dots and borders look as if one of them were in another coordinate system."""
        seen = np.flatnonzero(self.presence.time != NEVER)
        base = self.roster.base
        return suspected_crs(self.lon[seen], self.lat[seen], base.workers.home[seen], self.roster.raster, base.tree)

    def newest(self) -> Track:
        """The newest fix of every worker that has one."""
        seen = np.flatnonzero(self.presence.time != NEVER)
        lon, lat = (np.rint(column[seen] * SCALE).astype(np.int32) for column in (self.lon, self.lat))
        return Track(self.roster.keys[seen], self.presence.time[seen], lon, lat)

    def replay(self, track: Track) -> None:
        """Take over stored fixes in the order they were stored; older ones than known are passed over."""
        intake = _stored(track, self.roster)
        rows = np.flatnonzero(intake.slot >= 0)
        accepted = self.judge(intake, rows, _ANY_SPEED).codes == 0
        self.take(intake, rows[accepted])

    def moved_to(self, roster: Roster) -> "Live":
        """The same knowledge under another roster: workers are found again by their keys."""
        result = Live(roster, self._settings)
        source = _places_of(roster.keys, self.roster.keys)
        result.presence = self.presence.moved_to(source)
        kept = np.flatnonzero(source >= 0)
        for mine, theirs in ((result.lon, self.lon), (result.lat, self.lat)):
            mine[kept] = theirs[source[kept]]
        result.presence.shift(self.roster.plane, roster.plane)
        seen = np.flatnonzero(result.presence.time != NEVER)
        result.place[seen] = roster.raster.locate(result.lon[seen], result.lat[seen])
        return result


def _last_of_each(slot: NDArray[np.int32], slots: int) -> NDArray[np.intp]:
    """Index of the last occurrence of each slot that occurs."""
    last = np.full(slots, -1, np.intp)
    last[slot] = np.arange(len(slot))
    return last[last >= 0]


def _places_of(wanted: NDArray[np.uint32], known: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Index of each wanted key among the known ones, -1 where it is not there."""
    order = np.argsort(known)
    at = np.searchsorted(known[order], wanted)
    at[at == len(known)] = 0
    found = order[at] if len(known) else np.zeros(len(wanted), np.intp)
    return np.where(known[found] == wanted, found, -1) if len(known) else found - 1


def _stored(track: Track, roster: Roster) -> Intake:
    slot = _places_of(track.key, roster.keys).astype(np.int32)
    lon, lat = track.lon / SCALE, track.lat / SCALE
    codes = np.zeros(len(track), np.uint8)
    return Intake(roster, codes, slot, track.key, track.time, lon, lat, *roster.plane.metres(lon, lat))
