"""The gate before every request: one spelling, who is it, may he or she, was it asked by a page of our own."""

from dataclasses import dataclass

import dash
from flask import Flask, Response, g, redirect, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from callbacks.doors.house import House, address
from callbacks.doors.tokens import offer_token
from dashboard.api.entrance import Entrance
from dashboard.api.paths import plain, raw_path
from dashboard.api.problems import Problem
from dashboard.api.refusals import Refusals
from dashboard.api.rights import ANYBODY, DASH, from_own_page, home, may_open, rights_of
from dashboard.security.caller import Caller
from dashboard.store.engine import unavailable

MACHINES = ("/api/", "/metrics", "/healthz", "/readyz")
"""Addresses that answer in JSON; the ways in among them are opened by keys alone, never by cookies."""
UNNAMED = (*MACHINES, "/assets/", "/favicon.ico", "/_favicon.ico")
"""Where nobody's name is asked for here: the API has a door of its own, health is told while the store is away."""
FIRST_OF_ALL = ("/account", "/account/password", "/logout", "/login", "/assets")
"""What is open while a one-time password must be changed."""
EVERYTHING = "/<path:path>"
UNKNOWN_KEY = Caller("", "key", frozenset())
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Gate:
    """Stands before every request of Flask; the order of its questions is the order of ``ask``."""

    house: House
    entrance: Entrance
    refusals: Refusals
    seals: CSRFProtect

    def ask(self) -> BaseResponse | None:
        """The answer for whoever may not go on; None for the others, with the caller in ``g.caller``."""
        g.caller = None
        if not plain(raw_path(request)):
            return self.refuse("doors.missing", 404)
        if not request.path.startswith(UNNAMED):
            g.caller = self.entrance.caller(request)
        return self._let_in() or self._own_page() or self._onward()

    def _let_in(self) -> BaseResponse | None:
        needed, caller = rights_of(request.path), g.caller
        if needed == ANYBODY:
            return None
        if caller is None:
            return self._stranger()
        if _must_change(caller) and not request.path.startswith(FIRST_OF_ALL):
            return redirect(self.house.forms.at("/account", next=_wanted()), 303)
        if needed is None:
            return self.refuse("doors.missing", 404)
        if not may_open(caller, request.path):
            self.refusals.tell(caller, request.path, address())
            return self.refuse("doors.forbidden", 403)
        return None

    def _stranger(self) -> BaseResponse:
        """To the login, and back afterwards.

        A link from another site comes without our cookies, also for who is signed in: the page is asked for once more,
        by ourselves.
        """
        if request.path.startswith(DASH) or request.method not in SAFE:
            return refused_in_json(401)
        place = raw_place()
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            return self.house.forms.page("onward.html", refresh=f"0;url={place}", place=place)
        return redirect(self.house.forms.at("/login", next=_wanted()), 303)

    def _own_page(self) -> BaseResponse | None:
        """What changes something must come from a page of ours; callers by key have no cookies that could be abused."""
        if request.method in SAFE or request.path.startswith(MACHINES):
            return None
        if request.path.startswith(DASH) and not (from_own_page(request) and request.is_json):
            return refused_in_json(403)
        self.seals.protect()
        return None

    def _onward(self) -> BaseResponse | None:
        if request.path == "/" and g.caller is not None:
            return redirect(self.house.forms.at(home(g.caller)), 303)
        return self.refuse("doors.missing", 404) if _stray() else None

    def refuse(self, key: str, status: int) -> BaseResponse:
        """A refusal in the form that the asker reads."""
        if request.path.startswith((*MACHINES, DASH)):
            return refused_in_json(status)
        return self.house.forms.said(key, status)

    def stale(self, _: CSRFError) -> BaseResponse:
        """The token of a form does not fit: nothing was done."""
        return self.refuse("doors.stale", 400)

    def fault(self, error: InternalServerError) -> BaseResponse:
        """A fault of ours or of the store, without a word about its cause."""
        cause = error.original_exception
        if isinstance(cause, Exception) and unavailable(cause):
            return self.refuse("doors.unavailable", 503)
        return self.refuse("doors.fault", 500)

    def last(self, response: Response) -> Response:
        """Write refusals of the API down, and give the token of forms to pages with script."""
        if request.path.startswith(MACHINES):
            self._note(response.status_code)
        elif g.get("caller") is not None and response.mimetype == "text/html" and response.status_code == 200:
            offer_token(response, request.is_secure)
        return response

    def _note(self, status: int) -> None:
        caller: Caller | None = g.get("caller")
        if status == 403 and caller is not None:
            self.refusals.tell(caller, request.path, address())
        elif status == 401 and "Authorization" in request.headers:
            self.refusals.tell(UNKNOWN_KEY, request.path, address())


def _stray() -> bool:
    """Whether only Dash's rule for all paths would answer, with a page that nobody registered."""
    rule, pages = request.url_rule, dash.page_registry.values()
    return rule is not None and rule.rule == EVERYTHING and request.path not in {page["path"] for page in pages}


def _must_change(caller: Caller) -> bool:
    return caller.via == "session" and not caller.rights


def _wanted() -> str:
    """Where the running request wanted to go, empty where that was only the door."""
    place = raw_place()
    return "" if place == "/" else place


def raw_place() -> str:
    """Path and query of the running request as they stood in the request line."""
    query = request.query_string.decode("ascii", "replace")
    return raw_path(request) + (f"?{query}" if query else "")


def refused_in_json(status: int) -> Response:
    """A problem document that says no more than its status."""
    words = {401: "sign in first", 403: "not allowed", 404: "there is nothing at this address", 400: "not valid"}
    return Problem(status, words.get(status, "the request cannot be answered")).response()


def stand(server: Flask, gate: Gate) -> None:
    """Put the gate before every request of a server, before whatever else asks."""
    server.before_request_funcs.setdefault(None, []).insert(0, gate.ask)
    server.after_request(gate.last)
    server.register_error_handler(CSRFError, gate.stale)
    server.register_error_handler(InternalServerError, gate.fault)
