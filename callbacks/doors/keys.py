"""Keys of machines: make, list, revoke. The text of a key is shown once."""

from dataclasses import dataclass

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from callbacks.doors.house import House, typed
from callbacks.doors.rendering import spoken
from dashboard.security.keys import SCOPES, create_key, list_keys, revoke_key
from layouts.i18n import text

HOME = "/admin/keys"


@dataclass(frozen=True)
class Asked:
    """What the form of a key holds."""

    name: str = ""
    scopes: tuple[str, ...] = ("read",)
    region: str = ""


def keys(house: House) -> Blueprint:
    """Addresses under ``/admin/keys``."""
    routes = Blueprint("keys", __name__, url_prefix=HOME)
    engine = house.doorman.engine

    @routes.get("")
    def show() -> Response:
        done = text(spoken(), "doors.keys.gone") if request.args.get("done") else ""
        return keys_page(house, done=done)

    @routes.post("")
    def add() -> Response:
        wanted = tuple(scope for scope in SCOPES if scope in request.form.getlist("scope"))
        asked = Asked(typed("name")[:100], wanted, typed("region"))
        taken = any(row.name == asked.name for row in list_keys(engine))
        problem = house.unknown_place(asked.region)
        if taken or not asked.name or not asked.scopes:
            problem = text(spoken(), "doors.keys.exists")
        if problem:
            return keys_page(house, problem, asked=asked, status=400)
        made = create_key(engine, asked.name, asked.scopes, asked.region, house.doorman.now())
        house.write("key.created", asked.name, f"scopes={' '.join(asked.scopes)} region={asked.region or '*'}")
        return keys_page(house, asked=asked, key=made)

    @routes.post("/revoke")
    def send_away() -> Response:
        name = request.form.get("name", "")
        if revoke_key(engine, name):
            house.write("key.revoked", name)
        return redirect(house.forms.at(HOME, done="1"), 303)

    return routes


def keys_page(
    house: House, problem: str = "", done: str = "", asked: Asked | None = None, key: str = "", status: int = 200
) -> Response:
    """The list of keys and the form for a new one. ``key`` is shown this once."""
    found = list_keys(house.doorman.engine)
    return house.forms.page(
        "admin_keys.html", status, problem=problem, done=done, asked=asked or Asked(), key=key, keys=found,
        scopes=tuple(SCOPES), names=house.names(row.region for row in found), places=house.places(),
    )  # fmt: skip
