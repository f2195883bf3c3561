"""All case events of a city in the order of time; history and live are the same, both follow from seed and day."""

from collections.abc import Iterator

import numpy as np

from dashboard.domain.periods import plus_days
from data_sources.simulator.actors import Actors
from data_sources.simulator.cases import day_cases
from data_sources.simulator.check_ins import check_ins
from data_sources.simulator.city import City
from data_sources.simulator.day_clock import local_day, midnight
from data_sources.simulator.messages import DayEvents, written
from data_sources.simulator.places_of_cases import Ground
from data_sources.simulator.progress import LIFE_DAYS, steps_of

Event = tuple[int, bytes, str]
"""Epoch ms, JSON bytes, lane."""


class CaseStream:
    """Events of a city. ``first_day``: cases reported before that local day never happened."""

    def __init__(self, city: City, first_day: int = 0) -> None:
        self.city, self.first_day = city, first_day
        self.ground, self.actors = Ground.of(city), Actors.of(city)
        self._tails: dict[int, DayEvents] = {}
        self._reached = -1
        self.check_ins_from = 0

    def day(self, day: int) -> DayEvents:
        """All events of the cases reported on a day, whenever they happen, by time. The same on every call."""
        cases = day_cases(self.city, self.ground, day)
        steps = steps_of(cases, self.ground.trouble[cases.cell], self.city.dice(72, day))
        return written(self.city, self.actors, cases, steps)

    def between(self, after: int, until: int) -> list[Event]:
        """Events with ``after < time <= until`` (epoch ms), by time. Cheap where calls move forward."""
        found: list[Event] = []
        if after < self._reached:
            self._tails.clear()
        self._reached = until
        for day in self._days(after, until):
            events = self._tail(day, after)
            low, high = np.searchsorted(events.time, [after, until], side="right").tolist()
            rows = slice(low, high)
            found += zip(events.time[rows].tolist(), events.raw[rows], events.lane[rows], strict=True)
        if self.city.scale.check_ins:
            found += check_ins(self.city, max(after, self.check_ins_from), until)
        self._forget(until)
        found.sort(key=lambda event: event[0])
        return found

    def _days(self, after: int, until: int) -> Iterator[int]:
        day = max(self.first_day, plus_days(local_day(after / 1000), -LIFE_DAYS))
        while day <= local_day(until / 1000):
            yield day
            day = plus_days(day, 1)

    def _tail(self, day: int, after: int) -> DayEvents:
        """What is still to come of a day's cases: nothing before ``after`` is kept once it was asked for."""
        if day not in self._tails:
            self._tails[day] = _later(self.day(day), after)
        return self._tails[day]

    def _forget(self, until: int) -> None:
        oldest = plus_days(local_day(until / 1000), -LIFE_DAYS - 2)
        self._tails = {day: _later(events, until) for day, events in self._tails.items() if day >= oldest}

    def history(self, after: int, until: int) -> Iterator[tuple[int, list[Event]]]:
        """Local days from ``after`` to ``until`` with the events of each, by time.

        Cases reported earlier are left out, and so are check-ins before the last day: they serve today's dispatch only.
        """
        self.check_ins_from = midnight(local_day(until / 1000)) * 1000 - 1
        self.first_day = max(self.first_day, local_day(after / 1000))
        day = local_day(after / 1000)
        while after < until:
            end = min(until, midnight(plus_days(day, 1)) * 1000 - 1)
            yield day, self.between(after, end)
            after, day = end, plus_days(day, 1)


def _later(events: DayEvents, after: int) -> DayEvents:
    """Drops what is past, once that is worth the copy."""
    low = int(np.searchsorted(events.time, after, side="right"))
    if low * 4 < len(events):
        return events
    return DayEvents(events.time[low:], events.raw[low:], events.lane[low:])
