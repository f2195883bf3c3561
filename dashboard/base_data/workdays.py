"""Which days are working days: statutory holidays and make-up days (调休), overridden by what was imported."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from chinese_calendar.constants import holidays, workdays

from dashboard.domain.periods import as_day

YEARS_AHEAD = 2


def working_days(imported: Mapping[int, bool], statutory: bool) -> Mapping[int, bool]:
    """Every day from the first year whose holidays are known to two years after the last one, as day -> working day.

    Days that nobody decreed anything for follow the weekday: Monday to Friday.
    """
    return MappingProxyType({**_decreed(statutory), **imported})


@cache
def _decreed(statutory: bool) -> dict[int, bool]:
    first, last = min(holidays).year, max(holidays).year + YEARS_AHEAD
    days = (date(first, 1, 1) + timedelta(n) for n in range((date(last + 1, 1, 1) - date(first, 1, 1)).days))
    if not statutory:
        return {as_day(day): day.weekday() < 5 for day in days}
    return {as_day(day): day in workdays or (day.weekday() < 5 and day not in holidays) for day in days}
