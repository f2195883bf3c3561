"""What may wait: slabs become Parquet files, small files become large ones, what is past retention goes."""

import logging
from threading import Event

from sqlalchemy.exc import DBAPIError

from dashboard.domain.periods import MINUTE, LocalDays, plus_days
from dashboard.ingest.clock import Clock
from dashboard.store.slabs import Slabs
from dashboard.tracks.files import release_memory
from dashboard.tracks.tracks import Tracks

log = logging.getLogger(__name__)

SETTLED = 20 * MINUTE
"""Slabs younger than this stay in the database: presence needs them after a restart."""


class Housekeeping:
    """One caller. ``retention_days`` full local days of tracks are kept, counted back from the present of ``clock``."""

    def __init__(self, slabs: Slabs, tracks: Tracks, clock: Clock, days: LocalDays, retention_days: int) -> None:
        self._slabs, self._tracks, self._clock, self._days = slabs, tracks, clock, days
        self._retention = retention_days

    def run(self, stop: Event, seconds: float = 300.0) -> None:
        """Tidy up every few minutes of real time until stopped; trouble is told and tried again."""
        while not stop.wait(seconds):
            try:
                self.tidy()
            except (DBAPIError, OSError) as problem:
                log.warning("tracks could not be tidied up: %s", problem)
            except Exception:  # a dead thread would keep positions beyond their time, and nobody would know
                log.exception("tracks could not be tidied up")

    def tidy(self) -> int:
        """Do what is due; the number of fixes that moved into files. What is past retention goes first."""
        now = self._clock.now()
        today = self._days.day(now)
        oldest = plus_days(today, -self._retention)
        self._tracks.drop_before(oldest)
        self._slabs.delete_before(self._days.start(oldest))
        saved = self._slabs.load()
        moved = 0 if saved is None else self._tracks.compact(now - SETTLED, saved.upto)
        self._tracks.merge(today)
        release_memory()
        return moved
