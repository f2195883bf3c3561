"""Drafts that make themselves: which periods are due at an instant, and a loop that has them made, each once.

The schedule makes drafts and nothing else: it opens no appeals, freezes nothing and issues nothing. Whether a period
has its report is asked of the archive, so it does not matter how many schedulers run or how long none did.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event

import msgspec
from sqlalchemy.exc import DBAPIError

from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, parse_period, plus_days
from dashboard.domain.work_time import WorkClock
from dashboard.reports.asking import before
from dashboard.reports.office import OfficeError
from dashboard.reports.office_settings import Office, Schedule
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import Asked
from dashboard.store.store import Store

log = logging.getLogger(__name__)
PAUSE = 15.0
"""Seconds of real time between two looks."""
AGAIN = 600_000
"""Milliseconds of real time after which a draft that could not be made is tried again."""
MOST = 24
"""Periods of a kind that an outage may leave behind and that are still made."""
STATE = "report_schedule"
"""Key in ``state``: from when on the drafts of each kind are made, by kind (epoch ms), as JSON."""


def due_at(kind: str, last: int, rules: Schedule, days: LocalDays, works: Callable[[int], bool]) -> int:
    """The instant at which the draft of a period that ends on the local day ``last`` is made (epoch ms UTC)."""
    if kind != "week" and rules.count == "work":
        day = _work_day(last, rules.day, works)
    else:
        day = _rested(plus_days(last, rules.weekday if kind == "week" else rules.day), last, rules, works)
    hour, minute = map(int, rules.time.split(":"))
    start = days.local(days.start(day)).replace(hour=hour, minute=minute)
    return int(start.timestamp() * 1000)


def _work_day(last: int, count: int, works: Callable[[int], bool]) -> int:
    """The ``count``-th work day after a day."""
    day = last
    while count:
        day = plus_days(day, 1)
        count -= works(day)
    return day


def _rested(day: int, last: int, rules: Schedule, works: Callable[[int], bool]) -> int:
    """The day itself where people work on it; else the work day that the office chose, never inside the period."""
    found, step = day, {"next": 1, "previous": -1, "same": 0}[rules.rest]
    while step and not works(found):
        found = plus_days(found, step)
        if found <= last:
            found, step = day, 1
    return found


def due(
    kind: str, since: int, now: int, rules: Schedule, days: LocalDays, works: Callable[[int], bool]
) -> Iterator[str]:
    """Periods of a kind whose drafts were due between two instants, the last one first."""
    day = days.day(now)
    for _ in range(MOST):
        text, last = before(kind, day)
        at = due_at(kind, last, rules, days, works)
        if at < since:
            return
        if at <= now:
            yield text
        day = parse_period(text).first


@dataclass
class Scheduler:
    """One look after the other. ``made`` says whether a period has its report, ``make`` has a draft made."""

    store: Store
    base: Callable[[], BaseData]
    zone: str
    now: Callable[[], int]
    real: Callable[[], int]
    office: Callable[[], Office]
    made: Callable[[Asked], bool]
    make: Callable[[Asked], object]
    _tried: dict[str, int] = field(default_factory=dict)

    def run(self, stop: Event) -> None:
        """Look until stopped; a database that is away for a while and settings that are wrong are asked again."""
        while not stop.wait(PAUSE):
            try:
                self.look()
            except (DBAPIError, OfficeError, ReportRefused) as problem:
                log.warning("no drafts are made for now: %s", problem)

    def look(self) -> list[Asked]:
        """Have made what is due and has no report yet; what was asked for."""
        office, base = self.office(), self.base()
        if not len(base.tree):
            return []
        wanted = [asked for asked in self._due(office, base) if not self.made(asked) and self._may_try(asked)]
        for asked in reversed(wanted):
            log.info("the report of %s is due", asked.period)
            self.make(asked)
        return wanted[::-1]

    def _due(self, office: Office, base: BaseData) -> Iterator[Asked]:
        days, rules = LocalDays(self.zone), office.schedule
        works, now = WorkClock(days, base.duty_hours, base.workdays).works, self.now()
        since = self._since(rules, days, works, now)
        for kind in rules.kinds:
            for period in due(kind, since[kind], now, rules, days, works):
                yield Asked(kind, period, levels=office.levels, model=office.model)

    def _since(self, rules: Schedule, days: LocalDays, works: Callable[[int], bool], now: int) -> Mapping[str, int]:
        """From when on each kind is made: a kind that is new begins with the period that was complete last."""
        known = msgspec.json.decode(self.store.get_state(STATE) or "{}", type=dict[str, int])
        new = [kind for kind in rules.kinds if kind not in known]
        for kind in new:
            known[kind] = min(now, due_at(kind, before(kind, days.day(now))[1], rules, days, works))
        if new:
            self.store.set_state(STATE, msgspec.json.encode(known).decode())
        return known

    def _may_try(self, asked: Asked) -> bool:
        """Not again at once where it came to nothing."""
        key, real = f"{asked.kind} {asked.period}", self.real()
        if real - self._tried.get(key, -AGAIN) < AGAIN:
            return False
        self._tried[key] = real
        return True
