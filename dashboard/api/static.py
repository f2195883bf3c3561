"""Which answers are the same for everybody, and how long a browser may keep them."""

from collections.abc import Callable, Iterable
from typing import Any

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Header = tuple[str, str]

SHARED = ("/assets/", "/_dash-component-suites/", "/_favicon.ico")
"""Code and looks: the only answers that a cache may keep."""
ASSETS = "/assets/"
FOR_EVER = "public, max-age=31536000, immutable"


def may_be_kept(path: str, status: str, kind: str) -> bool:
    """Whether an answer of a content type is one that caches may keep."""
    return path.startswith(SHARED) and status[:3] in ("200", "304") and not kind.startswith("text/html")


def is_marked(path: str, query: str) -> bool:
    """Whether an address names one state of a file (``m``: Dash's time of change or a digest): it never changes."""
    return path.startswith(ASSETS) and query.startswith("m=") and len(query) > len("m=")
