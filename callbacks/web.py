"""The reading half of a process: replica, push, API, doors, pages and files over one Flask server."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import Flask, request
from flask_wtf.csrf import generate_csrf

from callbacks.application import create_pages
from callbacks.doors import harden, install_doors
from callbacks.exports import Exporter, register_exports
from callbacks.looks import register_looks
from callbacks.pages import Site
from callbacks.prepared import register_prepared
from callbacks.process import Web, allowed_origins
from callbacks.report_works import register_works
from callbacks.reports import register_reports
from callbacks.views import PAGES
from dashboard.api.entrance import Entrance
from dashboard.api.limits import TokenBuckets
from dashboard.api.policy import EntrancePolicy
from dashboard.api.refusals import Refusals
from dashboard.api.routes import install
from dashboard.api.seen import Seen
from dashboard.api.services import Services
from dashboard.base_data import read_layer
from dashboard.base_data.layers import Layers
from dashboard.base_data.maps import MapDocuments
from dashboard.boards.build import build as build_board
from dashboard.domain.periods import LocalDays
from dashboard.extract import Extract
from dashboard.hub.server import Hub, create_hub
from dashboard.ingest.opening import Place
from dashboard.ingest.present import Present
from dashboard.operations.installation import Installation
from dashboard.operations.presence import Presence
from dashboard.queries.ahead import LookAhead
from dashboard.queries.case_views import CaseViews
from dashboard.queries.desk import Desk, Parts
from dashboard.queries.drill import Drill
from dashboard.queries.queries import Queries
from dashboard.queries.score_models import models_of
from dashboard.queries.scores import Scores
from dashboard.queries.worker_days import WorkerDays
from dashboard.replica.replica import Replica
from dashboard.reports.workflow import Reports
from dashboard.security.audit import AuditRow, write_audit
from dashboard.security.caller import Caller
from dashboard.security.clock import real_now
from dashboard.security.doorman import Doorman
from layouts.parts.shell import Frame

STATES = ("off", "moving", "still", "silent")
"""States 0 to 3 of a frame."""


AGES = ("positions", "cases")
"""Streams whose age every page shows."""


def open_web(
    place: Place,
    present: Present,
    reports: Reports,
    port: int,
    demo: bool,
    build: str,
    extract: str = "extract",
    role: str = "run",
) -> Web:
    """Everything that reads, over a replica and an extract of its own; not yet started.

    ``extract`` names the file of the extract in the data directory: two processes cannot share one.
    """
    store, settings, clock = place.store, place.settings, present.clock
    server = Flask("yiping", static_folder=None)
    replica = Replica(store, place.feed, settings, clock.speed, place.base)
    replica.listen(present.hear)
    columns = Extract(store, place.base, LocalDays(settings.zone), place.directory / f"{extract}.duckdb")
    doorman = Doorman(store.engine, limits=settings.security)
    entrance = Entrance(doorman, demo)
    hub = create_hub(
        server, replica, origins=allowed_origins(settings, port), authenticate=entrance.socket, alive=doorman.alive,
        build=build,
    )  # fmt: skip
    seen = Seen(replica, place.rasters)
    queries = Queries(
        store, place.base, settings, clock.now, seen.presence, models_of(settings, place.directory)
    )  # fmt: skip
    layers = Layers()
    parts = _parts(place, present, queries, columns, seen, layers)
    services = _services(place, present, queries, seen, replica, hub, EntrancePolicy(entrance))
    install(server, replace(services, layers=layers, worker_days=parts.workers, reports=reports))
    register_looks(server, store, parts.workers)
    register_exports(server, _exporter(place, parts))
    register_prepared(server, lambda: columns.ready)
    installation = Installation(store.engine, place.directory, services.vitals)
    install_doors(server, doorman, settings, place.base, place.directory, demo, installation)
    site = Site(lambda caller: Desk(caller, parts), _frames(place, demo), _refused(doorman), _title(place), reports)
    app = create_pages(server, title=_title(place), site=site, pages=PAGES)
    register_reports(server, reports, site.refused)
    register_works(app, reports, site.desk)
    # Dash completes itself, inline scripts too, at the first request, which must be nobody's: see ``pages.render``.
    server.test_client().get("/healthz")
    harden(server, app.csp_hashes(), settings.trusted_proxies)
    presence = Presence(store.engine, role, port, build, hub.screen_states)
    ahead = LookAhead(columns, queries, place.base)
    return Web(server, hub, replica, columns, presence, installation, {"ahead": ahead.run})


def _title(place: Place) -> str:
    return f"{place.settings.city_zh}网格化治理"


def _parts(place: Place, present: Present, queries: Queries, extract: Extract, seen: Seen, layers: Layers) -> Parts:
    store, base, settings, now = place.store, place.base, place.settings, present.clock.now

    def states() -> Sequence[str]:
        return [STATES[state] for state in seen.workers().state.tolist()]

    def state_of(worker: str) -> str | None:
        slot, known = base().workers.slots.get(worker), states()
        return None if slot is None or slot >= len(known) else known[slot]

    return Parts(
        engine=store.engine, base=base, settings=settings, now=now, wall_clock=real_now, states=states,
        layers=lambda region: layers.listed(store.engine, base(), region), queries=queries, extract=extract,
        drill=Drill(store, base, settings, now, extract, queries),
        cases=CaseViews(store, base, settings, now),
        scores=Scores(store, base, settings, now, queries, extract=extract),
        workers=WorkerDays(store, base, settings, now, present.tracks.track_of, place.rasters, state_of),
    )  # fmt: skip


def _services(
    place: Place, present: Present, queries: Queries, seen: Seen, replica: Replica, hub: Hub, policy: EntrancePolicy
) -> Services:
    """What the API calls, bound to this process."""
    maps, engine = MapDocuments(), place.store.engine

    def map_document(region: str) -> dict[str, Any]:
        layers = {name: read_layer(engine, name) for name in ("water", "roads")}
        return maps.get(place.base(), region, layers)

    return Services(
        engine=engine, queries=queries, policy=policy, now=present.clock.now, base=place.base,
        vitals=lambda: seen.vitals(hub.screens, present.alive(), present.warnings()),
        submit_events=present.submit, submit_fixes=present.submit,
        snapshot=lambda region: build_board(replica, region), map_document=map_document, live_workers=seen.workers,
    )  # fmt: skip


def _frames(place: Place, demo: bool) -> Callable[[Caller], Frame]:
    settings = place.settings
    city = {"zh-CN": settings.city_zh, "en": settings.city_en}
    known = settings.sources
    sources = {name: {"zh-CN": known[name].zh, "en": known[name].en} for name in AGES if name in known}
    return lambda caller: Frame(caller, city, sources, demo, generate_csrf())


def _refused(doorman: Doorman) -> Callable[[Caller, str], None]:
    refusals = Refusals(lambda row: write_audit(doorman.engine, row), doorman.now)
    return lambda caller, path: refusals.tell(caller, path, request.remote_addr or "")


def _exporter(place: Place, parts: Parts) -> Exporter:
    settings, engine = place.settings, place.store.engine

    def audit(caller: Caller, what: str, detail: str) -> None:
        result = "refused" if detail.startswith("refused") else "ok"
        row = AuditRow(real_now(), caller.name, "export", what, detail, caller.role, request.remote_addr or "", result)
        write_audit(engine, row)

    city = {"zh-CN": settings.city_zh, "en": settings.city_en}
    limit = TokenBuckets(rate=1.0, burst=30)
    return Exporter(lambda caller: Desk(caller, parts), audit, city, settings.zone, real_now, limit)
