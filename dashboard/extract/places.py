"""Numbers of regions, and in which of them a case lay when it was accepted."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.regions import LEVELS, STREET, RegionTree
from dashboard.extract.conditions import Test
from dashboard.extract.layout import LEVEL_COLUMNS


class Places:
    """Regions by number: the code's place in the tree's list of codes. A pair of region and day is a *place*.

    A case lies in the regions that were above its own on the day of its acceptance, in those of today where its region
    was not valid then or while it is not accepted. Not thread-safe.
    """

    def __init__(self, tree: RegionTree) -> None:
        self._tree = tree
        self.codes = list(tree.versions)
        self.number = {code: number for number, code in enumerate(self.codes)}
        self._levels = {code: int(tree.level[node]) for code, node in tree.latest.items()}
        self._versioned = len(tree.latest) != len(tree)
        self._places: dict[tuple[str, int | None], int] = {}
        self._rows: list[list[int]] = []
        self._above: dict[tuple[str, int], frozenset[int]] = {}

    def level(self, code: str) -> int:
        """Level of a region, -1 where it is not known."""
        return self._levels.get(code, -1)

    def place(self, code: str, day: int | None) -> int:
        """Number of a place, to be looked up in ``rows``; ``day`` None: not accepted."""
        key = (code, day if self._versioned else None)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = len(self._rows)
            self._rows.append(self._row(code, key[1]))
        return found

    def rows(self, places: list[int]) -> NDArray[np.int32]:
        """Region numbers of places by level, (len(places), levels), -1 where a level has none."""
        table = np.array(self._rows, np.int32).reshape(-1, len(LEVELS))
        return table[np.array(places, np.intp)]

    def part(self, tests: Sequence[Test]) -> Test | None:
        """A test that holds for all cases that pass these and, as far as it goes, for few others: that they lay in one
        street or, next best, in one district. None where they may lie in several, or where no test is of a region."""
        own = [test for test in tests if test.sign in {"=", "in"} and test.column in LEVEL_COLUMNS]
        for level in range(STREET, 0, -1):
            for test in own:
                regions = {above for number in test.values for above in self._regions_above(test, number, level)}
                if len(regions) == 1 and -1 not in regions:
                    return Test(LEVEL_COLUMNS[level], "=", (regions.pop(),))
        return None

    def alone(self, tests: Sequence[Test]) -> Test | None:
        """The one test there is, where it asks for nothing but one region below the root."""
        only = tests[0] if len(tests) == 1 else None
        return only if only and only.sign == "=" and only.column in LEVEL_COLUMNS[1:] else None

    def _regions_above(self, test: Test, number: int, level: int) -> frozenset[int]:
        if number < 0 or LEVEL_COLUMNS.index(test.column) < level:
            return frozenset({-1})
        return self._ever_above(self.codes[number], level)

    def _ever_above(self, code: str, level: int) -> frozenset[int]:
        """Numbers of the regions of a level that a region has ever lain in, by any version of its borders; -1 among
        them where it has lain in none."""
        key = (code, level)
        if key not in self._above:
            self._above[key] = self._find_above(code, level)
        return self._above[key]

    def _find_above(self, code: str, level: int) -> frozenset[int]:
        if self._levels[code] <= level:
            return frozenset({self.number[code] if self._levels[code] == level else -1})
        parents = {self._tree.regions[node].parent for node in self._tree.versions[code]}
        above = [frozenset({-1}) if parent is None else self._ever_above(parent, level) for parent in parents]
        return frozenset().union(*above)

    def _row(self, code: str, day: int | None) -> list[int]:
        row = [-1] * len(LEVELS)
        node = self._tree.node(code, day)
        node = self._tree.node(code) if node is None else node
        for above in () if node is None else self._tree.chain(node, day):
            name = self._tree.regions[above].code
            row[self._levels[name]] = self.number[name]
        return row
