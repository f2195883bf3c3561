"""Everybody's open sessions."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from callbacks.doors.house import House, typed
from callbacks.doors.rendering import spoken
from dashboard.security.sessions import close_session, list_sessions
from layouts.i18n import text

HOME = "/admin/sessions"


def sessions(house: House) -> Blueprint:
    """Addresses under ``/admin/sessions``."""
    routes = Blueprint("sessions", __name__, url_prefix=HOME)
    engine, now, limits = house.doorman.engine, house.doorman.now, house.doorman.limits

    @routes.get("")
    def show() -> Response:
        found = list_sessions(engine, now, None, limits)
        done = text(spoken(), "doors.sessions.ended") if request.args.get("done") else ""
        return house.forms.page("admin_sessions.html", sessions=found, everybody=True, done=done)

    @routes.post("/end")
    def end() -> Response:
        if close_session(engine, typed("id")):
            house.write("session.closed", typed("id"))
        return redirect(house.forms.at(HOME, done="1"), 303)

    return routes
