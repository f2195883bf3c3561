"""Health and metrics: is the process alive, is it of use, and what does it count."""

from collections.abc import Iterable
from typing import Any

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from dashboard.api.asking import Nothing
from dashboard.api.reading import Call
from dashboard.api.replies import Reply
from dashboard.api.scoping import unbounded
from dashboard.api.services import Services, Vitals
from dashboard.domain.changes import SourceState
from dashboard.store import schema
from dashboard.store.store import QUARANTINE_DROPPED

MAX_TICK_AGE = 15.0
"""Seconds without a tick after which a process is not ready."""


class Health(msgspec.Struct, frozen=True):
    """``ok`` and, for readiness, each check by name: ``ok`` or what is wrong, and what deserves a person's eye."""

    status: str
    checks: dict[str, str] = {}
    warnings: list[str] = []


def healthz(services: Services, call: Call[Nothing]) -> Health:
    """The process answers."""
    return Health("ok")


def readyz(services: Services, call: Call[Nothing]) -> Reply:
    """Database, ingest and the clock work. An empty system is ready: emptiness is no fault."""
    vitals = services.vitals()
    checks = {"database": _database(services), "ingest": "ok" if vitals.ingest_alive else "not running"}
    checks["tick"] = _tick(vitals)
    ready = all(state == "ok" for state in checks.values())
    return Reply(Health("ok" if ready else "not ready", checks, list(vitals.warnings)), status=200 if ready else 503)


def _database(services: Services) -> str:
    try:
        with services.engine.connect() as connection:
            connection.execute(select(func.max(schema.event.c.seq)))
    except DBAPIError as problem:
        return f"unreachable: {problem.orig.__class__.__name__}"
    return "ok"


def _tick(vitals: Vitals) -> str:
    if vitals.tick_age is None:
        return "none yet"
    return "ok" if vitals.tick_age <= MAX_TICK_AGE else f"last one {vitals.tick_age:.0f} s ago"


def metrics(services: Services, call: Call[Nothing]) -> Reply:
    """Counters and gauges in the Prometheus text format, from a registry of this process alone."""
    unbounded(call.caller)
    registry = CollectorRegistry()
    registry.register(_Snapshot(services.vitals(), _refusals(services), _dropped(services)))
    return Reply(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _refusals(services: Services) -> dict[str, int]:
    with services.engine.connect() as connection:
        query = select(schema.quarantine.c.reason, func.count()).group_by(schema.quarantine.c.reason)
        return {str(reason): int(n) for reason, n in connection.execute(query)}


def _dropped(services: Services) -> int:
    with services.engine.connect() as connection:
        query = select(schema.state.c.value).where(schema.state.c.key == QUARANTINE_DROPPED)
        return int(connection.scalar(query) or 0)


class _Snapshot(Collector):
    """The numbers as they are at one scrape."""

    def __init__(self, vitals: Vitals, quarantined: dict[str, int], dropped: int) -> None:
        self._vitals, self._dropped = vitals, dropped
        self._quarantined = quarantined

    def collect(self) -> Iterable[Metric]:
        vitals = self._vitals
        yield _gauge("yiping_seq", "Number of the last stored case event.", vitals.seq)
        yield _gauge("yiping_slab", "Number of the last stored slab of positions.", vitals.slab)
        yield _gauge("yiping_feed_lag_events", "Stored events this process has not seen.", vitals.feed_lag)
        yield _gauge("yiping_warnings", "Warnings that /readyz names.", len(vitals.warnings))
        yield _gauge("yiping_screens", "Connected screens.", vitals.screens)
        if vitals.tick_age is not None:
            yield _gauge("yiping_tick_age_seconds", "Real time since the last tick.", vitals.tick_age)
        yield _labelled("yiping_quarantined", "Refused items kept in quarantine.", "reason", self._quarantined)
        text = "Refused items dropped for want of room."
        yield CounterMetricFamily("yiping_quarantine_dropped", text, value=self._dropped)
        yield from _sources(vitals.sources)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _labelled(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, n in sorted(values.items()):
        family.add_metric([key], n)
    return family


def _sources(sources: Iterable[SourceState]) -> Iterable[Metric]:
    items = CounterMetricFamily(
        "yiping_items", "Items by source and result since start.", labels=["source", "lane", "result"]
    )
    refused = CounterMetricFamily("yiping_rejected", "Rejected items by reason.", labels=["source", "lane", "reason"])
    newest = GaugeMetricFamily("yiping_newest_event_seconds", "Time of the newest item.", labels=["source", "lane"])
    for source in sources:
        where: list[Any] = [source.name, source.lane]
        items.add_metric([*where, "accepted"], source.accepted)
        items.add_metric([*where, "duplicate"], source.duplicate)
        items.add_metric([*where, "rejected"], sum(source.rejected.values()))
        for reason, n in sorted(source.rejected.items()):
            refused.add_metric([*where, reason], n)
        if source.event_time is not None:
            newest.add_metric(where, source.event_time / 1000)
    return (items, refused, newest)
