"""People who may log in: a name, a role, a region and a unit. What changes these or the password ends the sessions."""

import unicodedata
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, func, insert, inspect, select, update

from dashboard.config import SecuritySettings
from dashboard.security.caller import ROLES
from dashboard.security.clock import HOUR, Now
from dashboard.security.passwords import check_password, hash_password, matches, one_time_password, outdated
from dashboard.security.storable import storable
from dashboard.security.tables import account, create_security_tables, new_id
from dashboard.store.engine import writing

ADMIN = "admin"
LONGEST_NAME = 64
LONGEST_DISPLAY = 100
DEFAULTS = SecuritySettings()


class AccountExists(ValueError):  # noqa: N818
    """There is an account of that name already."""


class LastAdmin(ValueError):  # noqa: N818
    """Nobody would be left who may run accounts."""


class Account(msgspec.Struct, frozen=True):
    """One account without its password. ``name`` is case-folded, ``display`` as people write it; empty ``region`` is
    the whole city, empty ``unit`` all units. ``password_until`` ends a one-time password (epoch ms)."""

    id: str
    name: str
    display: str
    role: str
    region: str
    unit: str
    subject: str | None
    disabled: bool
    must_change: bool
    password_until: int | None
    has_password: bool
    generation: int
    created: int
    changed: int


def folded(name: str) -> str:
    """The name as it is compared: compatibility forms and capitals make no difference."""
    return unicodedata.normalize("NFKC", storable(name, 4 * LONGEST_NAME)).strip().casefold()


def create_account(
    engine: Engine,
    now: Now,
    name: str,
    role: str,
    password: str | None = None,
    *,
    display: str = "",
    region: str = "",
    unit: str = "",
    subject: str | None = None,
    must_change: bool = False,
    settings: SecuritySettings = DEFAULTS,
) -> Account:
    """Store an account. ``AccountExists``, ``WeakPassword``, ValueError for a name or role that cannot be.

    With ``must_change`` the password is a one-time password and ends after ``one_time_hours``.
    """
    key = _checked_name(name)
    _check_role(role, unit)
    row: dict[str, Any] = {
        "id": new_id("account"),
        "name": key,
        "display": storable(display or name, LONGEST_DISPLAY).strip() or key,
        "role": role,
    }
    row |= {"region": region, "unit": unit, "subject": subject, "disabled": 0, "generation": 1}
    row |= {"created": now(), "changed": now(), **_password(password, key, must_change, now(), settings)}
    if not inspect(engine).has_table(account.name):
        create_security_tables(engine)
    with writing(engine) as connection:
        if _found(connection, account.c.name == key) or (subject and _found(connection, account.c.subject == subject)):
            raise AccountExists(f"there is an account {key!r} already")
        connection.execute(insert(account), row)
        return _one(connection, row["id"])


def find_account(engine: Engine, name: str) -> Account | None:
    """The account of a name in any spelling."""
    with engine.connect() as connection:
        return _found(connection, account.c.name == folded(name))


def account_of_subject(engine: Engine, subject: str) -> Account | None:
    """The account of a person of the OpenID provider."""
    with engine.connect() as connection:
        return _found(connection, account.c.subject == subject)


def list_accounts(engine: Engine) -> list[Account]:
    """All accounts by name."""
    with engine.connect() as connection:
        return [_account(row._mapping) for row in connection.execute(select(account).order_by(account.c.name))]


def change_account(
    engine: Engine,
    now: Now,
    name: str,
    *,
    role: str | None = None,
    region: str | None = None,
    unit: str | None = None,
    display: str | None = None,
    disabled: bool | None = None,
) -> Account:
    """Change what is given; all but ``display`` ends the account's sessions. LookupError where there is no account,
    ``LastAdmin`` where no enabled admin would be left."""
    given = {"role": role, "region": region, "unit": unit, "disabled": None if disabled is None else int(disabled)}
    with writing(engine) as connection:
        before = _known(connection, name)
        _check_role(before.role if role is None else role, before.unit if unit is None else unit)
        changed = {key: value for key, value in given.items() if value is not None and value != getattr(before, key)}
        if before.role == ADMIN and not before.disabled and (changed.get("disabled") or "role" in changed):
            _keep_an_admin(connection, before)
        shown = {} if display is None else {"display": storable(display, LONGEST_DISPLAY).strip() or before.name}
        _write(connection, now(), before, changed | shown, ends_sessions=bool(changed))
        return _one(connection, before.id)


def set_password(
    engine: Engine,
    now: Now,
    name: str,
    password: str,
    *,
    must_change: bool = False,
    settings: SecuritySettings = DEFAULTS,
) -> Account:
    """Give an account a password, which ends its sessions. ``WeakPassword``; LookupError where there is no account."""
    values = _password(password, folded(name), must_change, now(), settings)
    with writing(engine) as connection:
        before = _known(connection, name)
        _write(connection, now(), before, values, ends_sessions=True)
        return _one(connection, before.id)


def verify(engine: Engine, now: Now, name: str, password: str) -> Account | None:
    """The account whose password this is; None for any reason at all, in about the same time."""
    with engine.connect() as connection:
        row = connection.execute(select(account).where(account.c.name == folded(name))).mappings().one_or_none()
    stored = None if row is None else row["password"]
    right = matches(stored, password)
    if not right or row is None or row["disabled"] or _ended(row["password_until"], now()):
        return None
    if stored and outdated(stored):
        with writing(engine) as connection:
            again = update(account).where(account.c.id == row["id"], account.c.password == stored)
            connection.execute(again.values(password=hash_password(password)))
    return _account(row)


def _ended(until: int | None, now: int) -> bool:
    return until is not None and until < now


def ensure_first_admin(engine: Engine, now: Now, settings: SecuritySettings = DEFAULTS) -> str | None:
    """Create ``admin`` where there is no account at all; its one-time password, to be shown once, or None."""
    create_security_tables(engine)
    with engine.connect() as connection:
        if connection.scalar(select(func.count()).select_from(account)):
            return None
    password = one_time_password()
    create_account(engine, now, ADMIN, ADMIN, password, must_change=True, settings=settings)
    return password


def _checked_name(name: str) -> str:
    key = folded(name)
    if not 0 < len(key) <= LONGEST_NAME or any(unicodedata.category(ch)[0] in "CZ" for ch in key):
        raise ValueError(f"a name has 1 to {LONGEST_NAME} characters and no spaces: {name!r}")
    return key


def _check_role(role: str, unit: str) -> None:
    if role not in ROLES:
        raise ValueError(f"unknown role {role!r}: use {', '.join(ROLES)}")
    if role == "unit" and not unit:  # it would see the cases of all units
        raise ValueError("the role unit needs the code of a unit")


def _password(password: str | None, name: str, once: bool, now: int, settings: SecuritySettings) -> dict[str, Any]:
    if password is None:
        return dict.fromkeys(("password", "password_until")) | {"must_change": 0}
    check_password(password, name, settings.password_min)
    until = now + int(settings.one_time_hours * HOUR) if once else None
    return {"password": hash_password(password), "must_change": int(once), "password_until": until}


def _keep_an_admin(connection: Connection, leaving: Account) -> None:
    others = select(func.count()).select_from(account)
    others = others.where(account.c.role == ADMIN, account.c.disabled == 0, account.c.id != leaving.id)
    if not connection.scalar(others):
        raise LastAdmin(f"{leaving.name} is the last who may run accounts")


def _write(connection: Connection, now: int, before: Account, values: dict[str, Any], ends_sessions: bool) -> None:
    if values:
        values = values | {"changed": now, "generation": before.generation + ends_sessions}
        connection.execute(update(account).where(account.c.id == before.id).values(**values))


def _known(connection: Connection, name: str) -> Account:
    found = _found(connection, account.c.name == folded(name))
    if found is None:
        raise LookupError(f"there is no account {name!r}")
    return found


def _one(connection: Connection, id_: str) -> Account:
    return _account(connection.execute(select(account).where(account.c.id == id_)).mappings().one())


def _found(connection: Connection, condition: Any) -> Account | None:
    row = connection.execute(select(account).where(condition)).mappings().one_or_none()
    return None if row is None else _account(row)


def _account(row: Any) -> Account:
    values = {name: row[name] for name in Account.__struct_fields__ if name != "has_password"}
    values |= {"disabled": bool(row["disabled"]), "must_change": bool(row["must_change"])}
    return Account(**values, has_password=row["password"] is not None)
