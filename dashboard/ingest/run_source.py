"""Runs a source in a thread of its own: what it yields is stored before it is asked for more."""

import logging
from contextlib import closing
from threading import Event, Thread, Timer
from typing import TYPE_CHECKING, Protocol, cast

from dashboard.ingest.batch import Batch
from dashboard.ingest.ingest import LANE, Ingest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""Seconds between two attempts, at most; the first pause is one second and each is twice the one before."""
OPEN = 30.0
"""Seconds after which a source that is open and quiet counts as mended: what is away breaks it again within 15 s."""


class Source(Protocol):
    """What ``data_sources.source.Source`` is, seen from here."""

    name: str

    def batches(self, stop: Event) -> "Iterator[Batch]":
        """Yield batches until ``stop`` is set."""
        ...


def run_source(source: Source, ingest: Ingest, stop: Event) -> None:
    """Feed a source into ingest until it ends or ``stop`` is set.

    Whatever breaks, in the source or in the store, closes the generator and opens it again after a pause; the source
    then delivers again what was not acknowledged. The trouble stands in the source's state until its next delivery, or
    until it was open for half a minute with nothing to deliver. A source of positions says so by an attribute ``lane``.
    """
    lane = str(getattr(source, "lane", LANE))
    ingest.sources.expect(source.name, lane)
    pause = 1.0
    while not stop.is_set():
        mended = Timer(OPEN, ingest.sources.works, (source.name,))
        mended.daemon = True
        mended.start()
        try:
            with closing(cast("Generator[Batch]", source.batches(stop))) as batches:
                for batch in batches:
                    ingest.submit(batch)
                    pause = 1.0
            return
        except Exception as problem:  # the boundary at which one source's failure is kept from all others
            log.warning("source %s broke: %s", source.name, problem)
            retry_at = ingest.clock.now() + int(pause * 1000 * ingest.clock.speed)
            mended.cancel()  # before the trouble is told, or it would be taken back
            ingest.sources.failed(source.name, lane, f"{type(problem).__name__}: {problem}"[:300], retry_at)
        finally:
            mended.cancel()
        stop.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def start_source(source: Source, ingest: Ingest, stop: Event) -> Thread:
    """``run_source`` in a started daemon thread."""
    thread = Thread(target=run_source, args=(source, ingest, stop), name=f"source-{source.name}", daemon=True)
    thread.start()
    return thread
