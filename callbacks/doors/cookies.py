"""Cookies of the doors: never read by scripts, never sent by requests that another site made."""

from flask import Request, request
from werkzeug.wrappers import Response

from dashboard.security.doorman import cookie_name

VISIT = "yiping_visit"
"""Random text on which the forms of a browser hang that nobody has signed in with."""
PAIRING = "yiping_pairing"
"""Code and secret of a screen that waits for approval."""
DEVICE_SECONDS = 400 * 24 * 3600
"""How long a browser keeps a wall's token: as long as browsers keep any cookie. Every visit of a wall renews it."""


def cookie(asked: Request, name: str) -> str:
    """A cookie of a request, empty where there is none."""
    return asked.cookies.get(cookie_name(name, asked.is_secure), "")


def give(response: Response, name: str, value: str, seconds: int | None = None, samesite: str = "Strict") -> None:
    """Set a cookie; without ``seconds`` it ends with the browser."""
    kept = cookie_name(name, request.is_secure)
    response.set_cookie(kept, value, max_age=seconds, httponly=True, samesite=samesite, secure=request.is_secure)


def take(response: Response, name: str) -> None:
    """Remove a cookie."""
    kept = cookie_name(name, request.is_secure)
    response.delete_cookie(kept, httponly=True, secure=request.is_secure, samesite="Strict")
