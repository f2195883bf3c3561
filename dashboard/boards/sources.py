"""How fresh each stream is. Ages are the page's to compute, from its own timer."""

from typing import Any

from dashboard.boards.names import name
from dashboard.boards.scope import Scope
from dashboard.config import Freshness
from dashboard.domain.changes import SourceState

BY_HAND = ("import",)
"""Ways in that somebody uses now and then: their silence means nothing."""
UNKNOWN_CADENCE = (3_600.0, 18_000.0)
"""Seconds after which a source of cases that the settings do not name is delayed, and lost."""
FORGOTTEN = 5_000
"""Milliseconds after which a source that brings nothing more no longer counts as one with a long queue."""


def sources(scope: Scope) -> list[dict[str, Any]]:
    """Every source that ingest knows, then the indicators (by the last ranking) and the stock of residents."""
    state = scope.state
    computed = state.ranked().computed or None
    streams = [source for source in state.sources if source.name not in BY_HAND]
    rows = [*streams, SourceState("indicators", "indicators", computed, computed)]
    if state.metrics:
        updated = state.days.start(max(row.day for own in state.metrics.values() for row in own.values()))
        rows.append(SourceState("stock", "stock", updated, updated))
    return [_source(scope, row) for row in rows]


def _source(scope: Scope, row: SourceState) -> dict[str, Any]:
    fresh = _freshness(scope, row)
    return {
        "name": row.name,
        "lane": row.lane,
        "label": name(fresh.zh, fresh.en),
        "event_time": row.event_time,
        "arrived": row.arrived,
        "ok": fresh.ok,
        "lost": fresh.lost,
        "error": row.error,
        "retry_at": row.retry_at,
        "tries": row.tries,
        "waited": _waited(row, scope.state.time),
    }


def _waited(row: SourceState, now: int) -> float:
    """Seconds; 0 below one, so that a stream in time changes nothing on the board, and once the queue ran dry."""
    dry = row.arrived is None or now - row.arrived > FORGOTTEN
    return 0 if dry or row.waited < 1000 else round(row.waited / 1000, 1)


def _freshness(scope: Scope, row: SourceState) -> Freshness:
    """Of the source by its name; of one that the settings do not name, by its lane.

    Workers on duty send fixes all the time, but nobody knows how often an unnamed sender has a case to tell.
    """
    known = scope.state.settings.sources
    if row.name in known:
        return known[row.name]
    lane = known.get(row.lane) if row.lane == "positions" else None
    ok, lost = (lane.ok, lane.lost) if lane is not None else UNKNOWN_CADENCE
    return Freshness(ok, lost, *scope.state.settings.source_names(row.name, row.lane))
