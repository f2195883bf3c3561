"""The one list of addresses. Routes, the OpenAPI document and the tests are all made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.api import layering, reading, reporting, sending, vitals
from dashboard.api.asking import (
    CaseQuestion,
    KpiQuestion,
    LayerQuestion,
    Nothing,
    QuarantineQuestion,
    RankingQuestion,
    RegionQuestion,
    ReportQuestion,
    TrackQuestion,
    WorkerQuestion,
)
from dashboard.api.bodies import EVENT_TYPES
from dashboard.api.replies import Rows
from dashboard.queries.answers import CasePage, Kpis, Quarantine, Ranking, Timeline, Track, WorkerList
from dashboard.reports.archive import Listed
from dashboard.reports.document import Document

Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address. ``scope`` is the right a caller must hold; empty: open to everyone.

    ``answer`` is the record of the JSON answer (None: free-form), ``rows`` picks the records of its CSV form, and
    ``takes`` lists the content types of a body. With ``free_query`` the handler reads the query string itself.
    """

    method: str
    path: str
    name: str
    scope: str
    handler: Handler
    question: type = Nothing
    answer: Any = None
    rows: Rows | None = None
    takes: tuple[str, ...] = ()
    status: int = 200
    content_type: str = "application/json"
    free_query: bool = False

    @property
    def summary(self) -> str:
        """First line of what the handler says of itself."""
        return (self.handler.__doc__ or "").partition("\n")[0]


FIX_TYPES = ("application/json", "application/x-ndjson", "application/octet-stream")


def _tracked(track: Track) -> list[Any]:
    return [
        {"worker": track.worker, "time": time, "lon": lon, "lat": lat}
        for time, lon, lat in zip(track.time, track.lon, track.lat, strict=True)
    ]


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/v1/events",
        "send_events",
        "write",
        sending.events,
        answer=sending.Taken,
        takes=EVENT_TYPES,
        status=202,
    ),
    Endpoint(
        "POST",
        "/api/v1/positions",
        "send_positions",
        "write",
        sending.positions,
        answer=sending.Taken,
        takes=FIX_TYPES,
        status=202,
    ),
    Endpoint(
        "GET", "/api/v1/osmand", "osmand", "write", sending.osmand, answer=sending.Taken, status=202, free_query=True
    ),
    Endpoint(
        "POST",
        "/api/v1/osmand",
        "osmand_post",
        "write",
        sending.osmand,
        answer=sending.Taken,
        status=202,
        free_query=True,
    ),
    Endpoint(
        "GET", "/api/v1/kpis", "kpis", "read", reading.kpis, KpiQuestion, Kpis, rows=lambda answer: answer.figures
    ),
    Endpoint(
        "GET",
        "/api/v1/ranking",
        "ranking",
        "read",
        reading.ranking,
        RankingQuestion,
        Ranking,
        rows=lambda answer: answer.rows,
    ),
    Endpoint(
        "GET", "/api/v1/cases", "cases", "read", reading.cases, CaseQuestion, CasePage, rows=lambda answer: answer.cases
    ),
    Endpoint("GET", "/api/v1/cases/<id>", "case", "read", reading.case, answer=Timeline),
    Endpoint(
        "GET",
        "/api/v1/workers",
        "workers",
        "read",
        reading.workers,
        WorkerQuestion,
        WorkerList,
        rows=lambda answer: answer.workers,
    ),
    Endpoint(
        "GET",
        "/api/v1/workers/<id>/track",
        "worker_track",
        "tracks",
        reading.track,
        TrackQuestion,
        Track,
        rows=_tracked,
    ),
    Endpoint("GET", "/api/v1/snapshot", "snapshot", "wall", reading.snapshot, RegionQuestion),
    Endpoint("GET", "/api/v1/map", "map", "map", reading.map_document, RegionQuestion),
    Endpoint("GET", "/api/v1/layers", "layers", "read", layering.layers, RegionQuestion),
    Endpoint("GET", "/api/v1/layers/<name>", "layer", "read", layering.layer, LayerQuestion),
    Endpoint(
        "GET",
        "/api/v1/reports",
        "reports",
        "read",
        reporting.reports,
        ReportQuestion,
        Listed,
    ),
    Endpoint("GET", "/api/v1/reports/<id>", "report", "read", reporting.report, answer=Document),
    Endpoint(
        "GET", "/api/v1/quarantine", "quarantine", "quarantine", reading.quarantine, QuarantineQuestion, Quarantine
    ),
    Endpoint("GET", "/healthz", "healthz", "", vitals.healthz, answer=vitals.Health),
    Endpoint("GET", "/readyz", "readyz", "", vitals.readyz, answer=vitals.Health),
    Endpoint("GET", "/metrics", "metrics", "read", vitals.metrics, content_type="text/plain"),
)
