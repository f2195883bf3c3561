"""What is kept only for regions somebody looks at: the newest steps and the inflow of two months."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from dashboard.domain.changes import CaseRow, Inflow, Step
from dashboard.domain.periods import first_day, plus_months

Made = TypeVar("Made")

STEPS = 40

PLACES = 20_000
"""Cases whose place is remembered: an hour of them at five events a second, 6 MB."""

InflowByDay = Mapping[int, int]


class Watched:
    """One region's newest steps and its inflow by (dimension, key) and day."""

    def __init__(self, code: str, codes: frozenset[str] | None) -> None:
        self.code = code
        self._codes = codes
        self._steps: deque[Step] = deque(maxlen=STEPS)
        self._inflow: dict[tuple[str, str], dict[int, int]] = {}
        self._made: dict[str, tuple[Hashable, Any]] = {}
        self.version = 0
        """Grows with every change of the inflow."""

    def add_steps(self, steps: Iterable[Step]) -> None:
        """Take over steps in order of ``seq``; known ones and those of other regions are left out."""
        last = self._steps[-1].seq if self._steps else 0
        for step in steps:
            if step.seq > last and (self._codes is None or step.region in self._codes):
                self._steps.append(step)

    def about(self, rows: Mapping[str, CaseRow]) -> bool:
        """Whether one of the cases lies here, or steps of one are kept here."""
        if self._codes is None or any(step.case in rows for step in self._steps):
            return True
        return any(row.region in self._codes for row in rows.values())

    def put_inflow(self, rows: Iterable[Inflow]) -> None:
        """Take over absolute rows; those of other regions are left out."""
        for row in rows:
            if row.region == self.code:
                self._inflow.setdefault((row.dimension, row.key), {})[row.day] = row.count
                self.version += 1

    def once(self, what: str, of: Hashable, make: Callable[[], Made]) -> Made:
        """What was made the last time, made again where it is of something else now; nobody may change it."""
        kept = self._made.get(what)
        if kept is None or kept[0] != of:
            kept = self._made[what] = (of, make())
        found: Made = kept[1]
        return found

    def newest_steps(self) -> list[Step]:
        """Steps of the region, newest first."""
        return list(reversed(self._steps))

    def inflow(self, dimension: str, first: int, last: int) -> dict[str, int]:
        """Cases accepted on the days ``first`` .. ``last`` by key of a dimension; keys without any are left out."""
        sums = {
            key: sum(count for day, count in by_day.items() if first <= day <= last)
            for (found, key), by_day in self._inflow.items()
            if found == dimension
        }
        return {key: count for key, count in sums.items() if count}

    def forget_before(self, month: int) -> None:
        """Drop the inflow of months before the one before ``month``."""
        oldest = first_day(plus_months(month, -1))
        for by_day in self._inflow.values():
            for day in [day for day in by_day if day < oldest]:
                del by_day[day]


class Places:
    """Place and title of the cases that were told of lately: one that moves takes its earlier steps along."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, str]] = {}

    def of(self, case: str, otherwise: tuple[str, str]) -> tuple[str, str]:
        """Region and title a case was last told under, ``otherwise`` where that is not remembered."""
        return self._known.get(case, otherwise)

    def note(self, case: str, region: str, title: str) -> None:
        """A case is told of now; the one that was for the longest time not is forgotten where there are too many."""
        self._known.pop(case, None)
        self._known[case] = (region, title)
        if len(self._known) > PLACES:
            del self._known[next(iter(self._known))]
