"""What a web process knows about the present: the store at ``seq`` n plus every entry of the feed since.

Entries carry absolute values, so applying one twice changes nothing. No clock is read here: time is the last tick's.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.base_data.maps import city_plane
from dashboard.base_data.rows import MetricRow
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.changes import CaseRow, Changes, SourceState, Tick
from dashboard.domain.frames import FrameState
from dashboard.domain.periods import MINUTE, LocalDays, plus_days, plus_months
from dashboard.replica.history import DayEndCounts, Moments
from dashboard.replica.open_cases import CaseTable
from dashboard.replica.passages import Passages
from dashboard.replica.running_tallies import RunningTallies
from dashboard.replica.watched import Places, Watched

SPARK_DAYS = 30
MOMENT_WINDOW = 25 * 60 * MINUTE
WATCHED_AT_MOST = 1024
"""Regions whose steps and inflow are kept at once. One more, and each of them would be read again for every board."""

Metrics = Mapping[str, dict[str, MetricRow]]
"""The newest figure of each metric, by region."""


@dataclass(frozen=True)
class Ranked:
    """What rankings are computed from, held still between two computations. ``month`` has shape (nodes, WIDTH).

    ``computed`` and ``next`` are epoch ms, ``day`` is the local day of computing.
    ``due_open`` and ``overdue`` count open cases of each subtree: overdue ones of the month's cohort, and all overdue.
    ``rankings`` keeps what boards made of them.
    """

    computed: int
    next: int
    day: int
    month: NDArray[np.int32]
    due_open: NDArray[np.int64]
    overdue: NDArray[np.int64]
    rankings: dict[Hashable, Any] = field(default_factory=dict)


class State:
    """Live state in memory. Not thread-safe: ``Replica`` holds its lock while it is read or changed."""

    def __init__(
        self, base: BaseData, settings: Settings, seq: int, time: int, metrics: Metrics | None = None
    ) -> None:
        self.base, self.settings, self.metrics = base, settings, metrics or {}
        self.days = LocalDays(settings.zone)
        self.plane = city_plane(base)
        self.seq, self.time = seq, time
        self.speed = 1.0
        self.workers = FrameState()
        self.sources: Sequence[SourceState] = ()
        self.today = self.days.day(time)
        self.tallies = RunningTallies(base.tree, self.last_month, plus_days(self.today, -SPARK_DAYS))
        self.open = CaseTable(base.tree, self.days, self.plane)
        self.passages = Passages(base.tree, self.days.start(self.yesterday))
        self.moments = Moments(base.tree)
        self.day_ends: dict[int, DayEndCounts] = {}
        self.watched: dict[str, Watched] = {}
        self._places = Places()
        self._ranked: Ranked | None = None

    @property
    def yesterday(self) -> int:
        """The local day before today."""
        return plus_days(self.today, -1)

    @property
    def month(self) -> int:
        """The running month."""
        return self.today // 100

    @property
    def last_month(self) -> int:
        """The month before the running one."""
        return plus_months(self.today // 100, -1)

    def apply(self, entry: Changes | Tick) -> None:
        """Take over one entry. ``Changes`` must follow without a hole; ones known already do no harm."""
        if isinstance(entry, Tick):
            self._tick(entry)
        else:
            self._changes(entry)

    def _changes(self, entry: Changes) -> None:
        moved = {row.id: row for row in entry.cases if self._moved(row)}
        if moved:
            self.watched = {code: watched for code, watched in self.watched.items() if not watched.about(moved)}
        for row in entry.cases:
            self._places.note(row.id, row.region, row.title)
        self.tallies.put(entry.tallies)
        self.open.put(entry.cases)
        self.passages.put(entry.cases)
        for watched in self.watched.values():
            watched.add_steps(entry.steps)
            watched.put_inflow(entry.inflow)
        self.seq = max(self.seq, entry.last)

    def _moved(self, row: CaseRow) -> bool:
        """Whether a case was known under another place or title: its earlier steps then belong elsewhere."""
        now, known = (row.region, row.title), self.open.find(row.id)
        return self._places.of(row.id, now) != now or (known is not None and (known.region, known.title) != now)

    def _tick(self, tick: Tick) -> None:
        self.time, self.sources = tick.time, tick.sources
        today = self.days.day(tick.time)
        if today != self.today:
            self.today = today
            self._roll()
        if self._ranked is not None and tick.time >= self._ranked.next:
            self._ranked = None
            self.ranked()
        self.moments.forget_before(tick.time - MOMENT_WINDOW)

    def _roll(self) -> None:
        self.tallies.forget_before(self.last_month, plus_days(self.today, -SPARK_DAYS))
        self.passages.forget_before(self.days.start(self.yesterday))
        self.day_ends = {day: counts for day, counts in self.day_ends.items() if day in self.compared_days()}
        for watched in self.watched.values():
            watched.forget_before(self.month)

    def compared_days(self) -> tuple[int, ...]:
        """Midnights that comparisons of equal age need: yesterday's, and last month's of the same day number.

        Empty on the first of a month, whose cohort has no full day yet. A shorter month is compared at its last day.
        """
        number = self.yesterday % 100
        if self.yesterday // 100 != self.month:
            return ()
        return self.yesterday, min(self.last_month * 100 + number, plus_days(self.month * 100 + 1, -1))

    def ranked(self) -> Ranked:
        """The inputs of the rankings as they stood at the first tick of the running interval."""
        if self._ranked is None:
            self._ranked = self._hold_still()
        return self._ranked

    def _hold_still(self) -> Ranked:
        interval = self.settings.ranking_minutes * MINUTE
        cases = self.open.columns(self.open.inside(slice(0, len(self.base.tree))))
        overdue = cases.overdue(self.time)
        cohort = overdue & (cases.accepted // 100 == self.month)
        return Ranked(
            self.time,
            (self.time // interval + 1) * interval,
            self.today,
            self.tallies.month(self.month).copy(),
            self._by_subtree(cases.node[cohort]),
            self._by_subtree(cases.node[overdue]),
        )

    def _by_subtree(self, nodes: NDArray[np.int32]) -> NDArray[np.int64]:
        """How many of ``nodes`` lie in each subtree."""
        own = np.bincount(nodes, minlength=len(self.base.tree)).astype(np.int64)
        return self.base.tree.totals(own)

    def watch(self, watched: Watched) -> None:
        """Keep a region's steps and inflow from now on; the one asked for longest ago leaves if there are too many."""
        while len(self.watched) >= WATCHED_AT_MOST:
            del self.watched[next(iter(self.watched))]
        self.watched[watched.code] = watched
        for step in watched.newest_steps():
            self._places.note(step.case, step.region, step.title)
