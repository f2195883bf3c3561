"""Who may come in: the demo asks nothing of people on the machine itself, everything else asks for a key."""

import ipaddress
from typing import Protocol

import msgspec
from flask import Request
from sqlalchemy import Engine

from dashboard.api.entrance import Entrance
from dashboard.api.problems import Problem
from dashboard.security.caller import DEMO, Caller
from dashboard.security.keys import create_key_table, find_key


class Policy(Protocol):
    """Turns a request into a caller, or ends it with 401 or 403."""

    def caller(self, request: Request) -> Caller:
        """Raises ``Problem`` where nobody may come in."""
        ...


def bearer(request: Request) -> str | None:
    """The key of ``Authorization: Bearer``, or None where the header is absent. 401 for another scheme."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _unauthorized("the Authorization header must be: Bearer KEY")
    return key.strip()


class EntrancePolicy:
    """Whoever the entrance knows may read what his or her rights are; events are taken from keys alone.

    A cookie is sent by the browser whoever asked for the request, so none of them opens a way in.
    """

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    def caller(self, request: Request) -> Caller:
        """401 for a stranger; in the demonstration 403 for whoever is not on the machine itself."""
        key = bearer(request)
        found = self._entrance.caller(request)
        if found is None and key is None and self._entrance.demo:
            raise Problem(403, "the demo answers only to this machine", "Host")
        if found is None:
            raise _unauthorized("the API key is not known" if key else "this address needs an API key or a session")
        return found if found.via == "key" else msgspec.structs.replace(found, rights=found.rights - {"write"})


class KeyPolicy:
    """A bearer key for everything."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        create_key_table(engine)

    def caller(self, request: Request) -> Caller:
        """The caller of the request's key; 401 without one or with an unknown one."""
        key = bearer(request)
        if key is None:
            raise _unauthorized("this address needs an API key")
        found = find_key(self._engine, key)
        if found is None:
            raise _unauthorized("the API key is not known")
        return found


class DemoPolicy:
    """Reading needs no login, but only from the machine itself and by its own name; a key is honoured where given.

    Checking ``Host`` stops a web page elsewhere from reading through a name it points at 127.0.0.1.
    """

    def __init__(self, engine: Engine) -> None:
        self._keys = KeyPolicy(engine)

    def caller(self, request: Request) -> Caller:
        """``DEMO`` for loopback; 403 for anyone else."""
        if not _loopback(request.remote_addr or "") or not _loopback(_host_name(request.host)):
            raise Problem(403, "the demo answers only to this machine", "Host")
        if bearer(request) is not None:
            return self._keys.caller(request)
        return DEMO


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


def _unauthorized(detail: str) -> Problem:
    return Problem(401, detail, "Authorization", {"WWW-Authenticate": 'Bearer realm="yiping"'})
