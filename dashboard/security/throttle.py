"""Limits of guessing, kept in the database so that a restart forgives nobody.

The first guesses are free, each further one waits twice as long as the one before, up to a cap; after a quiet while all
is forgotten. Nobody is locked out for good, because then a stranger could lock out everybody.
"""

import hashlib
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, update

from dashboard.config import SecuritySettings
from dashboard.security.clock import MINUTE, SECOND, Now
from dashboard.security.tables import guess
from dashboard.store.engine import writing

FIRST_WAIT = 5
ACCOUNT_CAP = 60
"""Seconds. Short, because whoever knows a name can make its owner wait."""
ADDRESS_CAP = 900


class Limit(msgspec.Struct, frozen=True):
    """``free`` guesses at or from ``key`` cost no wait; later ones at most ``cap`` seconds."""

    key: str
    free: int
    cap: int


def login_limits(name: str, address: str, settings: SecuritySettings) -> tuple[Limit, Limit]:
    """Limits of a login: of the account's name, and of the address (an office may share one)."""
    return (
        Limit(f"account {name}", settings.failures_account, ACCOUNT_CAP),
        Limit(f"address {address}", settings.failures_address, ADDRESS_CAP),
    )


def pairing_limits(who: str, address: str, settings: SecuritySettings) -> tuple[Limit, Limit]:
    """Limits of pairing codes: of the person who types them, and of the address."""
    return (
        Limit(f"pairing {who}", settings.failures_account, ACCOUNT_CAP),
        Limit(f"pairing from {address}", settings.failures_address, ADDRESS_CAP),
    )


def admit(engine: Engine, now: Now, limits: Iterable[Limit], settings: SecuritySettings) -> int:
    """Seconds to wait before the next guess, 0 where it may be made now; then it is counted as wrong already.

    Counting first leaves no gap for a hundred guesses at once. A right one is taken back with ``forgive``.
    """
    wanted, at = list(limits), now()
    window = int(settings.failure_minutes * MINUTE)
    with writing(engine) as connection:
        connection.execute(delete(guess).where(guess.c.last < at - window, guess.c.until <= at))
        failures, until = _known(connection, wanted)
        if until > at:
            return -((at - until) // SECOND)
        for limit in wanted:
            _count(connection, limit, failures.get(_digest(limit), 0) + 1, at)
    return 0


def forgive(engine: Engine, now: Now, right: Limit, shared: Limit) -> None:
    """After a right guess: nothing is held against ``right``; ``shared`` loses the one guess that was counted, so that
    a guesser who has an account of his own cannot wipe his record with it."""
    with writing(engine) as connection:
        connection.execute(delete(guess).where(guess.c.hash == _digest(right)))
        failures, _ = _known(connection, [shared])
        if count := failures.get(_digest(shared)):
            connection.execute(
                update(guess).where(guess.c.hash == _digest(shared)).values(failures=count - 1, until=now())
            )


def _known(connection: Connection, limits: Iterable[Limit]) -> tuple[dict[str, int], int]:
    rows = connection.execute(select(guess).where(guess.c.hash.in_([_digest(limit) for limit in limits]))).all()
    return {row.hash: row.failures for row in rows}, max((row.until for row in rows), default=0)


def _count(connection: Connection, limit: Limit, failures: int, at: int) -> None:
    row = {"failures": failures, "last": at, "until": at + SECOND * _wait(limit, failures)}
    if not connection.execute(update(guess).where(guess.c.hash == _digest(limit)).values(**row)).rowcount:
        connection.execute(insert(guess), row | {"hash": _digest(limit)})


def _wait(limit: Limit, failures: int) -> int:
    """Seconds after that many failures."""
    beyond = failures - limit.free
    return 0 if beyond < 0 else min(limit.cap, FIRST_WAIT * 2 ** min(beyond, 20))


def _digest(limit: Limit) -> str:
    return hashlib.sha256(limit.key.encode("utf-8", "replace")).hexdigest()
