"""Workers checking in and out at the ends of their shifts, where the place does that (Zhangjiakou's scale)."""

import numpy as np
import orjson
from numpy.typing import NDArray

from dashboard.domain.periods import as_date, plus_days
from data_sources.simulator import roster
from data_sources.simulator.city import City
from data_sources.simulator.day_clock import is_workday, local_day, midnight
from data_sources.simulator.messages import iso

SOURCE = "/attendance"
CheckIn = tuple[int, bytes, str]


def check_ins(city: City, after: int, until: int) -> list[CheckIn]:
    """Events with ``after < time <= until`` (epoch ms), in no order."""
    found: list[CheckIn] = []
    day = local_day(after / 1000)
    while day <= local_day(until / 1000):
        found += _of_day(city, day, after, until)
        day = plus_days(day, 1)
    return found


def _of_day(city: City, day: int, after: int, until: int) -> list[CheckIn]:
    rng = city.dice(81, day)
    kinds = roster.turns(city.dice(41), len(city.workers))
    early, late = rng.uniform(-12, 4, len(kinds)), rng.uniform(0, 15, len(kinds))
    found: list[CheckIn] = []
    for number, turn in enumerate(roster.TURNS):
        start, end = turn.hours[0][0], turn.hours[-1][1]
        if end < start or not (is_workday(day) if turn.workdays else turn.weekdays >> as_date(day).weekday() & 1):
            continue
        mine = kinds == number
        for what, minute in (("checked_in", start + early), ("checked_out", end + late)):
            time = np.round(midnight(day) + minute * 60)
            due = np.flatnonzero(mine & (time * 1000 > after) & (time * 1000 <= until))
            found += _events(city, what, day, due, time[due])
    return found


def _events(city: City, what: str, day: int, workers: NDArray[np.intp], time: NDArray[np.float64]) -> list[CheckIn]:
    rows = zip(workers.tolist(), time.tolist(), iso(time), strict=True)
    found = []
    for worker, second, at in rows:
        row = city.workers[worker]
        raw = orjson.dumps({
            "specversion": "1.0", "id": f"{row.id}-{day}-{what}", "source": SOURCE, "type": f"worker.{what}",
            "subject": row.id, "time": at, "data": {"region": row.region},
        })
        found.append((int(second * 1000), raw, "cases"))
    return found
