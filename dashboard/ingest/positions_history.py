"""Housekeeping of stored positions: slabs become files, small files large ones, old days go."""

import logging
from collections.abc import Callable
from threading import Event

from sqlalchemy.exc import DBAPIError

from dashboard.config import Settings
from dashboard.domain.periods import MINUTE, LocalDays, plus_days
from dashboard.ingest.positions import PositionLane
from dashboard.store.slabs import Slabs
from dashboard.tracks.tracks import Tracks

log = logging.getLogger(__name__)

COMPACT_AFTER = 30 * MINUTE
"""Age at which fixes leave the database for files; longer than presence remembers."""


class History:
    """Owner of the files of ``tracks``: one a data directory, in the process that ingests."""

    def __init__(self, lane: PositionLane, tracks: Tracks, slabs: Slabs, settings: Settings) -> None:
        self._lane, self._tracks, self._slabs, self._settings = lane, tracks, slabs, settings
        self._days = LocalDays(settings.zone)

    def step(self, now: int) -> int:
        """Do what is due at an instant (epoch ms); the number of fixes that went into files.

        Database errors and ``OSError`` pass through; calling again does the rest.
        """
        upto = self._lane.save()
        moved = self._tracks.compact(now - COMPACT_AFTER, upto)
        today = self._days.day(now)
        self._tracks.merge(today)
        oldest = plus_days(today, -self._settings.retention_days)
        self._tracks.drop_before(oldest)
        self._slabs.delete_before(self._days.start(oldest))
        return moved

    def run(self, stop: Event, now: Callable[[], int], seconds: float = 60.0) -> None:
        """Step every minute until stopped; trouble is logged and tried again."""
        while not stop.wait(seconds):
            try:
                self.step(now())
            except (DBAPIError, OSError) as problem:
                log.warning("positions stay in the database for now: %s", problem)
