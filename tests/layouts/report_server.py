"""Pages about reports over invented data: ``python -m tests.layouts.report_server --port 8061``.

``/reports?state=STATE``: empty, none, busy (something is made), reader (makes nothing); ``view=make`` is the form.
``/report?state=STATE``: draft, faults, appeals, lodging (a unit in the appeals), frozen, issued, running, failed.
``/reports/compare`` and ``?a=one`` without a second one. All with ``&lang=en`` in English.
"""

import argparse
import time
from dataclasses import replace
from typing import Any

from flask import Flask, g
from flask_socketio import SocketIO

from callbacks.application import create_pages
from callbacks.pages import Content, Page, Site, Visit
from dashboard.reports.comparison import compared
from dashboard.security.caller import RIGHTS, Caller
from layouts.address import COMPARE, REPORT, REPORTS
from layouts.pages import report as report_page
from layouts.pages import report_compare as compare_page
from layouts.pages import reports as archive_page
from layouts.parts.report_appeals import Hearing
from layouts.parts.report_make import MAKE
from layouts.parts.shell import Crumb, Frame
from tests.layouts import invented_board
from tests.layouts import invented_reports as invented
from tests.layouts.invented_city import build
from tests.reports.invented import snapshot

CALLER = Caller("zhou", "center", RIGHTS["center"], via="session")
CITY = {"zh-CN": "宁川市", "en": "Ningchuan"}


def _archive(visit: Visit) -> Content:
    address, state = visit.address, visit.address.state
    view = invented.archive(invented.EMPTY if state in ("empty", "none") else None, names=invented.names(address.lang))
    view = replace(view, works=invented.works() if state == "busy" else [])
    view = replace(view, making=None) if state == "reader" else view
    shown = address if state == "none" else address.to(state="")
    body = archive_page.layout(shown, view, "token")
    crumbs = (Crumb("工作通报", REPORTS),) if address.view == MAKE else ()
    return Content(archive_page.heading(address, view), body, crumbs)


_REPORTS = {
    "draft": lambda: invented.report_view("draft"),
    "faults": lambda: invented.report_view("draft", faults=invented.FAULTS, acts=[]),
    "appeals": lambda: invented.report_view("appeals"),
    "lodging": lambda: invented.report_view("appeals", makes=False, hearing=Hearing([], lodges=True, name="u")),
    "frozen": lambda: invented.report_view("frozen"),
    "issued": lambda: invented.report_view("issued"),
    "running": lambda: invented.report_view("appeals", acts=["freeze"], works=[invented.work("running", "freeze")]),
    "failed": lambda: invented.report_view("frozen", works=[invented.work("failed", "issue", key="fonts")]),
}


def _report(visit: Visit) -> Content:
    view = replace(_REPORTS[visit.address.state or "issued"](), names=invented.names(visit.address.lang))
    body = report_page.layout(visit.address, view, "token")
    return Content("全市2026年9月月度通报", body, (Crumb("工作通报", REPORTS),))


def _compare(visit: Visit) -> Content:
    earlier, later = invented.entry(), invented.entry(period="2026-10", id="later", issued=invented.at(20261109))
    found = None if visit.address.a == "one" else compared((earlier, snapshot()), (later, invented.later_snapshot()))
    body = compare_page.layout(visit.address.to(a=later.id, b=earlier.id), [later, earlier], found)
    return Content("全市通报对比", body, (Crumb("工作通报", REPORTS),))


PAGES: dict[str, Page] = {REPORTS: _archive, REPORT: _report, COMPARE: _compare}


def create() -> tuple[Flask, SocketIO]:
    """The server, with a socket that gives every page the same board."""
    server = Flask("reports")
    socket = SocketIO(server, async_mode="threading", cors_allowed_origins=[])
    board = invented_board.board(build(), int(time.time() * 1000), "")

    @socket.on("subscribe")
    def subscribe(_: dict[str, Any]) -> dict[str, Any]:
        return {"epoch": "e", "edition": 1, "build": "b", "board": board, "keyframe": None}

    @socket.on("got")
    def got(_: dict[str, Any]) -> None:
        """Nothing is held back here."""

    frame = Frame(CALLER, CITY, demo=True, csrf="token")
    site = Site(lambda caller: None, lambda caller: frame, lambda caller, path: None, "宁川市")  # type: ignore[arg-type, return-value]
    create_pages(server, site=site, pages=PAGES)
    server.test_client().get("/assets/tokens.css")
    server.before_request_funcs = {None: [lambda: setattr(g, "caller", CALLER)]}
    return server, socket


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8061)
    app, io = create()
    io.run(app, host="127.0.0.1", port=parser.parse_args().port, allow_unsafe_werkzeug=True, log_output=False)
