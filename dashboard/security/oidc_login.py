"""Logins that are on their way to a provider and back, and the account that a person has here afterwards."""

import msgspec
from sqlalchemy import BigInteger, Column, Engine, MetaData, String, Table, Text, delete, insert, select

from dashboard.security.accounts import (
    Account,
    AccountExists,
    LastAdmin,
    account_of_subject,
    change_account,
    create_account,
)
from dashboard.security.clock import MINUTE, Now
from dashboard.security.oidc_people import Identity, Pending
from dashboard.security.tables import hashed, new_token
from dashboard.store.engine import writing

COOKIE = "yiping_oidc"
WAIT = 10 * MINUTE

metadata = MetaData()
oidc_login = Table(
    "oidc_login",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("pending", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)


def remember(engine: Engine, now: Now, pending: Pending) -> str:
    """Keep a login for ten minutes; the secret goes into the cookie ``COOKIE`` of the browser that began it."""
    secret, at = new_token(), now()
    row = {"hash": hashed(secret), "pending": msgspec.json.encode(pending).decode(), "until": at + WAIT}
    with writing(engine) as connection:
        metadata.create_all(connection)
        connection.execute(delete(oidc_login).where(oidc_login.c.until <= at))
        connection.execute(insert(oidc_login), row)
    return secret


def recall(engine: Engine, now: Now, secret: str) -> Pending | None:
    """The login that a browser began, once; None for a browser that began none, or too long ago."""
    with writing(engine) as connection:
        metadata.create_all(connection)
        wanted = oidc_login.c.hash == hashed(secret)
        row = connection.execute(select(oidc_login).where(wanted)).one_or_none()
        connection.execute(delete(oidc_login).where(wanted))
    return None if row is None or row.until <= now() else msgspec.json.decode(row.pending, type=Pending)


def account_of(engine: Engine, now: Now, person: Identity) -> tuple[Account, str]:
    """The person's account, and what was done for it: ``created``, ``changed`` or nothing.

    The provider's word holds at each login. A name that somebody else has here gets a number: who calls himself
    ``admin`` over there does not become ours.
    """
    found = account_of_subject(engine, person.subject)
    if found is None:
        return _created(engine, now, person), "created"
    if _same(found, person):
        return found, ""
    role, region, unit, display = person.role, person.region, person.unit, person.display
    try:
        return change_account(engine, now, found.name, role=role, region=region, unit=unit, display=display), "changed"
    except LastAdmin:  # the provider cannot take away the last one who runs accounts
        return found, ""


def _same(found: Account, person: Identity) -> bool:
    return all(getattr(found, name) == getattr(person, name) for name in ("role", "region", "unit", "display"))


def _created(engine: Engine, now: Now, person: Identity) -> Account:
    for number in range(1, 100):
        name = person.name if number == 1 else f"{person.name}-{number}"
        try:
            return create_account(
                engine,
                now,
                name,
                person.role,
                display=person.display,
                region=person.region,
                unit=person.unit,
                subject=person.subject,
            )
        except AccountExists:  # of somebody else, or of the same person who logs in twice at once
            if found := account_of_subject(engine, person.subject):
                return found
    raise AccountExists(f"a hundred people are called {person.name}")
