"""The beat of the writer's process: once a second the frame, the tick, and a look at whether base data was imported."""

import logging
from collections.abc import Callable
from threading import Event

from sqlalchemy.exc import DBAPIError

from dashboard.base_data import base_version
from dashboard.base_data.maps import city_plane
from dashboard.feed import FeedError
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.positions import PositionLane
from dashboard.ingest.source_book import remember_sources
from dashboard.ingest.ticker import Ticker
from dashboard.store import Store, StoreError

log = logging.getLogger(__name__)


REMEMBER_EVERY = 10
"""Beats between two times that the freshness of the sources is kept."""


class Heartbeat:
    """``beat`` does everything that is due; ``run`` does so every second of real time until stopped.

    Each part stands for itself: while one cannot reach the database or the feed, the others go on.
    """

    def __init__(self, store: Store, ingest: Ingest, positions: PositionLane, ticker: Ticker) -> None:
        self._store, self._ingest, self._positions = store, ingest, positions
        self._parts: tuple[Callable[[], object], ...] = (
            self._look_at_base_data, self._frame, ticker.tick, self._remember,
        )  # fmt: skip
        self._beats = 0
        self._broken: set[int] = set()
        self._version = ingest.base.version

    def run(self, stop: Event, seconds: float = 1.0) -> None:
        """Beat until stopped."""
        while not stop.wait(seconds):
            self.beat()

    def beat(self) -> None:
        """One beat. A part that fails is told once, and once more when it works again."""
        for number, part in enumerate(self._parts):
            try:
                part()
            except (DBAPIError, StoreError, FeedError) as problem:
                if number not in self._broken:
                    log.warning("%s: %s", part.__name__, problem)
                self._broken.add(number)
            else:
                if number in self._broken:
                    log.warning("%s: works again", part.__name__)
                self._broken.discard(number)

    def _frame(self) -> None:
        self._positions.tick(self._ingest.clock.now())

    def remember(self) -> None:
        """Keep what a restart would otherwise forget: how fresh every source is."""
        remember_sources(self._store, self._ingest.sources)

    def _remember(self) -> None:
        self._beats += 1
        if self._beats % REMEMBER_EVERY == 0:
            self.remember()

    def _look_at_base_data(self) -> None:
        """Imports are done by other processes; the version in the database is how they are noticed."""
        if base_version(self._store.engine) == self._version:
            return
        self._ingest.base_changed()
        base = self._ingest.base
        self._positions.base_changed(base, city_plane(base))
        self._version = base.version
