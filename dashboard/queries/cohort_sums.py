"""What a breakdown is made of: sums over cases that add up, so that those of a month are counted once.

Over the cases of a year, half a million, every breakdown would take 30 ms, ten times as many 300.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.regions import FOREVER, LEVELS
from dashboard.extract.layout import STAGE_MINUTES
from dashboard.extract.months import NEVER, UNKNOWN, Columns

Ints = NDArray[np.integer]

COUNTED = 20_000
"""From so many numbers on it is faster to count each than to put them in order: 2 ms for a year against 8."""


STAGES = ("accepted", "dispatched", "handled", "closed", "rated")
"""How far a case has come. One that is handled has been dispatched, whether that was told or not; a closed one is
handled. Rated are closed cases with a rating."""


@dataclass(frozen=True)
class Counts:
    """How many there are of each number, in order."""

    numbers: Ints
    n: Ints

    @classmethod
    def of(cls, numbers: Ints) -> "Counts":
        """Of whole numbers from 0."""
        if len(numbers) < COUNTED:
            return cls(*np.unique(numbers, return_counts=True))
        counts = np.bincount(numbers)
        found = np.flatnonzero(counts)
        return cls(found, counts[found])

    @classmethod
    def sum(cls, several: Sequence["Counts"]) -> "Counts":
        """All together."""
        if len(several) == 1:
            return several[0]
        numbers, n = (np.concatenate([getattr(one, name) for one in several]) for name in ("numbers", "n"))
        counts = np.bincount(numbers, n)
        found = np.flatnonzero(counts)
        return cls(found, counts[found].astype(np.int64))


@dataclass(frozen=True)
class Daily:
    """Counts by local day of acceptance, in order, and the cases that count down by their days and deadlines.

    ``counts``: accepted, closed, handled with a deadline, on time; shape (4, days).
    """

    days: Ints
    counts: Ints
    waiting_day: Ints
    waiting: Ints

    @classmethod
    def of(cls, cohort: Columns) -> "Daily":
        """Of some cases."""
        day = cohort["day"].astype(np.intp)
        first = int(day.min(initial=FOREVER))
        place = day - first
        found = np.flatnonzero(np.bincount(place))
        names = ("accepted", "closed", "handled_due", "on_time")
        counts = [np.bincount(place, cohort[name])[found] for name in names]
        waits = cohort["waiting"] != NEVER
        return cls(found + first, np.array(counts).astype(np.int64), day[waits], cohort["waiting"][waits])


@dataclass(frozen=True)
class CohortSums:
    """``passed``: cases that passed each of ``STAGES``; ``heat``: acceptances by weekday and
    hour; ``ways``: cases by the level they began at and the top they reached, ``handled`` by that top; ``channels``,
    ``categories``: acceptances by number of the word; ``minutes``: durations of each of ``STAGE_MINUTES``."""

    passed: Ints
    heat: Ints
    ways: Ints
    handled: Ints
    channels: Counts
    categories: Counts
    minutes: tuple[Counts, ...]
    daily: Daily

    @classmethod
    def of(cls, cohort: Columns) -> "CohortSums":
        """Of some cases, void ones too."""
        accepted = cohort["accepted"] == 1
        cells = (cohort["weekday"].astype(np.intp) - 1) * 24 + cohort["hour"]
        return cls(
            _passed(cohort, accepted), np.bincount(cells, minlength=7 * 24).reshape(7, 24), *_levels(cohort, accepted),
            Counts.of(cohort["channel"]), Counts.of(cohort["main"]),
            tuple(Counts.of(_known(cohort[stage][accepted])) for stage in STAGE_MINUTES), Daily.of(cohort),
        )  # fmt: skip

    @classmethod
    def sum(cls, several: Iterable["CohortSums"]) -> "CohortSums":
        """All together; days in order where those of each were."""
        many = list(several)
        if len(many) == 1:
            return many[0]
        passed, heat, ways, handled = (
            np.sum([getattr(one, name) for one in many], axis=0) for name in ("passed", "heat", "ways", "handled")
        )
        channels, categories = (Counts.sum([getattr(one, name) for one in many]) for name in ("channels", "categories"))
        minutes = tuple(Counts.sum(one) for one in zip(*(each.minutes for each in many), strict=True))
        return cls(passed, heat, ways, handled, channels, categories, minutes, _daily([one.daily for one in many]))


def _passed(cohort: Columns, accepted: NDArray[np.bool_]) -> Ints:
    closed = cohort["closed"] == 1
    stages = (
        accepted, accepted & cohort["sent"].astype(np.bool_), cohort["handled"] == 1, closed,
        closed & cohort["rated"].astype(np.bool_),
    )  # fmt: skip
    return np.array([np.count_nonzero(those) for those in stages])


def _levels(cohort: Columns, accepted: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    counted = accepted & (cohort["began"] >= 0)
    began, top, done = (cohort[name][counted].astype(np.intp) for name in ("began", "top", "handled"))
    ways = np.bincount(began * len(LEVELS) + top, minlength=len(LEVELS) ** 2).reshape(len(LEVELS), -1)
    return ways, np.bincount(top, done, len(LEVELS)).astype(np.int64)


def _known(minutes: Ints) -> Ints:
    known: Ints = minutes[minutes != UNKNOWN]
    return known


def _daily(several: Sequence[Daily]) -> Daily:
    return Daily(*(
        np.concatenate([getattr(one, name) for one in several], axis=-1)
        for name in ("days", "counts", "waiting_day", "waiting")
    ))  # fmt: skip
