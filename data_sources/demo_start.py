"""The first start of a demonstration: its recordings up to the start, by the same doors as live data, only faster."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dashboard.domain.periods import MINUTE
from dashboard.feed import open_feed
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.opening import Place, open_writer
from dashboard.ingest.ticker import Ticker
from data_sources.demos import Demo, demo_sources
from data_sources.simulator.starting import CITY, tell

STEP = 10 * MINUTE

Tell = Callable[[str, float], None]
"""What is being done and the share of it that is done."""


def live_through_recordings(
    demo: Demo, directory: Path, clock: ToldClock, ingest: Ingest, ticker: Ticker, tell: Tell, step: int = STEP
) -> None:
    """Deliver everything recorded before ``demo.start``, ``step`` ms at a time; the clock ends at the start.

    The ticker keeps each midnight on the way, and the stocks of every step where one is no longer than ten minutes.
    Nothing happens for a demonstration without recordings.
    """
    sources = demo_sources(directory, clock.now)
    first = min((source.begins for source in sources), default=demo.start)
    for edge in (*range(first // step * step, demo.start, step), demo.start):
        clock.tell(edge)
        for source in sources:
            for batch in source.due():
                ingest.submit(batch)
        ticker.advance(edge, moments=step <= STEP)
        tell("recordings", (edge - first) / max(1, demo.start - first))


def first_replay(place: Place, demo: Demo, step: int = STEP) -> Place:
    """Fill a directory with what its recordings hold up to the demonstration's start, ``step`` ms at a time."""
    quiet, clock = replace(place, feed=open_feed("memory://")), ToldClock()
    writer = open_writer(quiet, clock)
    live_through_recordings(demo, place.directory, clock, writer.ingest, writer.ticker, tell, step)
    writer.positions.tick(demo.start)
    writer.positions.save()
    writer.ingest.close()
    place.store.set_state(CITY, demo.name)
    return place
