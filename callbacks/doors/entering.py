"""In and out: login with a name and a password, logout."""

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from callbacks.doors.cookies import give, take
from callbacks.doors.house import House, address, agent, typed
from callbacks.doors.rendering import spoken
from dashboard.api.rights import home, safe_next
from dashboard.security.doorman import SESSION, Login
from layouts.i18n import say, text


def entering(house: House) -> Blueprint:
    """Addresses of login and logout."""
    routes = Blueprint("entering", __name__)

    @routes.get("/login")
    def ask() -> Response:
        return login_form(house)

    @routes.post("/login")
    def login() -> Response:
        found = house.doorman.login(typed("name"), request.form.get("password", ""), address(), agent())
        if isinstance(found, Login):
            return entered(found, safe_next(request.form.get("next")))
        if not found.seconds:
            return login_form(house, text(spoken(), "doors.login.refused"), 403)
        answer = login_form(house, say(spoken(), "doors.login.wait", seconds=found.seconds), 429)
        answer.headers["Retry-After"] = str(found.seconds)
        return answer

    @routes.post("/logout")
    def logout() -> Response:
        house.doorman.logout(g.caller, address())
        answer = redirect("/login", 303)
        take(answer, SESSION)
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    return routes


def login_form(house: House, problem: str = "", status: int = 200) -> Response:
    """The form of the login, with what went wrong."""
    place = safe_next(request.values.get("next"))
    return house.forms.page(
        "login.html", status, problem=problem, issuer=house.issuer, next=place, name=typed("name")
    )  # fmt: skip


def entered(login: Login, place: str) -> Response:
    """Go on with a session: whatever cookie the browser had before is replaced by a new one."""
    answer = redirect(onward(login, place), 303)
    give(answer, SESSION, login.token)
    return answer


def onward(login: Login, place: str) -> str:
    """Where a person goes after the login: where he or she wanted to, else to the own work, in the form's language."""
    if place != "/":
        return place
    return home(login.session.caller) + ("?lang=en" if spoken() == "en" else "")
