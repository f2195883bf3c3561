"""Wall screens: approve, list, revoke."""

from dataclasses import dataclass

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from callbacks.doors.house import House, address, typed
from callbacks.doors.rendering import spoken
from dashboard.security import throttle
from dashboard.security.devices import approve, list_devices, revoke
from layouts.i18n import say, text

HOME = "/admin/devices"
DONE = {"approved": "doors.devices.approved", "revoked": "doors.devices.gone"}


@dataclass(frozen=True)
class Asked:
    """What the form of an approval holds."""

    code: str = ""
    name: str = ""
    region: str = ""


def devices(house: House) -> Blueprint:
    """Addresses under ``/admin/devices``."""
    routes = Blueprint("devices", __name__, url_prefix=HOME)

    @routes.get("")
    def show() -> Response:
        done = request.args.get("done", "")
        return devices_page(house, done=text(spoken(), DONE[done]) if done in DONE else "")

    @routes.post("")
    def let_in() -> Response:
        asked = Asked(typed("code"), typed("name"), typed("region"))
        if problem := house.unknown_place(asked.region):
            return devices_page(house, problem, asked=asked, status=400)
        if wait := _approved(house, asked):
            return devices_page(house, _why(wait), asked=asked, status=400 if wait == WRONG else 429)
        house.write("device.paired", asked.name, f"region={asked.region or '*'}")
        return redirect(house.forms.at(HOME, done="approved"), 303)

    @routes.post("/revoke")
    def send_away() -> Response:
        known = {row.id: row.name for row in list_devices(house.doorman.engine)}
        if revoke(house.doorman.engine, typed("id")):
            house.write("device.revoked", typed("id"), known.get(typed("id"), ""))
        return redirect(house.forms.at(HOME, done="revoked"), 303)

    return routes


WRONG = -1


def _why(wait: int) -> str:
    lang = spoken()
    return text(lang, "doors.devices.bad_code") if wait == WRONG else say(lang, "doors.login.wait", seconds=wait)


def _approved(house: House, asked: Asked) -> int:
    """0 where the screen is let in, the seconds to wait before another code is taken, or ``WRONG``."""
    engine, now, limits = house.doorman.engine, house.doorman.now, house.doorman.limits
    mine, shared = throttle.pairing_limits(g.caller.name, address(), limits)
    if wait := throttle.admit(engine, now, (mine, shared), limits):
        return wait
    if not approve(engine, now, asked.code, asked.region, asked.name, g.caller.name):
        return WRONG
    throttle.forgive(engine, now, mine, shared)
    return 0


def devices_page(
    house: House, problem: str = "", done: str = "", asked: Asked | None = None, status: int = 200
) -> Response:
    """The form of an approval and the list of screens."""
    found = list_devices(house.doorman.engine)
    return house.forms.page(
        "admin_devices.html", status, problem=problem, done=done, asked=asked or Asked(), devices=found,
        names=house.names(row.region for row in found), places=house.places(),
    )  # fmt: skip
