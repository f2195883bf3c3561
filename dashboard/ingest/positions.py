"""The position lane: fixes are checked, made durable, then shown; once a second everybody is told in one frame.

Whoever submits while another commit is running waits for its end and joins the next one with all others who wait, so
the price of a commit is shared. Memory changes only after the commit: if it fails, nothing was taken and the same batch
can be submitted again. Frames are numbered by ``slab``; after a start the numbers go on behind a gap that no reader can
have seen.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.changes import Positions
from dashboard.domain.crs_check import Suspicion
from dashboard.domain.fix_checks import CODE, LATE, REASONS, STORED, Codes
from dashboard.domain.fix_checks import Sequence as Judged
from dashboard.domain.frames import FrameState, Keyframe, difference, encode
from dashboard.domain.plane import Plane
from dashboard.domain.presence import Counts
from dashboard.domain.raster import RasterIndex
from dashboard.domain.raster_build import raster_of
from dashboard.domain.track import joined
from dashboard.feed import POSITIONS, Feed, FeedError
from dashboard.ingest.batch import Batch, Receipt, Rejection
from dashboard.ingest.positions_live import Live
from dashboard.ingest.positions_roster import Intake, roster_of, take_in
from dashboard.ingest.source_book import SourceBook
from dashboard.store.slabs import LaneState, Slabs
from dashboard.store.store import Store

log = logging.getLogger(__name__)

LANE = "positions"
KEYFRAME_EVERY = 30
"""Ticks between keyframes."""
_NUMBERS_SKIPPED = 1000
_MOST_AT_ONCE = 1_000_000


class _Job:
    """A batch that somebody waits for."""

    def __init__(self, batch: Batch, intake: Intake) -> None:
        self.batch, self.intake = batch, intake
        self.done = False
        self.error: Exception | None = None


class PositionLane:
    """Thread-safe. ``plane`` is the plane of frames and map; ``base_changed`` brings a new one with new base data.

    ``totals`` counts fixes by reason since the start; ``suspicion`` says whether dots and borders disagree as a wrong
    coordinate system would make them, looked at with every keyframe.
    ``rasters`` builds the index of a snapshot: a ``RasterCache`` where somebody else needs the same one.
    """

    def __init__(
        self, store: Store, feed: Feed, settings: Settings, base: BaseData, plane: Plane,
        sources: SourceBook | None = None, rasters: Callable[[BaseData], RasterIndex] = raster_of,
    ) -> None:  # fmt: skip
        self._feed, self._settings, self._sources = feed, settings, sources or SourceBook()
        self._slabs = Slabs(store.engine)
        self._rasters = rasters
        self._live = Live(roster_of(base, plane, settings, self._slabs, rasters), settings)
        self._lock = Lock()
        self._waiting: deque[_Job] = deque()
        self._upto = self._joined = self._slabs.last()
        self.suspicion: Suspicion | None = None
        self._since_keyframe = KEYFRAME_EVERY
        self.totals: Counter[str] = Counter()
        saved = self._slabs.load()
        self._shown = FrameState(slab=saved.slab + _NUMBERS_SKIPPED if saved else 0, version=-1)
        if saved:
            self._restore(saved)

    @property
    def slab(self) -> int:
        """Number of the last frame."""
        return self._shown.slab

    def submit(self, batch: Batch) -> Receipt:
        """Store the fixes of a batch; returns when they are durable and in the live state.

        Late fixes count as accepted. ``ValueError`` for an unknown coordinate system; database errors pass through, and
        then the batch was not taken at all.
        """
        if batch.fixes is None or len(batch.fixes) == 0:
            return Receipt(seq=self.slab)
        job = _Job(batch, take_in(batch.fixes, self._live.roster, batch.received, self._slabs))
        self._waiting.append(job)
        with self._lock:
            if not job.done:
                self._store_waiting()
        if job.error is not None:
            raise job.error
        return self._receipt(job)

    def flush(self) -> None:
        """Return when everything submitted so far is durable, or was refused."""
        with self._lock:
            self._store_waiting()

    def tick(self, now: int) -> Positions | None:
        """Tell the feed what changed up to ``now`` (epoch ms), every 30th time all of it too, after the change.

        Gives the entry that was told last, None where the feed could not be reached: then the next tick tells
        everything. Database errors pass through.
        """
        with self._lock:
            delta = self._advance(now)
            if self._since_keyframe < KEYFRAME_EVERY:
                return self._tell([delta] if delta else [])
            told = self._tell([*([delta] if delta else []), self._keyframe()])
            self._tidy()
            return told

    def keyframe(self) -> Positions:
        """Everything about all workers as it was told last."""
        with self._lock:
            return self._keyframe()

    def save(self) -> int:
        """Remember the newest fixes and the frame number, so that the next start need not read far back.

        Gives the id of the last slab that it covers: slabs up to it may leave the database.
        """
        with self._lock:
            self._save()
            return self._upto

    def presence_counts(self, now: int) -> Counts:
        """(on duty, moving, still, silent) of every tree node by assigned region, int32 (nodes, 4)."""
        with self._lock:
            return self._live.count_home(now)

    def here_counts(self, now: int) -> Counts:
        """The same by where the workers are."""
        with self._lock:
            return self._live.count_here(now)

    def base_changed(self, base: BaseData, plane: Plane) -> None:
        """Go on under new base data; what is known of workers who stay is kept."""
        roster = roster_of(base, plane, self._settings, self._slabs, self._rasters)
        with self._lock:
            self._store_waiting()
            self._live = self._live.moved_to(roster)

    def _tidy(self) -> None:
        """What is due with every keyframe, after it: a database that is away delays no frame."""
        self._compare_with_borders()
        self._slabs.join(self._joined, self._upto)
        self._joined = self._upto
        self._save()

    def _compare_with_borders(self) -> None:
        found = self._live.suspicion()
        if found and (self.suspicion is None or (found.crs, found.of) != (self.suspicion.crs, self.suspicion.of)):
            log.warning("%s", found)
        self.suspicion = found

    def _save(self) -> None:
        self._slabs.save(LaneState(self._shown.slab, self._upto, self._live.newest()))

    def _store_waiting(self) -> None:
        """Take everything that waits into one commit after another until nothing does."""
        while self._waiting:
            jobs, fixes = [], 0
            while self._waiting and fixes < _MOST_AT_ONCE:
                jobs.append(self._waiting.popleft())
                fixes += len(jobs[-1].intake.codes)
            try:
                self._commit(jobs)
            except Exception as problem:
                for job in jobs:
                    job.error = problem  # raised to whoever submitted
            for job in jobs:
                job.done = True

    def _commit(self, jobs: Sequence[_Job]) -> None:
        for job in jobs:
            if job.intake.roster is not self._live.roster and job.batch.fixes is not None:
                job.intake = take_in(job.batch.fixes, self._live.roster, job.batch.received, self._slabs)
        intake = _together([job.intake for job in jobs])
        judged, rows = self._judge(intake)
        stored = np.flatnonzero(intake.codes < STORED)
        if len(stored):
            self._upto = self._slabs.append(intake.track(stored), max(job.batch.received for job in jobs))
        self._live.take(intake, rows[judged.codes == 0])
        self._live.remember(judged.doubts)
        self.totals.update(_counts(intake.codes))
        start = 0
        for job in jobs:
            job.intake.codes[:] = intake.codes[start : start + len(job.intake.codes)]
            start += len(job.intake.codes)

    def _judge(self, intake: Intake) -> tuple[Judged, NDArray[np.intp]]:
        rows = np.flatnonzero((intake.codes == 0) & (intake.slot >= 0))
        judged = self._live.judge(intake, rows)
        intake.codes[rows] = judged.codes
        return judged, rows

    def _receipt(self, job: _Job) -> Receipt:
        codes = job.intake.codes
        counts = _counts(codes)
        stored = np.flatnonzero(codes < STORED)
        duplicate = counts.get("duplicate", 0)
        rejected = {reason: n for reason, n in counts.items() if CODE[reason] >= STORED and reason != "duplicate"}
        newest = int(job.intake.time[stored].max()) if len(stored) else None
        self._sources.arrived(
            job.batch.source, LANE, job.batch.received, event_time=newest, accepted=len(stored),
            duplicate=duplicate, rejected=rejected, waited=job.batch.waited,
        )  # fmt: skip
        return Receipt(len(stored), duplicate, _rejections(codes), self.slab)

    def _advance(self, now: int) -> Positions | None:
        """Bring what was shown up to date; None where slots changed and only a keyframe can say so."""
        state = self._live.states(now)
        x, y = self._live.drawn(state)
        slab, version = self._shown.slab + 1, self._live.roster.base.version
        if version != self._shown.version or len(x) != len(self._shown):
            self._shown.apply(Keyframe(slab, now, version, x, y, state, np.zeros(len(x), np.uint8)))
            self._since_keyframe = KEYFRAME_EVERY
            return None
        delta = difference(self._shown, x, y, state, slab, now)
        self._shown.apply(delta)
        self._since_keyframe += 1
        return Positions(slab, now, False, encode(delta))

    def _keyframe(self) -> Positions:
        return Positions(self._shown.slab, self._shown.time, True, encode(self._shown.keyframe()))

    def _tell(self, entries: Sequence[Positions]) -> Positions | None:
        try:
            for entry in entries:
                self._feed.append(entry, POSITIONS)
                if entry.keyframe:
                    self._since_keyframe = 0
        except FeedError as problem:
            self._since_keyframe = KEYFRAME_EVERY
            log.warning("the feed was not told slab %d: %s", self.slab, problem)
            return None
        return entries[-1]

    def _restore(self, saved: LaneState) -> None:
        """Newest fixes as saved, then the slabs that presence remembers or that came after."""
        newest = saved.newest
        since = int(newest.time.max()) - self._live.memory if len(newest) else 0
        recent = {slab.id: slab for slab in (*self._slabs.between(since, 2**62), *self._slabs.after(saved.upto))}
        tracks = [recent[id_].track for id_ in sorted(recent)]
        within = joined(tracks)
        old = newest.time < since
        self._live.replay(joined([newest.take(old), within.take(within.time >= since), newest.take(~old)]))


def _together(intakes: Sequence[Intake]) -> Intake:
    if len(intakes) == 1:
        return intakes[0]
    names = ("codes", "slot", "key", "time", "lon", "lat", "x", "y")
    columns = (np.concatenate([getattr(intake, name) for intake in intakes]) for name in names)
    return Intake(intakes[0].roster, *columns)


def _counts(codes: Codes) -> dict[str, int]:
    return {REASONS[code]: int(n) for code, n in enumerate(np.bincount(codes)) if n}


def _rejections(codes: Codes) -> tuple[Rejection, ...]:
    rejected = np.flatnonzero((codes > LATE) & (codes != CODE["duplicate"]))
    why = codes[rejected].tolist()
    return tuple(Rejection(index, REASONS[code]) for index, code in zip(rejected.tolist(), why, strict=True))
