"""The role that makes drafts of reports by their schedule, each once."""

from threading import Event

from flask import Flask

from callbacks.roles.parts import closing, place_of, report_worker
from dashboard.api.receiving import watched_server
from dashboard.ingest.clock import LAST_TICK
from dashboard.operations.presence import Presence
from dashboard.reports.opening import open_reporting


def served(directory: str, port: int) -> Flask:
    """Drafts of reports by their schedule, each once; the port answers health and metrics."""
    place, stop = place_of(directory), Event()

    def now() -> int:
        return int(place.store.get_state(LAST_TICK) or 0)

    reporting = open_reporting(place, now, report_worker(place))
    reporting.start(stop)
    Presence(place.store.engine, "scheduler", port).start(stop)
    return closing(watched_server(place, now), stop, reporting.close)
