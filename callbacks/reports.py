"""Forms and files about reports: each form asks ``Reports`` as the caller and leads back to a page that says what came
of it; files of issued reports."""

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, abort, g, redirect, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from dashboard.reports.appeals import AppealRefused, Grounds
from dashboard.reports.asking import FILTERS
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import Asked
from dashboard.reports.workflow import Reports
from dashboard.security.caller import Caller
from dashboard.security.scope import OutOfScope, UnknownRegion
from layouts.address import REPORT, REPORTS, Address
from layouts.parts.report_acts import ACT_PATH
from layouts.parts.report_appeals import DECIDE_PATH, LODGE_PATH
from layouts.parts.report_make import MAKE, MAKE_PATH

Refused = Callable[[Caller, str], None]
Act = Callable[[Reports, Caller], Address]
Back = Callable[[], Address]
HTML_POLICY = (
    "sandbox allow-scripts allow-modals; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of a report as a page: in an origin of its own, without our cookies and without any network.

Which scripts run is for the page's own policy to say: it was issued with hashes of the scripts of its time.
"""
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf", "html": "text/html; charset=utf-8", "json": "application/json",
}  # fmt: skip


def register_reports(server: Flask, known: Reports, refused: Refused) -> None:
    """Add the addresses. The gate has checked the token of every form; ``refused`` writes down what was not allowed."""

    def sent(act: Act, back: Back) -> Callable[[], BaseResponse]:
        return lambda: redirect(_outcome(known, refused, act, back).href, 303)

    for path, (act, back) in FORMS.items():
        server.add_url_rule(path, path.strip("/").replace("/", "_"), sent(act, back), methods=["POST"])
    server.add_url_rule(f"{REPORTS}/latest", "report_latest", lambda: redirect(_latest(known).href, 303))
    server.add_url_rule(
        f"{REPORT}/<id_>.<format_>", "report_file", lambda id_, format_: _file(known, refused, id_, format_)
    )


def _latest(known: Reports) -> Address:
    """The month's report that was issued last, of the caller's region or of the city; the archive where there is none.

    An address short enough to be read out or written on a screen.
    """
    caller: Caller = g.caller
    found, lang = known.latest(caller.region) or known.latest(), request.args.get("lang", "")
    return Address(REPORTS, lang=lang) if found is None else Address(REPORT, id=found.id, lang=lang)


def _outcome(known: Reports, refused: Refused, act: Act, back: Back) -> Address:
    """Where a form leads: on, or back with the reason why it could not be done. Out of scope is 403."""
    caller: Caller = g.caller
    try:
        return act(known, caller)
    except (OutOfScope, UnknownRegion) as problem:
        refused(caller, f"{request.path}: {problem}")
        abort(403)
    except (ReportRefused, AppealRefused) as problem:
        return back().to(said=f"no.{problem.key}")


def _lang() -> str:
    return _given("lang")


def _given(name: str) -> str:
    """A field of the running form without the spaces around it."""
    return request.form.get(name, "").strip()


def _network() -> str:
    return request.remote_addr or ""


def _form() -> Address:
    return Address(REPORTS, view=MAKE, kind=_given("kind"), lang=_lang())


def _page() -> Address:
    return Address(REPORT, id=_given("id"), lang=_lang())


def _make(known: Reports, caller: Caller) -> Address:
    period = _given("period") or f"{_given('from')}..{_given('to')}"
    levels = tuple(level for level in _given("levels").split(",") if level)
    filters = {name: _given(name) for name in sorted(FILTERS - {"region"}) if _given(name)}
    known.ask(caller, Asked(_given("kind"), period, _given("region"), levels, _given("model"), filters), _network())
    return Address(REPORTS, lang=_lang()).to(said="asked")


def _act(known: Reports, caller: Caller) -> Address:
    work = known.act(caller, _given("id"), _given("act"), _network())
    return _page().to(said="opened" if work.ended else "asked")


def _lodge(known: Reports, caller: Caller) -> Address:
    grounds = Grounds(_given("case"), _given("change"), _given("reason"), _given("evidence"))
    known.lodge(caller, _given("id"), grounds, _network())
    return _page().to(said="lodged")


def _decide(known: Reports, caller: Caller) -> Address:
    verdict = _given("verdict")
    if verdict not in ("accept", "reject"):
        raise AppealRefused("words")
    accepted = verdict == "accept"
    known.decide(caller, _given("id"), _given("appeal"), accepted, _given("why"), _network())
    return _page().to(said="accepted" if accepted else "rejected")


FORMS: Mapping[str, tuple[Act, Back]] = {
    MAKE_PATH: (_make, _form), ACT_PATH: (_act, _page), LODGE_PATH: (_lodge, _page), DECIDE_PATH: (_decide, _page),
}  # fmt: skip
"""What each form does, and the page it leads back to where it cannot."""


def _file(known: Reports, refused: Refused, id_: str, format_: str) -> Response:
    caller: Caller = g.caller
    try:
        path = known.file(caller, id_, format_, _network())
    except ReportRefused:
        abort(404)
    except OutOfScope as problem:
        refused(caller, f"{request.path}: {problem}")
        abort(403)
    answer = send_file(path, TYPES[format_], conditional=False, etag=False)
    answer.headers["Content-Disposition"] = _disposition(path, id_, format_)
    answer.headers["Content-Security-Policy"] = HTML_POLICY if format_ == "html" else FILE_POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _disposition(path: Path, id_: str, format_: str) -> str:
    """Named as RFC 6266 asks for, in ASCII and in UTF-8. The page is read in place, everything else is kept."""
    how = "inline" if format_ == "html" else "attachment"
    return f"{how}; filename=\"report-{id_}.{format_}\"; filename*=UTF-8''{quote(path.name, safe='')}"
