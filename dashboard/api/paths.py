"""One address, one spelling: paths that mean another path after decoding are not found."""

import re

from flask import Request

_ODD = re.compile(
    r"//|\\|;|/\.{1,2}(/|$)"
    r"|%(0[0-9a-f]|1[0-9a-f]|2[def]|3[0-9b]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9aef])",
    re.IGNORECASE,
)
"""Doubled slashes, dot segments, encoded slashes, dots, control characters, and letters that need no encoding."""


def plain(raw: str) -> bool:
    """Whether a raw path (without its query) is in its one canonical spelling."""
    return _ODD.search(raw) is None


def raw_path(request: Request) -> str:
    """The path as it stood in the request line, before any decoding, without the query."""
    environ = request.environ
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or request.path
    return str(target).partition("?")[0]
