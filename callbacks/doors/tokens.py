"""Tokens of forms, bound to the cookie that says who the browser is; nothing of a session is kept in the browser.

Flask-WTF seals and checks a token over ``session["csrf_token"]``. Here that value is a keyed hash of the session's or
device's cookie, so a token dies with its session; before a login it hangs on a random cookie of its own.
"""

import hashlib
import hmac
import secrets
from typing import Any

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect, generate_csrf

from callbacks.doors.cookies import VISIT, cookie, give
from dashboard.security.doorman import DEVICE, SESSION

FIELD = "csrf_token"
READABLE = "_csrf_token"
"""Cookie from which Dash's renderer takes the token of its requests: the one cookie that a script of ours may read."""


class Bound(dict[str, Any], SessionMixin):
    """What Flask calls the session of one request. ``visit`` is a random text to be set as a cookie, or empty."""

    modified = False
    visit = ""


class BoundSessions(SessionInterface):
    """Derives a session from the cookies of a request; stores nothing."""

    def open_session(self, app: Flask, request: Request) -> Bound:
        """The session of a request."""
        held = next((held for name in (SESSION, DEVICE, VISIT) if (held := cookie(request, name))), "")
        found = Bound()
        if not held:
            found.visit = held = secrets.token_urlsafe(32)
        key = app.secret_key if isinstance(app.secret_key, bytes) else str(app.secret_key).encode()
        found[FIELD] = hmac.new(key, f"form {held}".encode(), hashlib.sha256).hexdigest()
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Give the browser its random cookie where a form was made for it."""
        if isinstance(session, Bound) and session.visit and FIELD in g:
            give(response, VISIT, session.visit)


def protect(server: Flask, secret: bytes) -> CSRFProtect:
    """Seal forms with a secret. The gate decides which requests must show a token."""
    server.secret_key = secret
    server.session_interface = BoundSessions()
    server.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    return CSRFProtect(server)


def offer_token(response: Response, secure: bool) -> None:
    """Let the scripts of a page know its token."""
    response.set_cookie(READABLE, generate_csrf(), samesite="Strict", secure=secure)
