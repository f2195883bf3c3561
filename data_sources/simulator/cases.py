"""What cases a day brings: how many, when, by which way in, of which kind, where. A pure function of seed and day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.periods import as_date
from data_sources.simulator.categories import KINDS
from data_sources.simulator.city import City
from data_sources.simulator.day_clock import is_workday, midnight
from data_sources.simulator.places_of_cases import Ground

CHANNELS = ("grid_worker", "citizen", "hotline", "video")
"""网格员巡查上报, 市民随手拍, 12345热线, 视频智能识别."""
MIX = (0.47, 0.18, 0.23, 0.12)
HOURS = (4, 3, 2, 2, 2, 5, 14, 34, 78, 96, 92, 70, 38, 44, 84, 92, 88, 66, 44, 34, 26, 18, 11, 7)
FREE_HOURS = (5, 4, 3, 2, 2, 5, 12, 24, 46, 60, 62, 54, 40, 40, 52, 58, 56, 48, 42, 38, 32, 24, 15, 9)
"""How cases spread over the hours of a working day and of a free day."""
FREE_DAY = 0.64
SEEN_BY_CAMERA = frozenset(
    ("0101", "0103", "0104", "0201", "0207", "0401", "0402", "0403", "0701", "0702", "0801", "0802")
)


@dataclass(frozen=True)
class DayCases:
    """Columns of the cases reported on a day, by time: epoch seconds, indexes into CHANNELS, KINDS and the cells."""

    day: int
    reported: NDArray[np.float64]
    channel: NDArray[np.intp]
    kind: NDArray[np.intp]
    cell: NDArray[np.intp]
    degrees: NDArray[np.float64]
    title: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.reported)


_WEIGHTS = np.array([kind.weight for kind in KINDS])
_CAMERA = _WEIGHTS * np.array([kind.code in SEEN_BY_CAMERA for kind in KINDS])
_VOICES = _WEIGHTS * np.array([2.2 if kind.code[:2] in ("05", "06") else 1.0 for kind in KINDS])


def day_cases(city: City, ground: Ground, day: int) -> DayCases:
    """All cases reported on a local day."""
    rng = city.dice(71, day)
    workday = is_workday(day)
    count = int(rng.poisson(_expected(city, day, workday)))
    minute = np.sort(_minutes(rng, HOURS if workday else FREE_HOURS, count))
    channel = rng.choice(len(CHANNELS), size=count, p=MIX)
    cell = ground.cells(rng, count)
    degrees = city.plane.to_degrees(ground.points(rng, city, cell))
    return DayCases(
        day, np.round(midnight(day) + minute * 60), channel, _kinds(rng, channel), cell, np.round(degrees, 6),
        rng.integers(0, 1 << 20, count),
    )


def _expected(city: City, day: int, workday: bool) -> float:
    """Mean of the day: fewer on free days, more on Mondays, a slow swing over the year."""
    date = as_date(day)
    season = 1 + 0.06 * np.sin(2 * np.pi * date.timetuple().tm_yday / 365)
    monday = 1.07 if workday and date.weekday() == 0 else 1.0
    return float(city.scale.cases_per_day * season * (monday if workday else FREE_DAY))


def _minutes(rng: np.random.Generator, hours: tuple[int, ...], count: int) -> NDArray[np.float64]:
    share = np.array(hours) / sum(hours)
    return np.asarray(rng.choice(24, size=count, p=share) * 60 + rng.uniform(0, 60, count))


def _kinds(rng: np.random.Generator, channel: NDArray[np.intp]) -> NDArray[np.intp]:
    kinds = np.empty(len(channel), np.intp)
    for number, weights in enumerate((_WEIGHTS, _WEIGHTS, _VOICES, _CAMERA)):
        mine = channel == number
        kinds[mine] = rng.choice(len(KINDS), size=int(mine.sum()), p=weights / weights.sum())
    return kinds
