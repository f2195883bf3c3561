"""One's own account: password, sessions, and whose tracks one has looked at."""

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from callbacks.doors.entering import entered
from callbacks.doors.house import House, address, agent, typed
from callbacks.doors.rendering import spoken
from dashboard.api.rights import safe_next
from dashboard.security.accounts import Account, find_account
from dashboard.security.audit import AuditFilter, AuditRecord, read_audit
from dashboard.security.caller import Caller
from dashboard.security.doorman import Login
from dashboard.security.passwords import WeakPassword
from dashboard.security.sessions import SessionRecord, close_session, list_sessions
from layouts.i18n import say, text

LOOKS = 100


def own(house: House) -> Blueprint:
    """Addresses under ``/account``."""
    routes = Blueprint("own", __name__)

    @routes.get("/account")
    def show() -> Response:
        if g.caller.via != "session":
            return redirect("/login?next=/account", 303)
        done = request.args.get("done", "")
        return account_page(house, done=text(spoken(), DONE[done]) if done in DONE else "")

    @routes.post("/account/password")
    def password() -> Response:
        if key := _unfit():
            return account_page(house, text(spoken(), key), status=400)
        try:
            found = house.doorman.change_password(
                g.caller, request.form["old"], request.form["new"], address(), agent()
            )  # fmt: skip
        except WeakPassword:
            return account_page(house, text(spoken(), "doors.password.poor"), status=400)
        if isinstance(found, Login):
            return entered(found, "/account?done=changed" if g.caller.rights else safe_next(request.form.get("next")))
        if found.seconds:
            return account_page(house, say(spoken(), "doors.login.wait", seconds=found.seconds), status=429)
        return account_page(house, text(spoken(), "doors.password.wrong"), status=400)

    @routes.post("/account/sessions/end")
    def end() -> Response:
        wanted = typed("id")
        if any(row.id == wanted for row in own_sessions(house, g.caller)) and close_session(
            house.doorman.engine, wanted
        ):
            house.write("session.closed", wanted)
        return redirect("/account?done=session", 303)

    return routes


DONE = {"changed": "doors.password.done", "session": "doors.sessions.ended"}


def _unfit() -> str:
    """Key of what is wrong with the passwords of the running form, empty where nothing is."""
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if new != again:
        return "doors.password.differ"
    return "doors.password.same" if old == new else ""


def account_page(house: House, problem: str = "", done: str = "", status: int = 200) -> Response:
    """The page of the caller's own account."""
    caller: Caller = g.caller
    account = _account(house, caller)
    return house.forms.page(
        "account.html", status, problem=problem, done=done, region=house.region_name(caller.region),
        unit=house.unit_name(caller.unit),
        local=account is not None and account.has_password, must_change=not caller.rights,
        sessions=own_sessions(house, caller), everybody=False, looks=_looks(house, caller),
        next=safe_next(request.values.get("next")),
    )  # fmt: skip


def _account(house: House, caller: Caller) -> Account | None:
    return find_account(house.doorman.engine, caller.name)


def own_sessions(house: House, caller: Caller) -> list[SessionRecord]:
    """Open sessions of the caller's account."""
    account = _account(house, caller)
    if account is None:
        return []
    return list_sessions(house.doorman.engine, house.doorman.now, account, house.doorman.limits)


def _looks(house: House, caller: Caller) -> list[AuditRecord] | None:
    """The caller's own looks at tracks, newest first; None for whom tracks are closed anyway."""
    if not caller.may("tracks"):
        return None
    rows = read_audit(house.doorman.engine, AuditFilter(who=caller.name, action="worker.track"), limit=LOOKS)
    return [row for row in rows if row.who == caller.name]
