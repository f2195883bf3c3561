"""People who may log in: list, add, change, disable."""

from dataclasses import dataclass

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from callbacks.doors.house import House, typed
from callbacks.doors.rendering import spoken
from dashboard.security.accounts import (
    Account,
    AccountExists,
    LastAdmin,
    change_account,
    create_account,
    find_account,
    list_accounts,
    set_password,
)
from dashboard.security.caller import ROLES
from dashboard.security.passwords import one_time_password
from layouts.i18n import text

PEOPLE = tuple(role for role in ROLES if role != "wall")
"""Roles of people; a wall is a device."""
HOME = "/admin/accounts"


@dataclass(frozen=True)
class Asked:
    """What the form of an account holds."""

    name: str = ""
    role: str = "leader"
    region: str = ""
    unit: str = ""


def accounts(house: House) -> Blueprint:
    """Addresses under ``/admin/accounts``."""
    routes = Blueprint("accounts", __name__, url_prefix=HOME)
    engine, now, limits = house.doorman.engine, house.doorman.now, house.doorman.limits

    @routes.get("")
    def show() -> Response:
        return accounts_page(house)

    @routes.post("")
    def add() -> Response:
        asked = _asked(typed("name"))
        if problem := unfit(house, asked):
            return accounts_page(house, problem, asked, status=400)
        password = one_time_password()
        try:
            made = create_account(
                engine, now, asked.name, asked.role, password, region=asked.region, unit=asked.unit, must_change=True,
                settings=limits,
            )  # fmt: skip
        except (AccountExists, ValueError):
            return accounts_page(house, text(spoken(), "doors.accounts.exists"), asked, status=400)
        house.write("account.created", made.name, _said(asked))
        return accounts_page(house, created=made.name, once=password)

    @routes.get("/one")
    def one() -> Response:
        account = find_account(engine, request.args.get("name", ""))
        if account is None:
            return house.forms.said("doors.missing", 404)
        done = text(spoken(), "doors.saved") if request.args.get("done") else ""
        return account_page(house, account, done=done)

    @routes.post("/one")
    def change() -> Response:
        account = find_account(engine, typed("name"))
        if account is None:
            return house.forms.said("doors.missing", 404)
        asked = _asked(account.name)
        problem = unfit(house, asked)
        if account.name == g.caller.name and asked.role != account.role:
            problem = text(spoken(), "doors.accounts.own_role")
        if problem:
            return account_page(house, account, problem, status=400)
        try:
            change_account(engine, now, account.name, role=asked.role, region=asked.region, unit=asked.unit)
        except LastAdmin:
            return account_page(house, account, text(spoken(), "doors.accounts.last"), status=400)
        house.write("account.changed", account.name, _said(asked))
        return _back(house, account.name)

    @routes.post("/state")
    def state() -> Response:
        account, disabled = find_account(engine, typed("name")), typed("disabled") == "1"
        if account is None:
            return house.forms.said("doors.missing", 404)
        if account.name == g.caller.name:
            return account_page(house, account, text(spoken(), "doors.accounts.own"), status=400)
        change_account(engine, now, account.name, disabled=disabled)
        house.write("account.changed", account.name, "disabled" if disabled else "enabled")
        return _back(house, account.name)

    @routes.post("/password")
    def password() -> Response:
        account = find_account(engine, typed("name"))
        if account is None or not account.has_password:
            return house.forms.said("doors.missing", 404)
        fresh = one_time_password()
        set_password(engine, now, account.name, fresh, must_change=True, settings=limits)
        house.write("account.password", account.name, "one-time")
        return account_page(house, account, once=fresh)

    return routes


def _asked(name: str) -> Asked:
    return Asked(name, typed("role"), typed("region"), typed("unit"))


def unfit(house: House, asked: Asked) -> str:
    """What is wrong with the role and scope of a form, in words; empty where nothing is."""
    if asked.role not in PEOPLE:
        return text(spoken(), "doors.role.unknown")
    if asked.role == "unit" and not asked.unit:
        return text(spoken(), "doors.unit.missing")
    return house.unknown_place(asked.region, asked.unit)


def _said(asked: Asked) -> str:
    return f"role={asked.role} region={asked.region or '*'} unit={asked.unit or '*'}"


def _back(house: House, name: str) -> Response:
    return redirect(house.forms.at(f"{HOME}/one", name=name, done="1"), 303)


def accounts_page(
    house: House, problem: str = "", asked: Asked | None = None, created: str = "", once: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    """The list of accounts and the form for a new one. ``once`` is its one-time password, shown this once."""
    found = list_accounts(house.doorman.engine)
    return house.forms.page(
        "admin_accounts.html", status, problem=problem, done="", accounts=found, asked=asked or Asked(),
        created=created, once=once, roles=roles(), names=house.names(row.region for row in found),
        unit_name=house.unit_name,
        places=house.places(), units=house.units(),
    )  # fmt: skip


def account_page(
    house: House, account: Account, problem: str = "", done: str = "", once: str = "", status: int = 200
) -> Response:
    """One account. ``once`` is its one-time password, shown this once."""
    return house.forms.page(
        "admin_account.html", status, account=account, problem=problem, done=done, once=once, roles=roles(),
        places=house.places(), units=house.units(), own=account.name == g.caller.name,
    )  # fmt: skip


def roles() -> list[tuple[str, str]]:
    """Roles of people with their names."""
    return [(role, text(spoken(), f"role.{role}")) for role in PEOPLE]
