"""Who may come in to the API: whoever the entrance knows; 401 and 403 as documents for all others."""

from typing import Protocol

import msgspec
from flask import Request, g

from dashboard.api.entrance import Entrance
from dashboard.api.problems import Problem
from dashboard.security.caller import Caller
from dashboard.security.credentials import key_in


class Policy(Protocol):
    """Turns a request into a caller, or ends it with 401 or 403."""

    def caller(self, request: Request) -> Caller:
        """Raises ``Problem`` where nobody may come in."""
        ...


def key_of(request: Request) -> str | None:
    """The key of the ``Authorization`` header, or None where the header is absent. 401 where it holds none."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    key = key_in(header)
    if key is None:
        raise _unauthorized("the Authorization header must be: Bearer KEY, or Basic with the key as the password")
    return key


class EntrancePolicy:
    """Whoever the entrance knows may read what his or her rights are; events are taken from keys alone.

    A cookie is sent by the browser whoever asked for the request, so none of them opens a way in.
    """

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    def caller(self, request: Request) -> Caller:
        """401 for a stranger; in the demonstration 403 for whoever is not on the machine itself."""
        key = key_of(request)
        found = self._entrance.caller(request)
        if found is None and key is None and self._entrance.demo:
            raise Problem(403, "the demo answers only to this machine", "Host")
        if found is None:
            raise _unauthorized("the API key is not known" if key else "this address needs an API key or a session")
        g.caller = found
        return found if found.via == "key" else msgspec.structs.replace(found, rights=found.rights - {"write"})


def _unauthorized(detail: str) -> Problem:
    return Problem(401, detail, "Authorization", {"WWW-Authenticate": 'Bearer realm="yiping"'})
