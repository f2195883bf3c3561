"""Who works on which report, across processes: a lease held while the work runs; one left by a crash runs out."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from threading import Event, Thread

from sqlalchemy import Engine

from dashboard.reports.refused import ReportRefused
from dashboard.store.lease import Lease

TERM = 60.0
"""Seconds after which a holder that renews no more has lost its claim: three renewals may fail."""
PREFIX = "report "


@contextmanager
def claimed(engine: Engine, key: str, seconds: float = TERM) -> Iterator[None]:
    """Hold a claim while the block runs. ``ReportRefused`` where another holder works on it."""
    lease, done = Lease(engine, _name(key), seconds), Event()
    thread = Thread(target=lease.keep, args=(done,), name=f"claim {key}", daemon=True)
    try:  # a signal to end may come as soon as the lease is in the database
        if not lease.take():
            raise ReportRefused(f"{key} is in work already", "second")
        thread.start()
        yield
    finally:
        done.set()
        if thread.ident is not None:
            thread.join()
        lease.give_back()


def _name(key: str) -> str:
    """A name that a lease has room for, whatever is asked."""
    return PREFIX + blake2b(key.encode(), digest_size=12).hexdigest()
