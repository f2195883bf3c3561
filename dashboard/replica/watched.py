"""What is kept only for regions somebody looks at: the newest steps and the inflow of two months."""

from collections import deque
from collections.abc import Iterable, Mapping

from dashboard.domain.changes import Inflow, Step
from dashboard.domain.periods import first_day, plus_months

STEPS = 40

InflowByDay = Mapping[int, int]


class Watched:
    """One region's newest steps and its inflow by (dimension, key) and day."""

    def __init__(self, code: str, codes: frozenset[str] | None) -> None:
        self.code = code
        self._codes = codes
        self._steps: deque[Step] = deque(maxlen=STEPS)
        self._inflow: dict[tuple[str, str], dict[int, int]] = {}

    def add_steps(self, steps: Iterable[Step]) -> None:
        """Take over steps in order of ``seq``; known ones and those of other regions are left out."""
        last = self._steps[-1].seq if self._steps else 0
        for step in steps:
            if step.seq > last and (self._codes is None or step.region in self._codes):
                self._steps.append(step)

    def told(self) -> dict[str, tuple[str, str]]:
        """Place and title of the cases whose steps are kept."""
        return {step.case: (step.region, step.title) for step in self._steps}

    def put_inflow(self, rows: Iterable[Inflow]) -> None:
        """Take over absolute rows; those of other regions are left out."""
        for row in rows:
            if row.region == self.code:
                self._inflow.setdefault((row.dimension, row.key), {})[row.day] = row.count

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
