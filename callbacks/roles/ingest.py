"""The role that takes in; the process writes once it holds the lease."""

from collections.abc import Sequence
from threading import Event, Thread

from flask import Flask

from callbacks.roles.parts import closing, greet, place_of
from dashboard.api.receiving import receiving_server
from dashboard.ingest.duty import Duty
from dashboard.ingest.opening import Writer
from dashboard.memory import start_giving_back
from dashboard.operations.presence import Presence
from dashboard.security.clock import real_now
from dashboard.security.keys import ensure_first_key
from data_sources.live import Surroundings, sources_of
from data_sources.source import Source


def served(directory: str, port: int) -> Flask:
    """The role that takes in; the process writes once it holds the lease."""
    place, duty, stop = place_of(directory), Duty(), Event()

    def begin(writer: Writer) -> Sequence[Source]:
        ensure_first_key(place.directory, place.store.engine, real_now())
        greet(place)
        return sources_of(Surroundings(place, writer))

    start_giving_back(stop)
    Presence(place.store.engine, "ingest", port).start(stop)
    worker = Thread(target=duty.work, args=(place, begin, stop), name="duty", daemon=True)
    worker.start()
    return closing(receiving_server(place, duty), stop, lambda: worker.join(30))
