"""Sessions live on the server: the browser holds a random token, the database its hash, and closing one is final.

A session ends by itself when nobody used it for a while, after its longest life, and with the next generation of
its account: a changed role, region, unit or password, or the account disabled.
"""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Engine, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from dashboard.config import SecuritySettings
from dashboard.security.accounts import DEFAULTS, Account
from dashboard.security.caller import RIGHTS, Caller
from dashboard.security.clock import HOUR, MINUTE, Now
from dashboard.security.storable import storable
from dashboard.security.tables import account, hashed, new_id, new_token, session
from dashboard.store.engine import writing

SEEN_EVERY = MINUTE
"""How exactly ``seen`` is kept: a page asks many times a minute, the disk is asked once."""


class Session(msgspec.Struct, frozen=True):
    """An open session. While ``must_change`` holds, the caller has no right but to choose a password.

    ``csrf`` is the secret that forms of this session carry.
    """

    caller: Caller
    csrf: str
    display: str
    must_change: bool
    created: int
    seen: int


class SessionRecord(msgspec.Struct, frozen=True):
    """A session as an administrator sees it."""

    id: str
    name: str
    display: str
    role: str
    address: str
    agent: str
    created: int
    seen: int


def open_session(
    engine: Engine,
    now: Now,
    owner: Account,
    address: str = "",
    agent: str = "",
    settings: SecuritySettings = DEFAULTS,
) -> str:
    """Store a session of the account as it is now and return its token, the only time it is seen."""
    token, at = new_token(), now()
    row = {"hash": hashed(token), "id": new_id("session"), "account": owner.id, "generation": owner.generation}
    row |= {
        "csrf": new_token(),
        "address": storable(address, 100),
        "agent": storable(agent, 200),
        "created": at,
        "seen": at,
    }
    with writing(engine) as connection:
        connection.execute(delete(session).where(~living(at, settings)))
        connection.execute(insert(session), row)
    return token


def find_session(engine: Engine, now: Now, token: str, settings: SecuritySettings = DEFAULTS) -> Session | None:
    """The session of a token while it lives."""
    at = now()
    with engine.connect() as connection:
        question = _joined(at, settings).where(session.c.hash == hashed(token))
        row = connection.execute(question).mappings().one_or_none()
    if row is None:
        return None
    if at - row["seen"] >= SEEN_EVERY:
        _touch(engine, row["id"], at)
    return _session(row)


def close_session(engine: Engine, id_: str) -> bool:
    """End a session by its public id; whether it was open."""
    with writing(engine) as connection:
        return connection.execute(delete(session).where(session.c.id == storable(id_, 40))).rowcount > 0


def close_sessions_of(engine: Engine, owner: Account) -> int:
    """End all sessions of an account; how many there were."""
    with writing(engine) as connection:
        return connection.execute(delete(session).where(session.c.account == owner.id)).rowcount


def list_sessions(
    engine: Engine, now: Now, owner: Account | None = None, settings: SecuritySettings = DEFAULTS
) -> list[SessionRecord]:
    """Open sessions, the latest first; of one account or of all."""
    question = _joined(now(), settings).order_by(session.c.created.desc(), session.c.id)
    if owner is not None:
        question = question.where(session.c.account == owner.id)
    names = SessionRecord.__struct_fields__
    with engine.connect() as connection:
        return [SessionRecord(*(row[name] for name in names)) for row in connection.execute(question).mappings()]


def living(at: int, settings: SecuritySettings) -> ColumnElement[bool]:
    """Condition of the table ``session``: neither too old nor unused for too long."""
    idle, whole = int(settings.idle_minutes * MINUTE), int(settings.session_hours * HOUR)
    return (session.c.seen > at - idle) & (session.c.created > at - whole)


def unchanged() -> ColumnElement[bool]:
    """Condition of ``session`` joined to ``account``: the account is as it was at the login."""
    same = (account.c.id == session.c.account) & (account.c.generation == session.c.generation)
    return same & (account.c.disabled == 0)


def _joined(at: int, settings: SecuritySettings) -> Any:
    person = (account.c[name] for name in ("name", "display", "role", "region", "unit", "must_change"))
    kept = (session.c[name] for name in ("id", "csrf", "address", "agent", "created", "seen"))
    return select(*person, *kept).join_from(session, account, unchanged()).where(living(at, settings))


def _session(row: Any) -> Session:
    must_change = bool(row["must_change"])
    rights = frozenset[str]() if must_change else RIGHTS[row["role"]]
    caller = Caller(row["name"], row["role"], rights, row["region"], row["unit"], "session", row["id"])
    return Session(caller, row["csrf"], row["display"], must_change, row["created"], row["seen"])


def _touch(engine: Engine, id_: str, at: int) -> None:
    """Best effort: while the database is busy or away a page is better answered than refused."""
    try:
        with writing(engine) as connection:
            connection.execute(update(session).where(session.c.id == id_, session.c.seen < at).values(seen=at))
    except OperationalError:
        return
