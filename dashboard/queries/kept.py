"""What is kept of the store from one question to the next."""

from dataclasses import dataclass

from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import RegionTree
from dashboard.queries.borders import Borders
from dashboard.queries.handling import HandlingTimes
from dashboard.queries.open_columns import OpenCases


@dataclass(frozen=True)
class Kept:
    """Each says for itself until when it holds; all within the borders of one tree."""

    cases: OpenCases
    handling: HandlingTimes

    @classmethod
    def within(cls, tree: RegionTree, days: LocalDays) -> "Kept":
        """Nothing known yet."""
        return cls(OpenCases(Borders(tree, days)), HandlingTimes(days))

    @property
    def borders(self) -> Borders:
        """The borders of the tree."""
        return self.cases.borders
