"""Who may watch what. Flask's ``before_request`` never sees ``/socket.io``, so the connection itself asks."""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

Authenticate = Callable[[Mapping[str, Any], Any], str | None]
"""(WSGI environment, the client's ``auth``) -> region it may watch (empty: the whole city), None: refused."""


def loopback_only(environ: Mapping[str, Any], _auth: object = None) -> str | None:
    """Everything for people on this machine, nothing for others: the demo."""
    try:
        address = ipaddress.ip_address(environ.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    return "" if address.is_loopback else None
