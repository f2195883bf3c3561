"""Complaints that come back, again: cases of one category in one region at one place, days apart, from the events."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.check.judging import Ints
from dashboard.check.ledger import Ledger
from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, plus_days
from dashboard.reports.facts_analysis import TOP_REPEATS, region_name
from dashboard.reports.recount_cases import DAY, Cases
from dashboard.reports.snapshot import BASE_VERSION, Snapshot

PLACES_IN_A_DEGREE = 1000
NORTH = 180 * PLACES_IN_A_DEGREE + 1
CELLS = NORTH * (360 * PLACES_IN_A_DEGREE + 1)
"""Places on earth."""
PAIR = 2**32
"""Texts of a category or region are numbered below it."""
_Group = tuple[str, str]
"""Region and category."""


@dataclass
class Repeats:
    """Collects the cases of a period and of the days before it that could be repeated in it."""

    snapshot: Snapshot
    ledger: Ledger
    days: LocalDays
    base: BaseData
    _parts: list[Ints] = field(default_factory=list)

    @property
    def _window(self) -> int:
        return int(self.snapshot.fact("repeat.days").value or 0) * DAY

    def add(self, cases: Cases) -> None:
        """The cases of a bucket: rows (category and region, place, instant) of those with a place."""
        columns, place = cases.judged.columns, cases.judged.place
        accepted = columns["accepted_at"]
        begin, end = self.days.start(self.snapshot.first), self.days.start(plus_days(self.snapshot.last, 1))
        some = cases.chosen & ~cases.known("voided_at") & ~np.isnan(place[:, 0])
        some &= (accepted >= begin - self._window) & (accepted < end)
        group = columns["category"] * PAIR + columns["region"]
        self._parts.append(np.stack([group[some], _cells(place[some]), accepted[some]]))

    def told(self) -> Iterator[tuple[str, object, object]]:
        """(id, frozen, recounted) of every fact of repeated complaints."""
        places = self._places()
        counts = sorted((n for n, _ in places), reverse=True)
        told = {"repeat.cases": sum(counts), "repeat.places": len(counts)}
        told |= {f"repeat.{number}": n for number, n in enumerate(counts[:TOP_REPEATS], 1)}
        frozen = {key: fact.value for key, fact in self.snapshot.facts.items() if key.startswith("repeat.")}
        for key in sorted((frozen.keys() | told.keys()) - {"repeat.days"}):
            yield key, frozen.get(key), told.get(key)
        if self.snapshot.names.get(BASE_VERSION) == str(self.base.version):
            yield from self._named(places)

    def _named(self, places: list[tuple[int, _Group]]) -> Iterator[tuple[str, object, object]]:
        """Of places that come back equally often any may stand first: the name is one of theirs."""
        by_count: dict[object, list[str]] = {}
        for n, group in places:
            by_count.setdefault(n, []).append(self._name(group))
        for number in range(1, min(len(places), TOP_REPEATS) + 1):
            key = f"repeat.{number}"
            name, possible = self.snapshot.names.get(key), by_count.get(self.snapshot.fact(key).value, [])
            if possible:
                yield f"{key}.name", name, name if name in possible else "、".join(sorted(set(possible))[:3])

    def _name(self, group: _Group) -> str:
        region, category = group
        known = self.base.categories.get(category)
        return f"{region_name(self.base, region)}“{category if known is None else known.name}”"

    def _places(self) -> list[tuple[int, _Group]]:
        """(repeated cases, region and category) of each place that has any."""
        group, cell, instant = np.concatenate(self._parts, axis=1) if self._parts else np.zeros((3, 0), np.int64)
        number, groups = pd.factorize(group)
        place, instant = _several(number * CELLS + cell, instant)
        close = (place[1:] == place[:-1]) & (instant[1:] - instant[:-1] <= self._window)
        again = place[1:][close & (instant[1:] >= self.days.start(self.snapshot.first))]
        found, sizes = np.unique(again, return_counts=True)
        texts = self.ledger.texts
        named = (divmod(int(groups[one // CELLS]), PAIR) for one in found.tolist())
        pairs = ((texts[region], texts[category]) for category, region in named)
        return list(zip(sizes.tolist(), pairs, strict=True))


def _several(place: Ints, instant: Ints) -> tuple[Ints, Ints]:
    """The cases of places that have more than one, by place and time: most have one, and sorting by both is slow."""
    order = np.argsort(place)
    same = np.zeros(len(place) + 1, np.bool_)
    same[1:-1] = np.diff(place[order]) == 0
    order = order[same[1:] | same[:-1]]
    order = order[np.lexsort((instant[order], place[order]))]
    return place[order], instant[order]


def _cells(place: NDArray[np.float64]) -> Ints:
    """One number for each place to thousandths of a degree, half away from zero."""
    scaled = place / (1 / PLACES_IN_A_DEGREE)
    east, north = (np.sign(scaled) * np.floor(np.abs(scaled) + 0.5)).astype(np.int64).T
    cells: Ints = (east + 180 * PLACES_IN_A_DEGREE) * NORTH + north + 90 * PLACES_IN_A_DEGREE
    return cells
