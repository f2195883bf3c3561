"""Wall screens: a screen shows a code, an administrator who stands before it types the code, the screen gets a token.

The token never expires, may read boards and maps of one region and nothing personal, and can be revoked.
"""

import secrets

import msgspec
from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import OperationalError

from dashboard.config import SecuritySettings
from dashboard.security.accounts import DEFAULTS
from dashboard.security.caller import RIGHTS, Caller
from dashboard.security.clock import MINUTE, Now
from dashboard.security.sessions import SEEN_EVERY
from dashboard.security.storable import storable
from dashboard.security.tables import device, hashed, new_id, new_token, pairing
from dashboard.store.engine import writing

LETTERS = "ACDEFGHJKMNPQRTUVWXY3479"
"""No two of these are taken for each other across a room."""
LENGTH = 8
MOST_WAITING = 100
"""Requests that wait at once: a stranger may ask, but not without end."""


class TooManyWaiting(RuntimeError):  # noqa: N818
    """More screens than can be wait for approval."""


class PairingRequest(msgspec.Struct, frozen=True):
    """``code`` is shown on the wall, ``secret`` kept by its browser alone; both are worth nothing after ``until``."""

    code: str
    secret: str
    until: int


class Waiting(msgspec.Struct, frozen=True):
    """A screen that waits for approval."""

    code: str
    label: str
    until: int


class Device(msgspec.Struct, frozen=True):
    """A paired screen. ``label`` is what it said of itself, ``seen`` when it last asked, to a minute."""

    id: str
    name: str
    region: str
    label: str
    approved_by: str
    created: int
    seen: int


def ask_to_pair(engine: Engine, now: Now, label: str = "", settings: SecuritySettings = DEFAULTS) -> PairingRequest:
    """Begin a pairing. ``TooManyWaiting`` where too many have begun."""
    at = now()
    request = PairingRequest(new_code(), new_token(), at + int(settings.pairing_minutes * MINUTE))
    row = {"hash": hashed(request.secret), "code": request.code, "label": storable(label, 200)}
    row |= {"name": "", "region": "", "approved_by": ""}
    with writing(engine) as connection:
        connection.execute(delete(pairing).where(pairing.c.until <= at))
        if (connection.scalar(select(func.count()).select_from(pairing)) or 0) >= MOST_WAITING:
            raise TooManyWaiting("too many screens wait for approval; try again later")
        connection.execute(insert(pairing), row | {"until": request.until})
    return request


def new_code() -> str:
    """Eight characters out of 24: 110 thousand million codes for ten minutes each."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def waiting(engine: Engine, now: Now, code: str) -> Waiting | None:
    """The screen that shows a code and waits; spaces, hyphens and small letters make no difference."""
    question = select(pairing).where(
        pairing.c.code == _code(code), pairing.c.until > now(), pairing.c.approved_by == ""
    )
    with engine.connect() as connection:
        row = connection.execute(question).one_or_none()
    return None if row is None else Waiting(row.code, row.label, row.until)


def approve(engine: Engine, now: Now, code: str, region: str, name: str, by: str) -> bool:
    """Let the screen that shows ``code`` be the wall ``name`` of a region; False where no such screen waits."""
    waits = (pairing.c.code == _code(code)) & (pairing.c.until > now()) & (pairing.c.approved_by == "")
    with writing(engine) as connection:
        values = {"region": region, "name": storable(name, 100), "approved_by": by}
        return connection.execute(update(pairing).where(waits).values(**values)).rowcount > 0


def claim(engine: Engine, now: Now, secret: str) -> str | None:
    """The token of an approved screen, given once; None while nobody approved, after it was given, or too late."""
    ready = (pairing.c.hash == hashed(secret)) & (pairing.c.until > now()) & (pairing.c.approved_by != "")
    token, at = new_token(), now()
    with writing(engine) as connection:
        row = connection.execute(select(pairing).where(ready)).one_or_none()
        if row is None:
            return None
        connection.execute(delete(pairing).where(pairing.c.hash == row.hash))
        kept = {name: getattr(row, name) for name in ("name", "region", "label", "approved_by")}
        connection.execute(
            insert(device), kept | {"hash": hashed(token), "id": new_id("device"), "created": at, "seen": at}
        )
    return token


def find_device(engine: Engine, now: Now, token: str) -> Caller | None:
    """The wall a token stands for."""
    with engine.connect() as connection:
        row = connection.execute(select(device).where(device.c.hash == hashed(token))).one_or_none()
    if row is None:
        return None
    if now() - row.seen >= SEEN_EVERY:
        _touch(engine, row.id, now())
    return Caller(row.name, "wall", RIGHTS["wall"], row.region, "", "device", row.id)


def revoke(engine: Engine, id_: str) -> bool:
    """Forget a device by its public id; whether there was one."""
    with writing(engine) as connection:
        return connection.execute(delete(device).where(device.c.id == storable(id_, 40))).rowcount > 0


def list_devices(engine: Engine) -> list[Device]:
    """All paired screens by name."""
    columns = (device.c[name] for name in Device.__struct_fields__)
    with engine.connect() as connection:
        return [Device(*row) for row in connection.execute(select(*columns).order_by(device.c.name, device.c.id))]


def _code(typed: str) -> str:
    return "".join(ch for ch in typed.upper() if ch in LETTERS)


def _touch(engine: Engine, id_: str, at: int) -> None:
    """Best effort, as for sessions: a wall goes on while the database is busy."""
    try:
        with writing(engine) as connection:
            connection.execute(update(device).where(device.c.id == id_, device.c.seen < at).values(seen=at))
    except OperationalError:
        return
