"""How long cases took to be handled, by month of acceptance and region, kept until a case of the month changes.

The year of a city is a dozen months of 360 bins on two clocks for itself and for each region below: 40,000 rows, 70 ms
of reading, for two means and two quantiles of each. Kept, only the running month is read again.
"""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Text, bindparam, cast, func, select

from dashboard.domain.histogram import BINS
from dashboard.domain.periods import LocalDays
from dashboard.queries.stands import Stands, continues, stands
from dashboard.store import schema

CLOCKS = ("natural", "work")
MOST = 12_000
"""Months of regions that are kept, 4 kB each; the one that was asked for longest ago goes first."""

MANY = 20_000
"""After so many events everything is read again: to look for the months that they changed takes longer."""

Bins = NDArray[np.int32]
"""Counts of shape (clocks, bins of ``domain.histogram``)."""

_histogram, _tally, _case = schema.histogram.c, schema.tally.c, schema.case.c
_ROWS = (
    select(
        *(_histogram.period, _histogram.region, _histogram.clock),
        *(func.aggregate_strings(cast(column, Text), ",") for column in (_histogram.bin, _histogram.n)),
    )
    .where(
        _histogram.period.in_(bindparam("months", expanding=True)),
        _histogram.region.in_(bindparam("regions", expanding=True)),
        _histogram.clock.in_(CLOCKS),
        _histogram.n != 0,
    )
    .group_by(_histogram.period, _histogram.region, _histogram.clock)
)
"""Bins and counts of a month in one row each: as many rows as bins take twice as long to fetch."""

_ACCEPTED_SINCE = select(_case.accepted_at).where(_case.seq > bindparam("seq"), _case.accepted_at.is_not(None))
_COUNTED_SINCE = select(_tally.period).where(_tally.seq > bindparam("seq")).distinct()


@dataclass(frozen=True, slots=True)
class Handling:
    """Durations of handling on both clocks, bin of ``domain.histogram`` -> count."""

    natural: dict[int, int] = field(default_factory=dict)
    work: dict[int, int] = field(default_factory=dict)


class HandlingTimes:
    """Thread-safe."""

    def __init__(self, days: LocalDays) -> None:
        self._days, self._lock = days, Lock()
        self._stands = Stands()
        self._kept: OrderedDict[tuple[int, str], Bins] = OrderedDict()

    def of(self, connection: Connection, regions: Sequence[str], months: Sequence[int]) -> dict[str, Handling]:
        """Durations of the cases accepted in whole months by region, as the connection's transaction sees them."""
        wanted = [(month, region) for month in months for region in regions]
        found = self._known(connection, wanted)
        sums: dict[str, Bins] = {}
        for (_, region), bins in found.items():
            sums[region] = bins if region not in sums else sums[region] + bins
        return {region: Handling(*map(_counts, bins)) for region, bins in sums.items()}

    def _known(self, connection: Connection, wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Bins]:
        if not wanted:
            return {}
        now = stands(connection)
        with self._lock:
            self._follow(connection, now)
            current = self._stands == now
            found = {key: self._kept[key] for key in wanted if key in self._kept} if current else {}
            for key in found:
                self._kept.move_to_end(key)
        read = _read(connection, [key for key in wanted if key not in found])
        with self._lock:
            if current and self._stands == now:
                self._keep(read)
        return found | read

    def _follow(self, connection: Connection, now: Stands) -> None:
        """Forget what has changed up to ``now``; nothing for a transaction that sees less than is known."""
        before = self._stands
        if now.counted_by == before.counted_by and now.seq <= before.seq:
            return
        if now.seq > before.seq + MANY or not continues(connection, before, now):
            self._kept.clear()
        else:
            changed = self._changed(connection, before.seq)
            for key in [key for key in self._kept if key[0] in changed]:
                del self._kept[key]
        self._stands = now

    def _changed(self, connection: Connection, seq: int) -> set[int]:
        """Months of the cases that changed after ``seq``, and those that a case has left."""
        accepted = {self._days.month(at) for at in connection.scalars(_ACCEPTED_SINCE, {"seq": seq})}
        return accepted.union(connection.scalars(_COUNTED_SINCE, {"seq": seq}))

    def _keep(self, read: dict[tuple[int, str], Bins]) -> None:
        self._kept.update(read)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)


def _read(connection: Connection, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], Bins]:
    """Months of regions from the stored rows, each with an entry."""
    found = {key: np.zeros((len(CLOCKS), BINS), np.int32) for key in wanted}
    months, regions = {month for month, _ in wanted}, {region for _, region in wanted}
    rows = connection.execute(_ROWS, {"months": sorted(months), "regions": sorted(regions)}) if wanted else ()
    for month, region, clock, bins, n in rows:
        if (month, region) in found:
            found[month, region][CLOCKS.index(clock), _numbers(bins)] = _numbers(n)
    return found


def _numbers(text: str) -> list[int]:
    return list(map(int, text.split(",")))


def _counts(bins: NDArray[np.int32]) -> dict[int, int]:
    indexes = np.flatnonzero(bins)
    return dict(zip(indexes.tolist(), bins[indexes].tolist(), strict=True))
