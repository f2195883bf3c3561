"""The role of pages, API and screens: a process that only reads."""

from threading import Event

from flask import Flask

from callbacks.build import build_id
from callbacks.roles.parts import closing, place_of, report_worker
from callbacks.web import open_web
from dashboard.ingest.present import written_elsewhere
from dashboard.reports.opening import open_reporting


def served(directory: str, port: int) -> Flask:
    """Pages, API and screens of one process that only reads."""
    place, stop = place_of(directory), Event()
    present = written_elsewhere(place)
    reporting = open_reporting(place, present.clock.now, report_worker(place))
    half = open_web(place, present, reporting.reports, port, False, build_id(), f"extract-{port}", "web")
    half.start(stop)
    reporting.start(stop, scheduled=False)
    return closing(half.server, stop, reporting.close, half.close)
