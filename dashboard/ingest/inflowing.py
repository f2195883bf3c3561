"""The inflow of every region down to the street, changed by differences and told as absolute rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dashboard.domain.changes import Inflow

Keyed = dict[tuple[str, str, str], int]
"""(region, dimension, key) -> cases accepted on one day."""
Read = Callable[[int], Keyed]
"""Stored inflow of one day."""

KEPT = 40
"""Days held in memory; the ones used longest ago go first."""


@dataclass
class Inflowing:
    """Adds what cases brought in. Not thread-safe; one writer owns it."""

    _days: dict[int, Keyed] = field(default_factory=dict)
    _noted: dict[int, Keyed] = field(default_factory=dict)

    def add(self, codes: Iterable[str], keys: Iterable[tuple[int, str, str]], sign: int) -> None:
        """Note that a case counts (or no longer counts) in these regions under these (day, dimension, key)."""
        codes = tuple(codes)
        for day, dimension, key in keys:
            noted = self._noted.setdefault(day, {})
            for code in codes:
                at = (code, dimension, key)
                noted[at] = noted.get(at, 0) + sign

    def settle(self, read: Read) -> list[Inflow]:
        """Add everything noted and return the changed rows as they stand now; ``read`` brings days not in memory."""
        noted, self._noted = self._noted, {}
        return [row for day, changes in noted.items() for row in self._apply(day, changes, read)]

    def _apply(self, day: int, changes: Keyed, read: Read) -> list[Inflow]:
        counts = self._days.pop(day, None)
        if counts is None:
            counts = read(day)
        self._days[day] = counts
        while len(self._days) > KEPT:
            del self._days[next(iter(self._days))]
        rows = []
        for at, change in changes.items():
            if change:
                counts[at] = counts.get(at, 0) + change
                rows.append(Inflow(at[0], day, at[1], at[2], counts[at]))
        return rows
