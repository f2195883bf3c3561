"""What lies in what, as the borders stood when a case was accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import ColumnElement, and_, case, literal, or_, true

from dashboard.domain.periods import LocalDays, plus_days
from dashboard.domain.regions import FOREVER, RegionTree
from dashboard.store import schema


@dataclass(frozen=True)
class Borders:
    """The region tree cut into *epochs*: spans of days in which no border changed. Mostly there is one, number 0."""

    tree: RegionTree
    days: LocalDays
    _found: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict, repr=False)
    _inside: dict[str, list[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def changes(self) -> tuple[int, ...]:
        """First days of the epochs after number 0."""
        if len(self.tree.latest) == len(self.tree.regions):
            return ()
        starts = {region.valid_from for region in self.tree.regions if region.valid_from}
        ends = {plus_days(region.valid_to, 1) for region in self.tree.regions if region.valid_to < FOREVER}
        return tuple(sorted(starts | ends))

    def epoch(self, day: int) -> int:
        """Number of the epoch of a local day."""
        return sum(day >= change for change in self.changes)

    def epoch_sql(self) -> ColumnElement[int]:
        """The epoch of a case's acceptance as an SQL expression."""
        if not self.changes:
            return literal(0)
        accepted = schema.case.c.accepted_at
        starts = [(accepted < self.days.start(day), number) for number, day in enumerate(self.changes)]
        return case(*starts, else_=len(self.changes))

    def above(self, region: str, epoch: int) -> tuple[str, ...]:
        """A region and all it lies in during an epoch, from itself to the root; empty for an unknown code."""
        key = (region, epoch)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._climb(region, epoch)
        return found

    def lies_in(self, outer: str, region: str, epoch: int) -> bool:
        """Whether a region lay in another during an epoch. Whatever has no place yet lies in the root alone."""
        return self._holds_all(outer) or outer in self.above(region, epoch)

    def _holds_all(self, region: str) -> bool:
        return self.tree.latest.get(region) == 0 and int(self.tree.end[0]) == len(self.tree)

    def _climb(self, region: str, epoch: int) -> tuple[str, ...]:
        if not self.changes:
            node = self.tree.node(region)
            return () if node is None else tuple(self.tree.regions[n].code for n in self.tree.chain(node))
        day = self.changes[epoch - 1] if epoch else plus_days(self.changes[0], -1)
        node = self.tree.node(region, day)
        node = self.tree.node(region) if node is None else node
        return () if node is None else tuple(self.tree.regions[n].code for n in self.tree.chain(node, day))

    def ever_inside(self, region: str) -> list[str] | None:
        """Codes that lie or ever lay in a region, itself included; None where it holds the whole tree."""
        if self._holds_all(region):
            return None
        known = self._inside.get(region)
        if known is None:
            known = self._inside[region] = self._descend(region)
        return known

    def _descend(self, region: str) -> list[str]:
        found, stack = {region: None}, [region]
        while stack:
            for code in self._below.get(stack.pop(), ()):
                if code not in found:
                    found[code] = None
                    stack.append(code)
        return list(found)

    def inside_sql(self, region: str) -> ColumnElement[bool]:
        """Whether a case lay in a region when it was accepted (one without acceptance: lies in it now), in SQL."""
        codes = self.ever_inside(region)
        if codes is None:
            return true()
        if not self.changes:
            return schema.case.c.region.in_(codes)
        return or_(*(self._inside_in(epoch, region, codes) for epoch in range(len(self.changes) + 1)))

    def _inside_in(self, epoch: int, region: str, codes: Sequence[str]) -> ColumnElement[bool]:
        found = [code for code in codes if region in self.above(code, epoch)]
        return and_(self.epoch_sql() == epoch, schema.case.c.region.in_(found))

    @cached_property
    def _below(self) -> Mapping[str, Sequence[str]]:
        below: dict[str, list[str]] = {}
        for region in self.tree.regions:
            if region.parent is not None:
                below.setdefault(region.parent, []).append(region.code)
        return below
