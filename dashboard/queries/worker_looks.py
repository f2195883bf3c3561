"""Grants to look at one worker's days: who gave which purpose, and until when it holds. Times are real time."""

import msgspec
from sqlalchemy import BigInteger, Column, Engine, MetaData, PrimaryKeyConstraint, String, Table, delete, insert, select

from dashboard.security.caller import Caller
from dashboard.store.engine import writing

VALID = 30 * 60_000
"""Milliseconds a purpose holds; after that it is asked for again."""
SHORTEST, LONGEST = 2, 200
"""Characters of a purpose."""

metadata = MetaData()
track_look = Table(
    "track_look",
    metadata,
    Column("caller", String(128), nullable=False),  # id of the session, key or device, or else the name
    Column("worker", String(128), nullable=False),
    Column("purpose", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    PrimaryKeyConstraint("caller", "worker"),
)


class Look(msgspec.Struct, frozen=True):
    """A purpose given at an instant and how long it holds (epoch ms, real time)."""

    worker: str
    purpose: str
    at: int
    until: int


def create_look_table(engine: Engine) -> None:
    """Create the table where it does not exist."""
    metadata.create_all(engine)


def purpose_text(words: str) -> str | None:
    """A purpose without spaces around it and line breaks in it; None where it is too short or too long."""
    found = " ".join(words.split())
    return found if SHORTEST <= len(found) <= LONGEST else None


def grant(engine: Engine, caller: Caller, worker: str, purpose: str, now: int) -> Look:
    """Let a caller look at a worker's days for half an hour; a new purpose replaces the one before.

    ``ValueError`` for a purpose that is too short or too long.
    """
    words = purpose_text(purpose)
    if words is None:
        raise ValueError(f"a purpose has {SHORTEST} to {LONGEST} characters")
    look, who = Look(worker, words, now, now + VALID), _key(caller)
    row = track_look.c
    with writing(engine) as connection:
        over = (row.until <= now) | ((row.caller == who) & (row.worker == worker))
        connection.execute(delete(track_look).where(over))
        connection.execute(insert(track_look).values(caller=who, **msgspec.structs.asdict(look)))
    return look


def granted(engine: Engine, caller: Caller, worker: str, now: int) -> Look | None:
    """The purpose that holds now for this caller and worker, None where there is none."""
    row = track_look.c
    question = select(row.worker, row.purpose, row.at, row.until).where(
        row.caller == _key(caller), row.worker == worker, row.at <= now, row.until > now
    )
    with engine.connect() as connection:
        found = connection.execute(question).first()
    return None if found is None else Look(*found)


def _key(caller: Caller) -> str:
    return caller.id or f"{caller.via}:{caller.name}"
