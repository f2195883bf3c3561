"""A wall's browser asks to be let in: shows a code until somebody approves it, then goes to the wall."""

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from callbacks.doors.cookies import DEVICE_SECONDS, PAIRING, cookie, give, take
from callbacks.doors.house import House, agent
from dashboard.security.devices import TooManyWaiting, ask_to_pair, claim, waiting
from dashboard.security.doorman import DEVICE

POLL = 3
"""Seconds between two looks whether somebody approved."""


def pairing(house: House) -> Blueprint:
    """Addresses under ``/pair``."""
    routes = Blueprint("pairing", __name__)
    engine, now = house.doorman.engine, house.doorman.now

    @routes.get("/pair")
    def look() -> Response:
        if g.caller is not None and g.caller.via == "device":
            return redirect("/wall", 303)
        code, _, secret = cookie(request, PAIRING).partition(".")
        if secret and waiting(engine, now, code) is not None:
            minutes = f"{house.doorman.limits.pairing_minutes:g}"
            return house.forms.page("pair.html", refresh=str(POLL), code=_spaced(code), minutes=minutes)
        token = claim(engine, now, secret) if secret else None
        return house.forms.page("pair.html", code="") if token is None else _let_in(token)

    @routes.post("/pair")
    def ask() -> Response:
        try:
            asked = ask_to_pair(engine, now, agent(), house.doorman.limits)
        except TooManyWaiting:
            return house.forms.said("doors.pair.full", 503)
        answer = redirect(house.forms.at("/pair"), 303)
        give(answer, PAIRING, f"{asked.code}.{asked.secret}")
        return answer

    return routes


def _let_in(token: str) -> Response:
    answer = redirect("/wall", 303)
    give(answer, DEVICE, token, DEVICE_SECONDS)
    take(answer, PAIRING)
    return answer


def _spaced(code: str) -> str:
    """Two groups of four, as people read them out."""
    return f"{code[:4]} {code[4:]}"
