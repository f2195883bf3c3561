"""The one who recognises callers at every door and lets people in: pages, API, sockets and exports ask here."""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Engine, func, literal, select, union_all

from dashboard.config import SecuritySettings
from dashboard.security import accounts, devices, keys, sessions, throttle
from dashboard.security.accounts import Account
from dashboard.security.audit import AuditRow, write_audit
from dashboard.security.caller import DEMO, Caller
from dashboard.security.clock import Now, real_now
from dashboard.security.keys import ID_LENGTH, api_key
from dashboard.security.sessions import Session
from dashboard.security.tables import account, create_security_tables, device, session

SESSION = "yiping_session"
DEVICE = "yiping_device"
PREFIX = "__Host-"
"""A browser takes such a cookie only over HTTPS, for the whole host, and no neighbouring host can set it."""


class Login(msgspec.Struct, frozen=True):
    """A person is in: ``token`` goes into the session cookie. With ``must_change`` a password must be chosen first."""

    token: str
    session: Session

    @property
    def must_change(self) -> bool:
        """Whether nothing else is open until a password is chosen."""
        return self.session.must_change


class Refusal(msgspec.Struct, frozen=True):
    """Not let in, for no reason that is told; the next try is taken after ``seconds``."""

    seconds: int = 0


class Doorman:
    """Recognises callers. Thread-safe; ``now`` is real time, epoch ms."""

    def __init__(self, engine: Engine, now: Now = real_now, limits: SecuritySettings | None = None) -> None:
        self.engine, self.now, self.limits = engine, now, limits or SecuritySettings()
        create_security_tables(engine)

    def identify(self, cookies: Mapping[str, str], bearer: str | None = None, secure: bool = False) -> Caller | None:
        """Who asks: by the session's cookie, the device's, or an API key, in this order; None for a stranger."""
        found = self.session(cookies, secure)
        if found is not None:
            return found.caller
        token = cookies.get(cookie_name(DEVICE, secure))
        caller = devices.find_device(self.engine, self.now, token) if token else None
        return caller or (keys.find_key(self.engine, bearer) if bearer else None)

    def session(self, cookies: Mapping[str, str], secure: bool = False) -> Session | None:
        """The open session of the cookies, with its CSRF secret."""
        token = cookies.get(cookie_name(SESSION, secure))
        return sessions.find_session(self.engine, self.now, token, self.limits) if token else None

    def alive(self, callers: Iterable[Caller]) -> set[str]:
        """Ids of the callers that are still what they were; one query, whatever their number."""
        ids = _ids(callers)
        open_ = select(session.c.id).join_from(session, account, sessions.unchanged())
        public = literal("key-") + func.substr(api_key.c.hash, 1, ID_LENGTH)
        question = union_all(
            open_.where(session.c.id.in_(ids["session"]), sessions.living(self.now(), self.limits)),
            select(device.c.id).where(device.c.id.in_(ids["device"])),
            select(public).where(func.substr(api_key.c.hash, 1, ID_LENGTH).in_({id_[4:] for id_ in ids["key"]})),
        )
        with self.engine.connect() as connection:
            return set(connection.scalars(question)) | (ids["demo"] & {DEMO.id})

    def login(self, name: str, password: str, address: str, agent: str = "") -> Login | Refusal:
        """Let a person in by name and password. Each login has a new token; refusals tell no reason but the wait."""
        key = accounts.folded(name)[: accounts.LONGEST_NAME + 1]
        limits = throttle.login_limits(key, address, self.limits)
        if wait := throttle.admit(self.engine, self.now, limits, self.limits):
            return Refusal(wait)
        found = accounts.verify(self.engine, self.now, key, password)
        if found is None:
            self._refused(key, address)
            return Refusal()
        throttle.forgive(self.engine, self.now, *limits)
        return self.enter(found, address, agent)

    def enter(self, person: Account, address: str, agent: str = "", how: str = "password") -> Login | Refusal:
        """Open a session for somebody who has shown who he or she is."""
        if person.disabled:
            self._refused(person.name, address)
            return Refusal()
        token = sessions.open_session(self.engine, self.now, person, address, agent, self.limits)
        opened = sessions.find_session(self.engine, self.now, token, self.limits)
        if opened is None:  # changed or disabled in this very moment
            return Refusal()
        self.note(opened.caller, "login", opened.caller.id, how, address)
        return Login(token, opened)

    def change_password(self, caller: Caller, old: str, new: str, address: str, agent: str = "") -> Login | Refusal:
        """Choose a password: all sessions of the account end and a new one opens. Raises ``WeakPassword``.

        The old password is asked for, because a session may be left open on a table; guesses at it count as logins.
        """
        limits = throttle.login_limits(caller.name, address, self.limits)
        if caller.via != "session":
            return Refusal()
        if wait := throttle.admit(self.engine, self.now, limits, self.limits):
            return Refusal(wait)
        if accounts.verify(self.engine, self.now, caller.name, old) is None:
            self.note(caller, "account.password", caller.name, "", address, "refused")
            return Refusal()
        throttle.forgive(self.engine, self.now, *limits)
        person = accounts.set_password(self.engine, self.now, caller.name, new, settings=self.limits)
        sessions.close_sessions_of(self.engine, person)
        self.note(caller, "account.password", person.name, "own", address)
        return self.enter(person, address, agent, "new password")

    def logout(self, caller: Caller, address: str = "") -> None:
        """End the caller's session. A device or key does not log out: it is revoked."""
        if caller.via == "session" and sessions.close_session(self.engine, caller.id):
            self.note(caller, "logout", caller.id, "", address)

    def note(
        self, caller: Caller, action: str, subject: str = "", detail: str = "", address: str = "", result: str = "ok"
    ) -> None:
        """Write down what a caller did."""
        row = AuditRow(self.now(), caller.name, action, subject, detail, caller.role, address, result)
        write_audit(self.engine, row)

    def _refused(self, name: str, address: str) -> None:
        """A name that does not exist is not written down: it may be a password in the wrong field."""
        known = accounts.find_account(self.engine, name)
        row = AuditRow(self.now(), known.name if known else "", "login.refused", address=address, result="refused")
        write_audit(self.engine, row)


def _ids(callers: Iterable[Caller]) -> dict[str, set[str]]:
    ids: dict[str, set[str]] = {"session": set(), "device": set(), "key": set(), "demo": set()}
    for caller in callers:
        ids[caller.via].add(caller.id)
    return ids


def cookie_name(name: str, secure: bool) -> str:
    """The name a cookie has on a site that is served over HTTPS, or not."""
    return PREFIX + name if secure else name
