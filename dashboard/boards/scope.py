"""One region as a board sees it: what several panels need, worked out once."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.base import BaseData
from dashboard.domain.frames import MOVING, STILL
from dashboard.domain.indicators import Figures, figures
from dashboard.domain.regions import LEVELS
from dashboard.domain.stocks import OpenCases
from dashboard.domain.tallies import WIDTH
from dashboard.replica.open_cases import Slots
from dashboard.replica.state import State
from dashboard.replica.watched import Watched


class UnknownRegion(LookupError):  # noqa: N818
    """There is no region of that code."""


@dataclass(frozen=True)
class Scope:
    """A region over the live state. Without any regions ``code`` is empty and ``node`` 0."""

    state: State
    code: str
    node: int

    @property
    def base(self) -> BaseData:
        """Base data of the state."""
        return self.state.base

    @property
    def empty(self) -> bool:
        """Whether nothing was imported yet."""
        return len(self.base.tree) == 0

    @cached_property
    def inside(self) -> slice:
        """The region and everything under it, as a slice of tree nodes."""
        return slice(0, 0) if self.empty else self.base.tree.inside(self.node)

    @property
    def level(self) -> int:
        """Its level, an index into ``LEVELS``."""
        return 0 if self.empty else int(self.base.tree.level[self.node])

    @cached_property
    def children(self) -> list[int]:
        """Nodes directly under it."""
        if self.empty:
            return []
        return self.watched.once("children", self.base.version, lambda: self.base.tree.children(self.node))

    @cached_property
    def children_level(self) -> str:
        """Name of the level of its children, empty where it has none."""
        return LEVELS[int(self.base.tree.level[self.children[0]])] if self.children else ""

    @cached_property
    def watched(self) -> Watched:
        """Its newest steps and its inflow."""
        return self.state.watched[self.code]

    @cached_property
    def slots(self) -> Slots:
        """Its open cases in the case table."""
        return self.state.open.inside(self.inside)

    @cached_property
    def cases(self) -> OpenCases:
        """Its open cases as columns, in the order of ``slots``."""
        return self.state.open.columns(self.slots)

    @cached_property
    def overdue(self) -> NDArray[np.bool_]:
        """Which of its open cases are overdue."""
        return self.cases.overdue(self.state.time)

    @cached_property
    def soon(self) -> NDArray[np.bool_]:
        """Which of its open cases are due soon."""
        return self.cases.due_soon(self.state.time, self.state.settings.rules.due_soon)

    @cached_property
    def of_month(self) -> Figures:
        """Counts of the running month."""
        if self.empty:
            return self._figures(np.zeros(WIDTH, np.int32), 0)
        overdue = int((self.overdue & (self.cases.accepted // 100 == self.state.month)).sum())
        return self._figures(self.state.tallies.month(self.state.month)[self.node], overdue)

    def of_day(self, day: int) -> Figures | None:
        """Counts of one day, its cohort as it stands now; None where days are not kept for the region."""
        if self.empty:
            return None
        if day not in self._days:
            tally = self.state.tallies.of_day(day, self.node)
            self._days[day] = None if tally is None else self._figures(tally, self._overdue_by_day.get(day, 0))
        return self._days[day]

    @cached_property
    def days_version(self) -> Hashable:
        """Another one whenever what ``of_day`` tells of any day may have changed."""
        return self.state.today, self.state.tallies.version(self.node), tuple(sorted(self._overdue_by_day.items()))

    @cached_property
    def _days(self) -> dict[int, Figures | None]:
        return {}

    @cached_property
    def _overdue_by_day(self) -> Mapping[int, int]:
        return Counter(self.cases.accepted[self.overdue].tolist())

    def at_day_end(self, day: int) -> Figures | None:
        """Month-to-date counts as they stood at the end of a day; None where they were not kept."""
        ended = self.state.day_ends.get(day)
        found = None if ended is None else ended.rows.get(self.node)
        return None if found is None else self._figures(*found)

    def _figures(self, tally: Sequence[int] | NDArray[np.int32], overdue: int) -> Figures:
        counts = tally.tolist() if isinstance(tally, np.ndarray) else tally
        return figures(counts, overdue, satisfied_score=self.state.settings.rules.satisfied_score)

    def per_child(self, nodes: NDArray[np.int32]) -> list[int]:
        """How many of ``nodes`` (of cases inside the scope) lie under each child."""
        return _counts_between(np.sort(nodes), self.children, self.base.tree.end)

    @cached_property
    def homes(self) -> slice:
        """Slots of the workers whose home lies in it."""
        return slice(0, 0) if self.empty else self.base.workers.inside(self.base.tree, self.node)

    @cached_property
    def presence(self) -> NDArray[np.uint8] | None:
        """States of its workers in slot order; None before the first frame that fits the base data."""
        if len(self.state.workers) != len(self.base.workers) or self.empty:
            return None
        return self.state.workers.state[self.homes]

    @cached_property
    def _homes_of_children(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """First and last place of each child's workers among its own."""
        return self.watched.once(
            "homes",
            self.base.version,
            lambda: _between(self.base.workers.home[self.homes], self.children, self.base.tree.end),
        )

    def workers_per_child(self, states: tuple[int, ...] = (MOVING, STILL)) -> list[int | None]:
        """Workers in one of the states under each child, None while positions are not known."""
        if states not in self._out:
            self._out[states] = self._count_out(states)
        return self._out[states]

    @cached_property
    def _out(self) -> dict[tuple[int, ...], list[int | None]]:
        return {}

    def _count_out(self, states: tuple[int, ...]) -> list[int | None]:
        if self.presence is None:
            return [None] * len(self.children)
        first, last = self._homes_of_children
        counted = self.presence == states[0]
        for state in states[1:]:
            counted |= self.presence == state
        before = np.zeros(len(counted) + 1, np.int32)
        counted.cumsum(out=before[1:])
        counts: list[int | None] = (before[last] - before[first]).tolist()
        return counts

    def homes_per_child(self) -> list[int]:
        """Workers whose home lies under each child."""
        first, last = self._homes_of_children
        counts: list[int] = (last - first).tolist()
        return counts


def scope_of(state: State, code: str) -> Scope:
    """The scope of a region code (empty: the whole city); ``UnknownRegion`` where there is none."""
    tree = state.base.tree
    node = tree.latest.get(code) if code else 0
    if node is None:
        raise UnknownRegion(code)
    return Scope(state, tree.regions[node].code if len(tree) else "", node)


def _counts_between(ordered: NDArray[np.int32], nodes: list[int], end: NDArray[np.int32]) -> list[int]:
    first, last = _between(ordered, nodes, end)
    counts: list[int] = (last - first).tolist()
    return counts


def _between(
    ordered: NDArray[np.int32], nodes: list[int], end: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.searchsorted(ordered, np.array(nodes, ordered.dtype)), np.searchsorted(ordered, end[nodes])
