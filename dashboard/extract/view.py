"""One moment of the extract, to ask whatever belongs together."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from dashboard.domain.periods import Period
from dashboard.extract.conditions import Test
from dashboard.extract.layout import LEVEL_COLUMNS
from dashboard.extract.months import KINDS, Columns
from dashboard.extract.places import Places
from dashboard.extract.slices import Chosen, Made, Slices, passing
from dashboard.extract.stood import Stood, stood
from dashboard.extract.words import Words

_MONTHS = "SELECT DISTINCT day // 100 AS month FROM cases WHERE day IS NOT NULL ORDER BY month DESC"
KEPT = LEVEL_COLUMNS[:2]
"""Levels of the regions for which it is kept what was made of a month: few, and each of many cases."""


def keeps(tests: Sequence[Test]) -> bool:
    """Whether tests ask for nothing but such a region."""
    return all(test.sign == "=" and test.column in KEPT for test in tests)


@dataclass(frozen=True)
class Month:
    """Cases accepted in a month, with their past row for row, and their spells; see ``months.Kind``. ``cases`` None:
    all of them pass the tests."""

    past: Columns
    spells: Columns
    cases: Columns | None = None

    def passing(self, period: Period, tests: Sequence[Test]) -> NDArray[np.bool_]:
        """Which of them were accepted in a period and pass all tests."""
        if self.cases is None:
            return passing(self.past, (), period.first, period.last)
        return passing(self.cases, tests, period.first, period.last)

    def as_they_stood(
        self, period: Period, tests: Sequence[Test], until: int, among: NDArray[np.bool_] | None = None
    ) -> Stood:
        """How those stood at an instant that were accepted in a period before it and not void then; ``among`` narrows
        them by a flag for each."""
        kept = self.passing(period, tests)
        return stood(self.past, self.spells, kept if among is None else kept & among, until)


@dataclass(frozen=True)
class View:
    """One moment of the extract: everything asked through it is as of event number ``seq``."""

    connection: duckdb.DuckDBPyConnection
    seq: int
    places: Places
    words: Words
    slices: Slices = field(default_factory=Slices)
    open_cases: str = "cases"
    """A table that holds all open cases, known as ``cases`` in a condition."""

    def cases(self, period: Period, tests: Sequence[Test]) -> Columns:
        """The cases accepted in a period that pass all tests, void ones too, as ``slices.NAMES``."""
        return self._chosen(period.months(), period, tests)

    def by_month(self, period: Period, tests: Sequence[Test], make: Callable[[Columns], Made]) -> list[Made]:
        """What ``make`` makes of the cases of a period that pass all tests: kept for each whole month of a region of
        ``KEPT``, all others in one."""
        kept = [month for month in period.months() if keeps(tests) and period.holds(month)]
        rest = [month for month in period.months() if month not in kept]
        key = (make, tuple(tests))
        found = [self.made(one, key, partial(self._make, make, [one], period, tests)) for one in kept]
        return [*found, self._make(make, rest, period, tests)] if rest else found

    def _make(self, make: Callable[[Columns], Made], months: list[int], period: Period, tests: Sequence[Test]) -> Made:
        return make(self._chosen(months, period, tests))

    def _chosen(self, months: Sequence[int], period: Period, tests: Sequence[Test]) -> Columns:
        found = self.slices.months(self.connection, self.seq, ("cases",), months, self.places.part(tests))
        own = (columns["cases"] for columns in found)
        return Chosen([(columns, passing(columns, tests, period.first, period.last)) for columns in own])

    def made(self, month: int, key: Hashable, make: Callable[[], Made]) -> Made:
        """See ``Slices.made``."""
        return self.slices.made(self.seq, month, key, make)

    def months(self, months: Sequence[int], tests: Sequence[Test]) -> list[Month]:
        """Cases of months with their past, among them all that pass the tests."""
        alone = self.places.alone(tests)
        kinds, part = (("past", "spells"), alone) if alone is not None else (KINDS, self.places.part(tests))
        found = self.slices.months(self.connection, self.seq, KINDS, months, part, kinds)
        return [Month(one["past"], one["spells"], one.get("cases")) for one in found]

    def accepted_months(self) -> list[int]:
        """Months (``YYYYMM``) in which cases were accepted, the newest first."""
        return [row[0] for row in self.rows(_MONTHS)]

    def rows(self, query: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """Rows of a query with ``?`` for each value."""
        found: list[tuple[Any, ...]] = self.connection.execute(query, values).fetchall()
        return found

    def table(self, query: str, values: Any = ()) -> NDArray[np.int64]:
        """Rows of whole numbers without nulls as an array, (rows, columns)."""
        found = self.connection.execute(query, values).fetchnumpy()
        return np.stack([np.asarray(column, np.int64) for column in found.values()], axis=1)

    def columns(self, query: str, values: Any = ()) -> dict[str, NDArray[Any]]:
        """Columns of a query by name."""
        found: dict[str, NDArray[Any]] = self.connection.execute(query, values).fetchnumpy()
        return found
