"""Everything that delivers by itself; HTTP delivers when it is called. A new source is a file and a line here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.base_data.maps import city_plane
from dashboard.ingest.opening import Place, Writer
from data_sources.configured import configured_sources
from data_sources.simulator.city import City
from data_sources.simulator.first_start import history_start
from data_sources.simulator.live import live_source
from data_sources.source import Source
from data_sources.spool import SpoolSource


@dataclass(frozen=True)
class Surroundings:
    """What a source may need of the process it runs in."""

    place: Place
    writer: Writer
    city: City | None = None
    recordings: Sequence[Source] = ()


def imported_cases(around: Surroundings) -> Sequence[Source]:
    """Historical cases that ``app.py import`` left in the database."""
    return [SpoolSource(around.place.store.engine, around.writer.ingest.clock.now)]


def configured(around: Surroundings) -> Sequence[Source]:
    """Redis Streams and recordings that the settings name."""
    ingest, place = around.writer.ingest, around.place
    return configured_sources(place.settings, place.directory, ingest.clock.now, lambda: ingest.base.version)


def recorded(around: Surroundings) -> Sequence[Source]:
    """Files that are replayed."""
    return around.recordings


def simulator(around: Surroundings) -> Sequence[Source]:
    """The simulated city, going on from where its directory stands."""
    if around.city is None:
        return []
    ingest, base = around.writer.ingest, around.place.base()
    frame, first_day = around.writer.positions.keyframe().frame, history_start(ingest.days, ingest.clock.now())
    return [live_source(around.city, ingest.clock, base, city_plane(base), frame, first_day)]


SOURCES: tuple[Callable[[Surroundings], Sequence[Source]], ...] = (
    imported_cases, configured, recorded, simulator,
)  # fmt: skip
"""In the order in which they are started."""


def sources_of(around: Surroundings) -> list[Source]:
    """The sources of a process that writes."""
    return [source for sources in SOURCES for source in sources(around)]
