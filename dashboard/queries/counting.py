"""Sums of stored tallies over any span of days, and the open cases that no tally holds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, func, select

from dashboard.domain.periods import Period, last_day, plus_days
from dashboard.domain.regions import STREET
from dashboard.domain.tallies import COUNTERS, WIDTH
from dashboard.store import schema

Counts = NDArray[np.int64]
"""One number for each of ``tallies.COUNTERS``."""

FIRST_DAY_KEY = 1_000_000
"""Period keys below are months, above are days."""


def period_keys(period: Period) -> list[int]:
    """Tally keys whose sum is the period: its whole months, and the days left over at both ends."""
    keys: list[int] = []
    day = period.first
    while day <= period.last:
        end = last_day(day // 100)
        if day % 100 == 1 and end <= period.last:
            keys.append(day // 100)
            day = plus_days(end, 1)
        else:
            keys.append(day)
            day = plus_days(day, 1)
    return keys


def held(period: Period, level: int) -> bool:
    """Whether tallies hold the period for regions of a level: days are kept down to the street only."""
    return level <= STREET or all(key < FIRST_DAY_KEY for key in period_keys(period))


_tally = schema.tally.c
_SUMS = [func.coalesce(func.sum(_tally[name]), 0) for name in COUNTERS]
_KEYS = _tally.period.in_(bindparam("keys", expanding=True))
_OF_REGION = select(*_SUMS).where(_tally.region == bindparam("region"), _KEYS)
_BY_REGION = select(_tally.region, *_SUMS).where(_KEYS).group_by(_tally.region)
_OF_REGIONS = _BY_REGION.where(_tally.region.in_(bindparam("regions", expanding=True)))
_BALANCE = select(
    func.coalesce(func.sum(_tally.accepted_flow + _tally.reopened_flow - _tally.closed_flow - _tally.voided_flow), 0)
).where(_tally.region == bindparam("region"), _KEYS)
_FIRST_MONTH = select(func.min(_tally.period)).where(_tally.period < FIRST_DAY_KEY)
"""Built once: to build and to recognize a statement of so many columns takes longer than the database does."""


def sum_region(connection: Connection, region: str, keys: Sequence[int]) -> Counts:
    """Counters of one region over tally keys."""
    return np.array(connection.execute(_OF_REGION, {"region": region, "keys": keys}).one(), np.int64)


def sum_regions(connection: Connection, codes: Sequence[str], keys: Sequence[int]) -> dict[str, Counts]:
    """Counters of many regions over tally keys; a region without a row is absent."""
    few = len(codes) <= 500
    asked = {"keys": keys, "regions": codes} if few else {"keys": keys}
    wanted = set(codes)
    rows = [row for row in connection.execute(_OF_REGIONS if few else _BY_REGION, asked) if row[0] in wanted]
    counts = np.array([row[1:] for row in rows], np.int64).reshape(-1, WIDTH)
    return {row[0]: summed for row, summed in zip(rows, counts, strict=True)}


def carried_before(connection: Connection, region: str, period: Period) -> int:
    """Cases open when the period began: all that came in before it less all that went out."""
    month, day = divmod(period.first, 100)
    earlier = [*_months_before(connection, month), *range(month * 100 + 1, month * 100 + day)]
    return int(connection.scalar(_BALANCE, {"region": region, "keys": earlier}) or 0)


def first_month(connection: Connection) -> int | None:
    """The first month (202610) that any case belongs to; None without cases."""
    found: int | None = connection.scalar(_FIRST_MONTH)
    return found


def _months_before(connection: Connection, month: int) -> list[int]:
    first = first_month(connection)
    if first is None:
        return []
    years = range(first // 100, month // 100 + 1)
    return [key for year in years for key in range(year * 100 + 1, year * 100 + 13) if first <= key < month]
