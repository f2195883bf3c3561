"""An empty data directory becomes a city with a past: base data, two full months and this one, today's tracks.

Everything goes in by the same doors as live data, only faster: the clock is told, events pass through ingest, the
ticker writes each midnight and, for the last day, the stocks of every ten minutes.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from itertools import groupby

import numpy as np
import shapely
from sqlalchemy import Engine

from dashboard.base_data import apply_rows
from dashboard.base_data.rows import (
    LayerRow,
    RegionRow,
    Row,
    ShiftRow,
    WorkerRow,
)
from dashboard.domain.base import Category, Unit
from dashboard.domain.periods import MINUTE, LocalDays, first_day, plus_days, plus_months
from dashboard.ingest.batch import Batch
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.positions import PositionLane
from dashboard.ingest.ticker import Ticker
from data_sources.simulator.city import City
from data_sources.simulator.source import positions_of
from data_sources.simulator.stream import CaseStream, Event

KINDS: dict[type[Row], str] = {
    Category: "categories", RegionRow: "regions", Unit: "units", WorkerRow: "workers", ShiftRow: "shifts",
    LayerRow: "layer",
}  # fmt: skip
STEP = 10 * MINUTE
GROUP = 5_000
MONTHS_BEFORE = 2
DENSE = 15 * MINUTE
DELIVERY = 3_000
"""From a step to its arrival, ms."""

Tell = Callable[[str, float], None]
"""What is being done and the share of it that is done."""


def fingerprint(city: City) -> str:
    """Which city it is: scale, seed and a digest of its borders and homes, which another version may draw otherwise."""
    digest = blake2b(city.home.tobytes(), digest_size=6)
    for shape in shapely.to_wkb(np.array(city.land.shapes[0], object)):
        digest.update(shape)
    return f"{city.scale.key}:{city.seed}:{digest.hexdigest()}"


def settle(engine: Engine, city: City) -> None:
    """Import the base data of the city."""
    for kind, some in groupby(city.base_rows(), key=lambda row: KINDS[type(row)]):
        apply_rows(engine, kind, list(some))


DUTY = (9 * 60, 17 * 60 + 50)
DUSK = 17 * 60 + 40
"""A demonstration started at night or on a day off shows the last working day at 17:40, when people are out."""


def demonstration_start(days: LocalDays, workdays: Mapping[int, bool], now: int) -> int:
    """Now, if it is duty time of a working day, else 17:40 of the last working day (epoch ms)."""
    day, minute = days.day(now), days.minute_of_day(now)
    if workdays.get(day, True) and DUTY[0] <= minute <= DUTY[1]:
        return now
    day = day if minute > DUTY[1] else plus_days(day, -1)
    while not workdays.get(day, True):
        day = plus_days(day, -1)
    return days.start(day) + DUSK * MINUTE


def history_start(days: LocalDays, now: int, months: int = MONTHS_BEFORE) -> int:
    """First day of the history before ``now``: so many full months and the running one."""
    return first_day(plus_months(days.month(now), -months))


def live_through(
    engine: Engine,
    city: City,
    clock: ToldClock,
    lanes: tuple[Ingest, PositionLane, Ticker],
    now: int,
    tell: Tell,
    months: int = MONTHS_BEFORE,
) -> None:
    """Everything from ``history_start`` up to ``now``: case events of all days, positions and metrics of the last."""
    ingest, _, ticker = lanes
    days = ingest.days
    start = days.start(history_start(days, now, months))
    clock.tell(start)
    ticker.advance(start)
    apply_rows(engine, "metrics", city.metrics(days.day(now)))
    today, total = days.day(now), max(1, now - start)
    for day, events in CaseStream(city).history(start, now):
        end = min(now, days.start(plus_days(day, 1)))
        if day < plus_days(today, -1):
            _day(clock, ingest, ticker, events, end)
        else:
            _dense_day(city, clock, lanes, events, (days.start(day), end), day == today)
        tell("cases", (end - start) / total)


def _day(clock: ToldClock, ingest: Ingest, ticker: Ticker, events: list[Event], end: int) -> None:
    """A day long past: its midnight is kept, its ten-minute stocks are not."""
    clock.tell(end)
    for first in range(0, len(events), GROUP):
        ingest.submit(arrived(events[first : first + GROUP], end))
    ticker.advance(end, moments=False)


def _dense_day(
    city: City,
    clock: ToldClock,
    lanes: tuple[Ingest, PositionLane, Ticker],
    events: Iterable[Event],
    span: tuple[int, int],
    walked: bool,
) -> None:
    """Yesterday or today, ten minutes at a time; ``walked``: with the positions of that day."""
    ingest, positions, ticker = lanes
    start, end = span
    walkers = positions_of(city) if walked else None
    steps = {at: list(some) for at, some in groupby(events, key=lambda event: _edge(event[0], end))}
    for edge in (*range(_edge(start + 1, end), end, STEP), end):
        clock.tell(edge)
        ingest.submit(arrived(steps.get(edge, []), edge))
        if walkers is not None:
            every = 30.0 if edge > end - DENSE else float(city.scale.track_s)
            fixes = walkers.between(max(start, edge - STEP), edge, every)
            positions.submit(Batch("positions", edge, fixes=fixes))
        ticker.advance(edge)


def arrived(events: list[Event], end: int) -> Batch:
    """Events as a system that was up all the time has them: each came a moment after it happened."""
    return Batch("cases", end, [raw for _, raw, _ in events], arrivals=[min(end, at + DELIVERY) for at, _, _ in events])


def _edge(at: int, end: int) -> int:
    """The ten-minute mark at or after an instant, at most ``end``."""
    return min(end, -(-at // STEP) * STEP)
