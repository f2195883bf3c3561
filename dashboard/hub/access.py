"""Who may watch what. Flask's ``before_request`` never sees ``/socket.io``, so the connection itself asks."""

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dashboard.security.caller import DEMO, Caller

Authenticate = Callable[[Mapping[str, Any], Any], Caller | None]
"""(WSGI environment, the client's ``auth``) -> who opens the connection, None: refused."""
Alive = Callable[[Iterable[Caller]], set[str]]
"""Of these callers, the ids of those who are still who they were: signed in, not revoked, with the same scope."""


def loopback_only(environ: Mapping[str, Any], _auth: object = None) -> Caller | None:
    """Everything for people on this machine, nothing for others: the demo."""
    try:
        address = ipaddress.ip_address(environ.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    return DEMO if address.is_loopback else None


def all_alive(callers: Iterable[Caller]) -> set[str]:
    """Everybody, where nobody can be sent away."""
    return {caller.id for caller in callers}
