"""The doors: who comes in, by forms that the server renders, and the gate that every request passes.

``install_doors`` puts them on a Flask server, after the hub and the API and before or after the pages.
"""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from callbacks.doors.accounts import accounts
from callbacks.doors.audit import audit
from callbacks.doors.devices import devices
from callbacks.doors.entering import entering
from callbacks.doors.gate import Gate, stand
from callbacks.doors.house import House
from callbacks.doors.keys import keys
from callbacks.doors.openid import client_of, issuer_name, openid
from callbacks.doors.own import own
from callbacks.doors.pairing import pairing
from callbacks.doors.rendering import Forms
from callbacks.doors.secret import load_secret
from callbacks.doors.sessions import sessions
from callbacks.doors.status import status
from callbacks.doors.tokens import protect
from dashboard.api.entrance import Entrance
from dashboard.api.headers import harden
from dashboard.api.refusals import Refusals
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.operations.installation import Installation
from dashboard.security.audit import write_audit
from dashboard.security.doorman import Doorman

DOORS = (entering, own, pairing, accounts, devices, sessions, keys, audit)
"""A new door is a module and a place in this line."""


def install_doors(
    server: Flask,
    doorman: Doorman,
    settings: Settings,
    base: Callable[[], BaseData],
    directory: Path,
    demo: bool,
    installation: Installation | None = None,
) -> Entrance:
    """Put gate and doors on a server. Returns who says who asks, for the API's policy and the hub.

    ``installation`` is what ``/status`` shows.
    """
    server.url_map.merge_slashes = False
    house = House(doorman, settings, base, Forms(settings), issuer_name(settings.oidc))
    entrance = Entrance(doorman, demo)
    refusals = Refusals(lambda row: write_audit(doorman.engine, row), doorman.now)
    stand(server, Gate(house, entrance, refusals, protect(server, load_secret(directory))))
    for door in DOORS:
        server.register_blueprint(door(house))
    server.register_blueprint(status(house, installation or Installation(doorman.engine, directory)))
    if provider := client_of(settings.oidc, directory):
        server.register_blueprint(openid(house, provider))
    return entrance


__all__ = ["harden", "install_doors"]
