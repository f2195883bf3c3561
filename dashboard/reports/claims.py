"""Who works on what, across processes: a row with a term that its holder renews; one left by a crash runs out."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy import BigInteger, Column, Engine, MetaData, String, Table, delete, update
from sqlalchemy.exc import DBAPIError

from dashboard.reports.refused import ReportRefused
from dashboard.store.engine import writing

TERM = 60_000
"""Milliseconds of real time after which a holder that renews no more has lost its claim."""
RENEWED = TERM / 4000
"""Seconds between two renewals: three may fail."""
metadata = MetaData()
claim = Table(
    "report_claim",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("holder", String(40), nullable=False),
    Column("until", BigInteger, nullable=False),  # real time, epoch ms UTC
)


def create_claim_table(engine: Engine) -> None:
    """Create the table where it does not exist."""
    with writing(engine) as connection:
        metadata.create_all(connection)


@contextmanager
def claimed(engine: Engine, key: str, real: Callable[[], int], renewed: float = RENEWED) -> Iterator[None]:
    """Hold a claim while the block runs. ``ReportRefused`` where another holder works on it."""
    holder, done = secrets.token_urlsafe(12), Event()
    if not take(engine, key, holder, real()):
        raise ReportRefused(f"{key} is in work already", "second")
    thread = Thread(target=_renew, args=(engine, key, holder, real, done, renewed), name=f"claim {key}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        _give_back(engine, key, holder)


def take(engine: Engine, key: str, holder: str, now: int) -> bool:
    """Take a claim that nobody holds, or whose term is over, or renew one's own; whether it is held then."""
    free = (claim.c.key == key) & ((claim.c.until <= now) | (claim.c.holder == holder))
    with writing(engine) as connection:
        if connection.execute(update(claim).where(free).values(holder=holder, until=now + TERM)).rowcount:
            return True
        if connection.execute(claim.select().where(claim.c.key == key)).first():
            return False
        connection.execute(claim.insert().values(key=key, holder=holder, until=now + TERM))
        return True


def _renew(
    engine: Engine, key: str, holder: str, real: Callable[[], int], done: Event, seconds: float
) -> None:
    while not done.wait(seconds):
        try:
            take(engine, key, holder, real())
        except DBAPIError:
            continue  # the database is away for a moment; the term is four renewals long


def _give_back(engine: Engine, key: str, holder: str) -> None:
    with writing(engine) as connection:
        connection.execute(delete(claim).where((claim.c.key == key) & (claim.c.holder == holder)))
