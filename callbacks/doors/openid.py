"""Login at an OpenID provider: there with a state and a cookie that points at it, back with proof."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from callbacks.doors.cookies import cookie, give, take
from callbacks.doors.entering import login_form, onward
from callbacks.doors.house import House, address, agent
from callbacks.doors.rendering import spoken
from dashboard.api.rights import safe_next
from dashboard.config import OidcSettings
from dashboard.security.audit import AuditRow, write_audit
from dashboard.security.doorman import SESSION, Login, Refusal
from dashboard.security.oidc_login import COOKIE, account_of, recall, remember
from dashboard.security.oidc_people import OidcRefused
from layouts.i18n import text

if TYPE_CHECKING:
    from dashboard.security.oidc import OpenId

BACK = "/oidc/callback"
MINUTES = 10
BETWEEN = "~"
"""Between the secret and the place to go on to, in the cookie; neither holds it."""


def client_of(settings: OidcSettings | None, directory: Path) -> "OpenId | None":
    """The client of the configured provider, None where there is none. ``OSError`` where its secret is not there."""
    if settings is None:
        return None
    from dashboard.security.oidc import OpenId  # 0.2 s of a start, for who has a provider

    return OpenId(settings, (directory / settings.client_secret_file).read_text(encoding="utf-8"))


def issuer_name(settings: OidcSettings | None) -> str:
    """How a login form calls the provider; empty where there is none."""
    return "" if settings is None else urlsplit(settings.issuer).hostname or settings.issuer


def openid(house: House, client: "OpenId") -> Blueprint:
    """Addresses under ``/oidc``."""
    routes = Blueprint("openid", __name__)
    engine, now = house.doorman.engine, house.doorman.now

    @routes.get("/oidc/start")
    def start() -> BaseResponse:
        try:
            there, pending = client.begin(_back(house))
        except OidcRefused as refusal:
            return _refused(house, refusal.reason)
        wanted = safe_next(request.args.get("next"))
        answer = redirect(there, 303)
        give(answer, COOKIE, remember(engine, now, pending) + BETWEEN + quote(wanted), MINUTES * 60, samesite="Lax")
        return answer

    @routes.get(BACK)
    def back() -> BaseResponse:
        secret, _, wanted = cookie(request, COOKIE).partition(BETWEEN)
        pending = recall(engine, now, secret) if secret else None
        if pending is None:
            return _refused(house, "state")
        try:
            person, done = account_of(engine, now, client.finish(pending, request.args.to_dict()))
        except OidcRefused as refusal:
            return _refused(house, refusal.reason)
        found = house.doorman.enter(person, address(), agent(), "openid")
        if isinstance(found, Refusal):
            return _refused(house, "account")
        if done:
            house.doorman.note(found.session.caller, f"account.{done}", person.name, "openid", address())
        return _entered(house, found, safe_next(unquote(wanted)))

    return routes


def _back(house: House) -> str:
    """Where the provider sends the browser back to."""
    site = next(iter(house.settings.origins), request.host_url.rstrip("/"))
    return f"{site.rstrip('/')}{BACK}"


def _entered(house: House, login: Login, wanted: str) -> Response:
    """A page that goes on by itself: a redirect would still count as made by the provider, and bring no cookie."""
    place = onward(login, wanted)
    answer = house.forms.page("onward.html", refresh=f"0;url={place}", place=place)
    give(answer, SESSION, login.token)
    take(answer, COOKIE)
    return answer


def _refused(house: House, reason: str) -> BaseResponse:
    row = AuditRow(house.doorman.now(), "", "login.refused", "", f"openid: {reason}", "", address(), "refused")
    write_audit(house.doorman.engine, row)
    answer = login_form(house, text(spoken(), "doors.login.issuer_failed"), 403)
    take(answer, COOKIE)
    return answer
