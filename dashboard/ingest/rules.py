"""Everything but the events that decides what they mean: one version of base data and what follows from it."""

from dataclasses import dataclass

from dashboard.domain.base import BaseData
from dashboard.domain.life_cycle import Context
from dashboard.domain.periods import LocalDays
from dashboard.domain.work_time import WorkClock
from dashboard.ingest.places import Locate, Places


@dataclass(frozen=True)
class Rules:
    """``days`` is the zone's calendar, ``context`` what the fold needs, ``places`` finds regions."""

    base: BaseData
    days: LocalDays
    context: Context
    places: Places

    @classmethod
    def of(cls, base: BaseData, days: LocalDays, locate: Locate | None = None) -> "Rules":
        """Rules of a version of base data; without ``locate`` a point alone names no region."""
        clock = WorkClock(days, base.duty_hours, base.workdays)
        return cls(base, days, Context(clock, base.categories), Places(base, days, locate))
