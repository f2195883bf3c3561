"""Tells the present: a tick a second, the stocks every ten minutes, the day's end at each local midnight."""

import logging
from collections.abc import Callable
from threading import Event

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from dashboard.config import Settings
from dashboard.domain.changes import Tick
from dashboard.domain.periods import MINUTE, plus_days
from dashboard.domain.tallies import WIDTH
from dashboard.feed import Feed, FeedError
from dashboard.ingest.clock import LAST_TICK
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.stocks import Stocks
from dashboard.store import DayEnd, Moment, Store, StoreError

log = logging.getLogger(__name__)

EVERY = 10 * MINUTE
LONGEST = 7 * 24 * 60 * MINUTE
"""How far back moments are made up for after a standstill; day ends are made up for without limit."""

Presence = Callable[[int], NDArray[np.int32]]
"""(on duty, moving, still, silent) of every tree node at an instant, each node with all that lies in it: (nodes, 4).

Counts of another tree, in the second in which base data changes, are taken for unknown.
"""


class Ticker:
    """One of a data directory. ``advance`` and ``tick`` are not to be called from two threads at once."""

    def __init__(
        self, store: Store, feed: Feed, ingest: Ingest, settings: Settings, presence: Presence | None = None,
        slab: Callable[[], int] = lambda: 0,
    ) -> None:
        self._store, self._feed, self._ingest, self._settings = store, feed, ingest, settings
        self._presence, self._slab = presence, slab
        last = store.get_state(LAST_TICK)
        self.last = None if last is None else int(last)

    def advance(self, to: int, moments: bool = True) -> None:
        """Write every moment and day end after the last tick up to ``to``, in order; the first call only starts.

        Without ``moments`` only day ends: a past that is filled in day by day knows no stocks of ten minutes.
        """
        if self.last is not None and to <= self.last:
            return
        instants, ends = self._due(to)
        instants = instants if moments else []
        tree, days = self._ingest.base.tree, self._ingest.days
        stocks = Stocks(tree, self._ingest.open_cases(), days) if len(tree) and (instants or ends) else None
        with self._store.write() as connection:
            if stocks is not None:
                for at in instants:
                    self._store.put_moment(connection, self._moment(stocks, at))
                for day in ends:
                    self._store.put_day_end(connection, self._day_end(connection, stocks, day))
            self._store.set_state(LAST_TICK, str(to), connection)
        self.last = to

    def tick(self) -> Tick:
        """Advance to the present of the clock and tell everybody. Database errors pass through."""
        now = self._ingest.clock.now()
        self.advance(now)
        tick = Tick(now, self._store.last_seq(), self._slab(), self._ingest.sources.states())
        self._feed.append(tick)
        return tick

    def run(self, stop: Event, seconds: float = 1.0) -> None:
        """Tick until stopped. While the database is away there is no tick: its absence marks the screens stale."""
        while not stop.wait(seconds):
            try:
                self.tick()
            except (DBAPIError, StoreError, FeedError) as problem:
                log.warning("no tick: %s", problem)

    def _due(self, to: int) -> tuple[list[int], list[int]]:
        """Instants of moments and days that ended, after the last tick and up to ``to``."""
        if self.last is None:
            return [], []
        first = max(self.last, to - LONGEST) // EVERY + 1
        day, last = self._ingest.days.day(self.last), self._ingest.days.day(to)
        ends = []
        while day < last:
            ends.append(day)
            day = plus_days(day, 1)
        return [number * EVERY for number in range(first, to // EVERY + 1)], ends

    def _moment(self, stocks: Stocks, at: int) -> Moment:
        cases = stocks.counts(at, self._settings.rules.due_soon)
        workers = np.zeros((len(cases), 4), np.int64)
        present = None if self._presence is None else self._presence(at)
        if present is not None and len(present) == len(self._ingest.base.tree):
            workers = stocks.of(stocks.codes, present.astype(np.int64))
        counts = np.concatenate([cases, workers], axis=1).astype(np.int32)
        return Moment(at, self._ingest.base.version, tuple(stocks.codes), counts)

    def _day_end(self, connection: Connection, stocks: Stocks, day: int) -> list[DayEnd]:
        first = day // 100 * 100 + 1
        counts = self._store.month_to_date(connection, first, day)
        overdue = stocks.overdue_of(first, day, self._ingest.days.start(plus_days(day, 1)))
        nothing = [0] * WIDTH
        rows = zip(stocks.streets, overdue.tolist(), strict=True)
        return [DayEnd(day, code, counts.get(code, nothing), n) for code, n in rows]
