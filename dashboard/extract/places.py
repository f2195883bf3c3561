"""Numbers of regions, and in which of them a case lay when it was accepted."""

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.regions import LEVELS, RegionTree


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

    def _row(self, code: str, day: int | None) -> list[int]:
        row = [-1] * len(LEVELS)
        node = self._tree.node(code, day)
        node = self._tree.node(code) if node is None else node
        for above in () if node is None else self._tree.chain(node, day):
            name = self._tree.regions[above].code
            row[self._levels[name]] = self.number[name]
        return row
