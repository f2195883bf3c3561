"""Regions of every level as one immutable tree whose subtrees are slices.

Nodes stand in depth-first order, so "everything inside X" is ``node .. end[node]`` in every array of the system:
tallies, worker slots, frames. A boundary change adds a node (same code, later ``valid_from``); nothing is ever
rewritten.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

LEVELS = ("city", "district", "street", "community", "grid", "microgrid")
STREET = LEVELS.index("street")
FOREVER = 99_991_231


@dataclass(frozen=True, slots=True)
class Region:
    """One version of one region. ``valid_from``/``valid_to`` are local days ``YYYYMMDD``, both included."""

    code: str
    name: str
    level: int
    parent: str | None = None
    kind: str = ""
    group: str = ""
    name_en: str = ""
    valid_from: int = 0
    valid_to: int = FOREVER

    def called(self, english: bool) -> str:
        """The name in a language; Chinese where there is no English one."""
        return (self.name_en if english else "") or self.name


class RegionTree:
    """All versions of all regions in depth-first order; a *node* is an index into it.

    ``ValueError`` names the first region whose parent is missing, is not above it, or whose versions overlap.
    """

    def __init__(self, regions: Iterable[Region]) -> None:
        self.regions = _depth_first(list(regions))
        self.versions = _versions(self.regions)
        self.latest = {code: nodes[-1] for code, nodes in self.versions.items()}
        self.parent = np.array([self.latest.get(r.parent or "", -1) for r in self.regions], np.int32)
        self.level = np.array([region.level for region in self.regions], np.int8)
        self.end = _subtree_ends(self.parent)
        self._chains: dict[int, tuple[int, ...]] = {}

    @cached_property
    def by_code(self) -> Mapping[str, Region]:
        """The latest version of every region."""
        return {code: self.regions[node] for code, node in self.latest.items()}

    def __len__(self) -> int:
        return len(self.regions)

    def node(self, code: str, day: int | None = None) -> int | None:
        """Node of a code valid on a day (default: its latest version); None where there is none."""
        if day is None:
            return self.latest.get(code)
        for node in reversed(self.versions.get(code, ())):
            if self.regions[node].valid_from <= day <= self.regions[node].valid_to:
                return node
        return None

    def chain(self, node: int, day: int | None = None) -> tuple[int, ...]:
        """The node and all above it, from itself to the root, as the borders stood on ``day`` (default: now)."""
        if day is not None and len(self.latest) != len(self.regions):
            return self._climb(node, day)
        found = self._chains.get(node)
        if found is None:
            found = self._chains[node] = self._climb(node, None)
        return found

    def _climb(self, node: int, day: int | None) -> tuple[int, ...]:
        chain = [node]
        while (code := self.regions[chain[-1]].parent) is not None:
            above = self.node(code, day)
            chain.append(self.latest[code] if above is None else above)
        return tuple(chain)

    def inside(self, node: int) -> slice:
        """The node and everything under it, as a slice of any array in node order."""
        return slice(node, int(self.end[node]))

    def totals(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sums over each region and everything under it of values per node (first axis), in node order."""
        before = np.zeros((len(values) + 1, *values.shape[1:]), np.int64)
        np.cumsum(values, axis=0, out=before[1:])
        return before[self.end] - before[:-1]

    def at_level(self, level: int, under: int = 0) -> NDArray[np.intp]:
        """Nodes of one level inside ``under`` that are the latest version of their code, in tree order."""
        found = np.flatnonzero(self.level[self.inside(under)] == level) + under
        return np.array([n for n in found if self.latest[self.regions[n].code] == n], np.intp)

    def children(self, node: int) -> list[int]:
        """Nodes directly under ``node`` (latest versions)."""
        below = np.flatnonzero(self.parent[self.inside(node)] == node) + node
        return [int(n) for n in below if self.latest[self.regions[n].code] == n]


def _depth_first(regions: list[Region]) -> tuple[Region, ...]:
    codes = {region.code for region in regions}
    by_parent: dict[str | None, list[Region]] = {}
    for region in regions:
        if region.parent is not None and region.parent not in codes:
            raise ValueError(f"region {region.code} names a parent that does not exist: {region.parent}")
        by_parent.setdefault(region.parent, []).append(region)
    for siblings in by_parent.values():
        siblings.sort(key=lambda r: (r.code, r.valid_from))
    newest = {region.code: region for region in sorted(regions, key=lambda r: r.valid_from)}
    ordered: list[Region] = []
    stack = list(reversed(by_parent.get(None, [])))
    while stack:
        region = stack.pop()
        ordered.append(region)
        if newest[region.code] is region:
            stack.extend(reversed(by_parent.get(region.code, [])))
    if len(ordered) != len(regions):
        placed = {region.code for region in ordered}
        left = next(r for r in regions if r.code not in placed)
        raise ValueError(f"region {left.code} is its own ancestor")
    return tuple(ordered)


def _versions(regions: tuple[Region, ...]) -> dict[str, tuple[int, ...]]:
    versions: dict[str, tuple[int, ...]] = {}
    for node, region in enumerate(regions):
        earlier = versions.get(region.code, ())
        if earlier and regions[earlier[-1]].valid_to >= region.valid_from:
            raise ValueError(f"region {region.code} has two versions valid on {region.valid_from}")
        versions[region.code] = (*earlier, node)
    return versions


def _subtree_ends(parent: NDArray[np.int32]) -> NDArray[np.int32]:
    end = np.arange(1, len(parent) + 1, dtype=np.int32)
    for node in range(len(parent) - 1, 0, -1):
        above = parent[node]
        if above >= 0:
            end[above] = max(end[above], end[node])
    return end
