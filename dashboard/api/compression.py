"""Code and looks are sent packed, and packed once: a proxy that does it too finds nothing left to do.

Answers with somebody's data stay as they are: packed together with what a stranger can put into a page they would tell
of each other by their lengths (BREACH), and a machine room's network gains nothing.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import closing
from threading import Lock
from typing import Any

from werkzeug.wsgi import ClosingIterator

from dashboard.api.static import SHARED, WsgiApp

WORTH = 1_000
"""Bytes below which packing gains nothing."""
TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")
KEPT = 200
"""Packed answers that are remembered: all files of one version are some eighty."""
LEVEL = 6


class Packed:
    """WSGI middleware. The entity tag stays that of the file, which Dash compares letter by letter."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app
        self._known: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        if not _asked(environ):
            return self._app(environ, start_response)
        told: list[Any] = []
        body = self._app(environ, lambda *said: told.__setitem__(slice(None), said))
        status, headers = told[0], told[1]
        said = {name.lower(): value for name, value in headers}
        if status[:3] != "200" or not _worth(said):
            start_response(*told)
            return body
        marks = (said.get(name, "") for name in ("etag", "last-modified", "content-length"))
        packed = self._packed((environ["PATH_INFO"], environ.get("QUERY_STRING", ""), *marks), body)
        kept = [pair for pair in headers if pair[0].lower() not in ("content-length", "vary")]
        more = [("Content-Encoding", "gzip"), ("Content-Length", str(len(packed))), ("Vary", "Accept-Encoding")]
        start_response(status, kept + more)
        return [packed]

    def _packed(self, key: tuple[str, ...], body: Iterable[bytes]) -> bytes:
        with closing(ClosingIterator(body)) as parts:
            with self._lock:
                if (known := self._known.pop(key, None)) is not None:
                    self._known[key] = known
                    return known
            found = gzip.compress(b"".join(parts), LEVEL, mtime=0)
        with self._lock:
            self._known[key] = found
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return found


def _asked(environ: dict[str, Any]) -> bool:
    """Whether a request is for a whole shared file by somebody who unpacks."""
    whole = environ.get("REQUEST_METHOD") == "GET" and "HTTP_RANGE" not in environ
    return whole and environ.get("PATH_INFO", "").startswith(SHARED) and _takes(environ.get("HTTP_ACCEPT_ENCODING", ""))


def _takes(accepted: str) -> bool:
    for part in accepted.split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() == "gzip":
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _worth(said: dict[str, str]) -> bool:
    text = said.get("content-type", "").startswith(TEXTS)
    return text and "content-encoding" not in said and int(said.get("content-length", WORTH)) >= WORTH
