"""Which right each address needs, and what a request must show before anything answers it."""

import re
from urllib.parse import urlsplit

from flask import Request

from dashboard.security.caller import Caller

ANYBODY: frozenset[str] = frozenset()
KNOWN = frozenset({"known"})
"""Stands for no right in particular: whoever is known at all."""
DASH = "/_dash-"

PATHS: tuple[tuple[str, frozenset[str]], ...] = (
    ("/login", ANYBODY),
    ("/oidc", ANYBODY),
    ("/pair", ANYBODY),
    ("/healthz", ANYBODY),
    ("/readyz", ANYBODY),
    ("/assets", ANYBODY),
    ("/favicon.ico", ANYBODY),
    ("/_favicon.ico", ANYBODY),
    ("/api", ANYBODY),
    ("/metrics", ANYBODY),
    ("/", KNOWN),
    ("/logout", KNOWN),
    ("/account", KNOWN),
    ("/wall", frozenset({"wall"})),
    ("/region", frozenset({"read"})),
    ("/cases", frozenset({"read"})),
    ("/case", frozenset({"read"})),
    ("/ranking", frozenset({"read"})),
    ("/score", frozenset({"read"})),
    ("/worker", frozenset({"tracks"})),
    ("/reports", frozenset({"read"})),
    ("/report", frozenset({"read"})),
    ("/export", frozenset({"export"})),
    ("/prepared", frozenset({"read"})),
    ("/admin", frozenset({"accounts"})),
    ("/audit", frozenset({"audit"})),
    ("/status", frozenset({"status"})),
    ("/_dash-component-suites", frozenset({"wall", "read"})),
    ("/_dash-layout", frozenset({"wall", "read"})),
    ("/_dash-dependencies", frozenset({"wall", "read"})),
    ("/_dash-update-component", frozenset({"wall", "read"})),
    ("/_reload-hash", frozenset({"wall", "read"})),
)
"""First part of a path -> rights of which one is enough. What is not here does not exist. ``/api`` and ``/metrics``
have a door of their own, which answers machines in their form."""
HOMES = (("read", "/region"), ("wall", "/wall"), ("accounts", "/admin/accounts"), ("audit", "/audit"))
_FIRST = re.compile(r"/[^/]*")
_PLACE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def rights_of(path: str) -> frozenset[str] | None:
    """Rights of which one opens a path (empty: open to everybody); None where there is no such path."""
    found = _FIRST.match(path)
    return dict(PATHS).get(found[0]) if found else None


def may_open(caller: Caller, path: str) -> bool:
    """Whether a caller may see what is at a path."""
    needed = rights_of(path)
    return needed is not None and (needed <= KNOWN or bool(needed & caller.rights))


def home(caller: Caller) -> str:
    """Where a caller's work begins."""
    if caller.via == "demo":
        return "/wall"
    return next((path for right, path in HOMES if caller.may(right)), "/account")


def safe_next(asked: str | None) -> str:
    """An address of this site to go on to after a login, or "/" where a text names something else.

    It starts with one slash and holds neither backslashes nor spaces nor control characters, which browsers drop or
    read as slashes.
    """
    text = asked or ""
    return text if _PLACE.fullmatch(text) and not text.startswith("/log") else "/"


def from_own_page(request: Request) -> bool:
    """Whether a request that changes something was made by a page of this very origin.

    ``Sec-Fetch-Site`` cannot be set by a page; ``Origin`` is what older browsers send. One of them must be there.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if origin is not None and urlsplit(origin)[:2] != (request.scheme, request.host):
        return False
    return site == "same-origin" if site is not None else origin is not None
