"""Web servers of roles without pages: the ways in of the API for ingest, health and metrics for all."""

import time
from collections.abc import Callable
from dataclasses import replace

from flask import Flask

from dashboard.api.entrance import Entrance
from dashboard.api.headers import harden
from dashboard.api.policy import EntrancePolicy
from dashboard.api.routes import install
from dashboard.api.services import Services, Vitals
from dashboard.ingest.clock import LAST_TICK
from dashboard.ingest.duty import Duty
from dashboard.ingest.opening import Place
from dashboard.ingest.present import written_here
from dashboard.queries.queries import Queries
from dashboard.security.doorman import Doorman

STANDBY = Vitals(ingest_alive=False, warnings=("stands by: another process takes events in",))


def receiving_server(place: Place, duty: Duty) -> Flask:
    """A Flask server whose addresses take events in while the process is on duty; what reads asks the store alone."""
    services = _services(place, duty.now, lambda: vitals(place, duty))
    return _server(place, replace(services, submit_events=duty.take, submit_fixes=duty.take))


def watched_server(place: Place, now: Callable[[], int]) -> Flask:
    """A Flask server of a role that nobody sends to: health and metrics; ``now`` is the clock of the data directory."""
    return _server(place, _services(place, now, lambda: Vitals(place.store.last_seq(), tick_age=_age(place))))


def _services(place: Place, now: Callable[[], int], told: Callable[[], Vitals]) -> Services:
    doorman = Doorman(place.store.engine, limits=place.settings.security)
    return Services(
        engine=place.store.engine, queries=Queries(place.store, place.base, place.settings, now),
        policy=EntrancePolicy(Entrance(doorman)), now=now, base=place.base, vitals=told,
    )  # fmt: skip


def _server(place: Place, services: Services) -> Flask:
    server = Flask("yiping", static_folder=None)
    install(server, services)
    harden(server, trusted_proxies=place.settings.trusted_proxies)
    return server


def _age(place: Place) -> float | None:
    """Seconds of real time since the last tick that was stored; roles apart run on the wall's clock."""
    last = place.store.get_state(LAST_TICK)
    return None if last is None else max(0.0, time.time() - int(last) / 1000)


def vitals(place: Place, duty: Duty) -> Vitals:
    """How the process is; one that stands by is alive and not ready, so that a proxy leaves it out."""
    writer = duty.writer
    if writer is None:
        return STANDBY
    present, last = written_here(writer), writer.ticker.last
    age = None if last is None else (present.clock.now() - last) / 1000 / present.clock.speed
    return Vitals(
        place.store.last_seq(), writer.positions.slab, age, present.alive(), sources=writer.ingest.sources.states(),
        warnings=present.warnings(),
    )  # fmt: skip
