"""Who works when: day shifts with a lunch break, early and night turns, evening patrols, weekend duty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.base_data.rows import ShiftRow

WORKDAYS, EVERY_DAY = 0b0011111, 0b1111111


@dataclass(frozen=True, slots=True)
class Turn:
    """A kind of shift: the share of the workers on it and its hours in minutes of the day."""

    share: float
    hours: tuple[tuple[int, int], ...]
    workdays: bool
    weekdays: int = EVERY_DAY


TURNS = (
    Turn(0.66, ((480, 720), (840, 1090)), True),
    Turn(0.17, ((510, 730), (810, 1140)), True),
    Turn(0.1178, ((840, 1320),), True),
    Turn(0.0322, ((360, 840),), True),
    Turn(0.02, ((1320, 360),), False),
)
"""About 94.8 % of the workers are on duty at 17:50 of a working day."""
WEEKEND_SHARE = 0.22
WEEKEND = ((540, 720), (840, 1080))


def turns(rng: np.random.Generator, workers: int) -> NDArray[np.intp]:
    """The turn of every worker, in exact shares."""
    bounds = np.round(np.cumsum([turn.share for turn in TURNS]) * workers).astype(int)
    return np.asarray(rng.permutation(np.searchsorted(bounds, np.arange(workers), side="right")))


def shifts(rng: np.random.Generator, workers: list[str]) -> list[ShiftRow]:
    """Roster lines of all workers. Those on weekend duty have one of the two days, by weekday."""
    kinds = turns(rng, len(workers))
    weekend = np.where(rng.random(len(workers)) < WEEKEND_SHARE, rng.integers(5, 7, len(workers)), -1)
    rows: list[ShiftRow] = []
    for worker, kind, day in zip(workers, kinds.tolist(), weekend.tolist(), strict=True):
        turn = TURNS[kind]
        rows += [ShiftRow(worker, start, end, turn.weekdays, turn.workdays) for start, end in turn.hours]
        if day >= 0 and turn.workdays:
            rows += [ShiftRow(worker, start, end, 1 << day) for start, end in WEEKEND]
    return rows
