"""The push half of a web process by itself: boards and frames to screens, no page, no question.

It runs under gevent, where a connection costs no thread. What blocks such a loop (DuckDB, documents, pages) stays in
the processes that serve pages.
"""

from flask import Flask

from callbacks.process import Web, allowed_origins
from dashboard.api.entrance import Entrance
from dashboard.api.headers import harden
from dashboard.api.policy import EntrancePolicy
from dashboard.api.routes import install
from dashboard.api.seen import Seen
from dashboard.api.services import Services
from dashboard.hub.server import create_hub
from dashboard.ingest.opening import Place
from dashboard.ingest.present import Present
from dashboard.operations.presence import Presence
from dashboard.queries.queries import Queries
from dashboard.replica.replica import Replica
from dashboard.security.doorman import Doorman


def open_sockets(place: Place, present: Present, port: int, build: str, async_mode: str = "gevent") -> Web:
    """Socket.IO, health and metrics over a replica of its own; not yet started."""
    settings, engine = place.settings, place.store.engine
    server = Flask("yiping", static_folder=None)
    replica = Replica(place.store, place.feed, settings, present.clock.speed, place.base)
    replica.listen(present.hear)
    doorman = Doorman(engine, limits=settings.security)
    entrance = Entrance(doorman)
    hub = create_hub(
        server, replica, origins=allowed_origins(settings, port), authenticate=entrance.socket, alive=doorman.alive,
        build=build, async_mode=async_mode,
    )  # fmt: skip
    seen = Seen(replica, place.rasters)
    queries = Queries(place.store, place.base, settings, present.clock.now, seen.presence)
    install(server, Services(
        engine=engine, queries=queries, policy=EntrancePolicy(entrance), now=present.clock.now, base=place.base,
        vitals=lambda: seen.vitals(hub.screens, present.alive(), present.warnings()),
    ))  # fmt: skip
    harden(server, trusted_proxies=settings.trusted_proxies)
    presence = Presence(engine, "sockets", port, build, hub.screen_states)
    return Web(server, hub, replica, presence=presence)
