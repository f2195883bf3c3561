"""The simulator as a source like any other: batches of case events and of fixes, paced by the given clock."""

from collections.abc import Iterator
from threading import Event

from dashboard.ingest.batch import Batch
from dashboard.ingest.clock import Clock
from data_sources.simulator.city import City
from data_sources.simulator.day_clock import local_day, midnight
from data_sources.simulator.duty import Duty
from data_sources.simulator.stream import CaseStream
from data_sources.simulator.stream import Event as CaseEvent
from data_sources.simulator.walking import Positions

EVENT_LANES = ("cases", "hotline", "video")
SIGN_OF_LIFE_MS = {"cases": 4_000, "hotline": 20_000, "video": 6_000}
"""How long a lane may say nothing before an empty batch tells that it is there and has nothing newer."""
OVERLAP_MS = 600_000
"""Delivered again at a start, in case the last events before the stop were not stored; ids make them duplicates."""
LARGE = 5_000
SILENT_EVERY_S = 5400


class SimulatorSource:
    """Live events and fixes of a city, each batch in the name of the system it would come from.

    ``name`` is the one that trouble is reported under: nothing is called simulator outside.
    ``since`` (epoch ms) is up to when everything was delivered before: the end of the history or the last tick; None
    starts at the present. ``first_day``: the local day the history begins, cases reported before it do not exist.
    ``pace_ms`` is the time on the clock between two looks.
    """

    name = "cases"

    def __init__(
        self, city: City, clock: Clock, since: int | None = None, first_day: int = 0, pace_ms: int = 1000,
    ) -> None:
        self.city, self.clock, self.pace_ms = city, clock, pace_ms
        self.stream = CaseStream(city, first_day)
        self.positions = positions_of(city)
        self._events_from = None if since is None else since - OVERLAP_MS
        self._fixes_from = since
        self._held: list[CaseEvent] = []
        self._spoke: dict[str, int] = {}

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Batches as they fall due; asking for the next one says that the last one is stored."""
        self._take_back()
        while not stop.is_set():
            now = self.clock.now()
            yield from self._events(now)
            yield from self._fixes(now)
            ahead = now + self.pace_ms - self.clock.now()
            stop.wait(max(0.0, ahead / 1000 / self.clock.speed))

    def _take_back(self) -> None:
        """Opened anew: what was held back is read again from the stream."""
        if self._held and self._events_from is not None:
            self._events_from = min(self._events_from, self._held[0][0] - 1)
        self._held = []

    def _events(self, now: int) -> Iterator[Batch]:
        after = now if self._events_from is None else self._events_from
        lanes = _by_lane(self.stream.between(after, now))
        silent = silent_since(self.city, now) is not None
        held, lanes["hotline"] = self._held + lanes["hotline"], []
        if not silent:
            held, lanes["hotline"] = [], held
        for lane, events in lanes.items():
            yield from self._lane(lane, events, now, quiet=silent and lane == "hotline")
        self._events_from, self._held = now, held

    def _lane(self, lane: str, events: list[CaseEvent], now: int, quiet: bool) -> Iterator[Batch]:
        for first in range(0, len(events), LARGE):
            yield Batch(lane, now, [raw for _, raw, _ in events[first : first + LARGE]])
            self._spoke[lane] = now
        if not events and not quiet and now - self._spoke.get(lane, 0) >= SIGN_OF_LIFE_MS[lane]:
            yield Batch(lane, now)
            self._spoke[lane] = now

    def _fixes(self, now: int) -> Iterator[Batch]:
        after = max(now - 60_000 if self._fixes_from is None else self._fixes_from, start_of_day(now))
        every = None if now - after < 300_000 else float(self.city.scale.track_s)
        fixes = self.positions.between(after, now, every)
        yield Batch("positions", now, fixes=fixes)
        self._fixes_from = now


def _by_lane(events: list[CaseEvent]) -> dict[str, list[CaseEvent]]:
    lanes: dict[str, list[CaseEvent]] = {lane: [] for lane in EVENT_LANES}
    for event in events:
        lanes[event[2]].append(event)
    return lanes


def positions_of(city: City) -> Positions:
    """The position stream of a city, at its beginning."""
    return Positions(city, Duty(city.shifts(), [worker.id for worker in city.workers]))


def start_of_day(at: int) -> int:
    """First instant (epoch ms) of the local day of an instant."""
    return midnight(local_day(at / 1000)) * 1000


def silent_since(city: City, now: int) -> int | None:
    """Since when (epoch ms) the hotline has been silent, None while it speaks: 3 to 5 minutes every 90."""
    slot = now // 1000 // SILENT_EVERY_S
    rng = city.dice(96, slot)
    start = slot * SILENT_EVERY_S + float(rng.uniform(0, SILENT_EVERY_S - 320))
    end = start + float(rng.uniform(180, 300))
    return int(start * 1000) if start * 1000 <= now < end * 1000 else None
