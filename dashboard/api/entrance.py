"""Who sends a request: one answer for pages, forms, API and sockets."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Request

from dashboard.security.caller import DEMO, Caller
from dashboard.security.credentials import key_in


class Recogniser(Protocol):
    """Knows sessions, devices and keys."""

    def identify(self, cookies: Mapping[str, str], bearer: str | None = None, secure: bool = False) -> Caller | None:
        """The caller behind cookies or the key of a header; None for nobody. ``secure``: asked over TLS."""
        ...


@dataclass(frozen=True)
class Entrance:
    """``demo``: people on the machine itself need no account, as long as they call it by its own name.

    Checking ``Host`` stops a web page elsewhere from reading through a name that it points at 127.0.0.1.
    """

    recogniser: Recogniser
    demo: bool = False

    def caller(self, request: Request) -> Caller | None:
        """Who sends a request. A key in the header counts alone: whoever sends one means to be that."""
        if "Authorization" in request.headers:
            key = key_in(request.headers["Authorization"])
            return None if key is None else self.recogniser.identify({}, key)
        found = self.recogniser.identify(request.cookies, None, request.is_secure)
        return DEMO if found is None and self.demo and at_the_machine(request) else found

    def socket(self, environ: Mapping[str, Any], _auth: object = None) -> Caller | None:
        """The same for the request that opens a socket; whoever may not watch gets none."""
        found = self.caller(Request(dict(environ)))
        return found if found is not None and found.may("wall") else None


def at_the_machine(request: Request) -> bool:
    """Whether a request comes from the machine itself and calls it by a name of the machine itself."""
    return _loopback(request.remote_addr or "") and _loopback(_host_name(request.host))


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


def _loopback(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
