"""What pages and the API need of whoever writes: the writer of the same process, or what stands for one elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.domain.changes import Entry, Tick
from dashboard.domain.periods import LocalDays
from dashboard.ingest.batch import Batch, Receipt
from dashboard.ingest.clock import LAST_TICK, Clock, ToldClock
from dashboard.ingest.opening import Place, Writer
from dashboard.store.slabs import Slabs
from dashboard.tracks.tracks import Tracks


@dataclass(frozen=True)
class Present:
    """The clock of the data directory, the history of positions, and the way in where it is in this process.

    ``submit`` is None in a process that only reads: its addresses of the API answer 503. ``hear`` must be told what
    the replica of the process took over. ``warnings`` are sentences for the person who looks after the system.
    """

    clock: Clock
    tracks: Tracks
    alive: Callable[[], bool]
    submit: Callable[[Batch], Receipt] | None = None
    warnings: Callable[[], list[str]] = list
    hear: Callable[[Entry], None] = lambda entry: None


def written_here(writer: Writer) -> Present:
    """The present of a process that writes."""
    ingest = writer.ingest

    def warnings() -> list[str]:
        return [] if writer.positions.suspicion is None else [str(writer.positions.suspicion)]

    return Present(ingest.clock, writer.tracks, lambda: ingest.alive, ingest.submit, warnings)


def written_elsewhere(place: Place) -> Present:
    """The present as the ticks of the feed tell it, from the last one that is stored.

    Whether ingest lives is told by the age of the last tick alone.
    """
    clock = ToldClock(int(place.store.get_state(LAST_TICK) or 0))

    def hear(entry: Entry) -> None:
        if isinstance(entry, Tick):
            clock.tell(entry.time)

    slabs, days = Slabs(place.store.engine), LocalDays(place.settings.zone)
    tracks = Tracks(place.directory / "tracks", slabs, days, reads_only=True)
    return Present(clock, tracks, lambda: True, hear=hear)
