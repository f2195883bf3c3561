"""The first start of a demonstration: an empty directory gets a city or the past of its recordings."""

import sys
import time
from dataclasses import replace

from dashboard.config import write_settings
from dashboard.domain.periods import LocalDays
from dashboard.feed import open_feed
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.opening import Place, PlaceError, open_place, open_writer
from data_sources.simulator.city import City, build_city
from data_sources.simulator.first_start import (
    MONTHS_BEFORE,
    demonstration_start,
    fingerprint,
    live_through,
    settle,
)

CITY = "simulator"
"""Key in ``state`` under which the simulated city of a data directory is kept, by its fingerprint."""
FILLING = " filling"
"""Behind the fingerprint while the first start runs: one that was interrupted is done again, its events are known."""


def simulated_city(place: Place, scale: str, seed: int) -> City:
    """The city of this directory; ``PlaceError`` where the directory holds something else."""
    city, held = build_city(scale, seed), place.store.get_state(CITY)
    wanted = fingerprint(city)
    if held is None and place.store.last_seq():
        raise PlaceError(f"{place.directory} holds real data: start with --no-simulator or choose another --data")
    if held not in (None, wanted, wanted + FILLING):
        raise PlaceError(f"{place.directory} holds the city {held}, not {wanted}: choose another --data")
    return city


def first_start(place: Place, city: City, now: int | None, months: int = MONTHS_BEFORE) -> Place:
    """Fill an empty directory with a city and its past, telling progress; the place with the city's settings.

    The past begins ``months`` full months before that of ``now`` (epoch ms).
    """
    write_settings(place.directory, city.settings())
    place.store.close()
    place = replace(open_place(place.directory), feed=open_feed("memory://"))
    place.store.set_state(CITY, fingerprint(city) + FILLING)
    days = LocalDays(place.settings.zone)
    tell("base data", 0.0)
    settle(place.store.engine, city)
    begin = now or demonstration_start(days, place.base().workdays, int(time.time() * 1000))
    clock = ToldClock()
    writer = open_writer(place, clock)
    lanes = (writer.ingest, writer.positions, writer.ticker)
    live_through(place.store.engine, city, clock, lanes, begin, tell, months)
    writer.positions.tick(begin)
    writer.positions.save()
    writer.ingest.close()
    place.store.set_state(CITY, fingerprint(city))
    return replace(place, feed=open_feed(place.settings.feed))


def tell(what: str, share: float) -> None:
    """Print what is being done and the share that is done; where nobody watches, only its end."""
    if sys.stderr.isatty() or share >= 1.0:
        print(f"  first start: {what} {share:4.0%}", end="\n" if share >= 1.0 else "\r", file=sys.stderr, flush=True)
