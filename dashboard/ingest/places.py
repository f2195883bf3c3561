"""Where an event happened: its coordinates as WGS-84 and the region that its code or its point stands for."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.domain.base import BaseData
from dashboard.domain.coordinates import check_crs, to_wgs84
from dashboard.domain.events import BadEvent, CaseEvent
from dashboard.domain.periods import LocalDays

Locate = Callable[[ArrayLike, ArrayLike], NDArray[np.int32]]
"""Tree nodes of points given as WGS-84 degrees; below 0 where a point lies in no region."""


def convert(events: Sequence[CaseEvent]) -> dict[int, BadEvent]:
    """Set ``lon`` and ``lat`` of the events to WGS-84; the refusal of each that names an unknown system, by index."""
    by_crs: dict[str, list[int]] = {}
    for index, event in enumerate(events):
        crs = event.data.crs
        if crs is not None and event.data.lon is not None and crs not in ("wgs84", "WGS84"):
            by_crs.setdefault(crs, []).append(index)
    refused: dict[int, BadEvent] = {}
    for crs, indexes in by_crs.items():
        try:
            _convert([events[index] for index in indexes], check_crs(crs))
        except ValueError as problem:
            refused |= {index: _refusal(events[index], "unknown_crs", str(problem)) for index in indexes}
    return refused


def _convert(events: Sequence[CaseEvent], crs: str) -> None:
    degrees = np.array([(event.data.lon, event.data.lat) for event in events], np.float64).T
    lon, lat = to_wgs84(degrees[0], degrees[1], crs)
    for event, x, y in zip(events, lon.tolist(), lat.tolist(), strict=True):
        event.lon, event.lat = x, y


class Places:
    """Finds the regions of events in one version of base data."""

    def __init__(self, base: BaseData, days: LocalDays, locate: Locate | None = None) -> None:
        self._tree = base.tree
        self._days = days
        self._locate = locate

    def resolve(self, events: Sequence[CaseEvent]) -> dict[int, BadEvent]:
        """Set ``region``, ``lon`` and ``lat`` of the events; the refusal of each whose place is not known, by index.

        A code wins over a point. A correction of coordinates alone does not move a case, so its point is not looked up.
        """
        refused = convert(events)
        points: list[int] = []
        for index, event in enumerate(events):
            if event.region:
                if self._tree.node(event.region, self._days.day(event.time)) is None and index not in refused:
                    refused[index] = self._unknown(event)
            elif event.lon is not None and event.type != "case.corrected" and index not in refused:
                points.append(index)
        return refused | self._look_up(events, points)

    def _unknown(self, event: CaseEvent) -> BadEvent:
        known = self._tree.node(event.region) is not None
        why = "is not valid on the day of the event" if known else "does not exist"
        return _refusal(event, "unknown_region", f"region {event.region} {why}")

    def _look_up(self, events: Sequence[CaseEvent], points: list[int]) -> dict[int, BadEvent]:
        if not points:
            return {}
        lon, lat = ([getattr(events[index], axis) for index in points] for axis in ("lon", "lat"))
        nodes = [-1] * len(points) if self._locate is None else self._locate(lon, lat).tolist()
        refused = {}
        for index, node in zip(points, nodes, strict=True):
            event = events[index]
            if node >= 0:
                event.region = self._tree.regions[node].code
            else:
                refused[index] = _refusal(event, "unknown_region", f"no region contains {event.lon}, {event.lat}")
        return refused


def _refusal(event: CaseEvent, reason: str, detail: str) -> BadEvent:
    return BadEvent(reason, detail, event.source, event.case)
