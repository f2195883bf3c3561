"""The ingest role's own web server: the ways in of the API, health and metrics; no page."""

from flask import Flask

from dashboard.api.entrance import Entrance
from dashboard.api.headers import harden
from dashboard.api.policy import EntrancePolicy
from dashboard.api.routes import install
from dashboard.api.services import Services, Vitals
from dashboard.ingest.duty import Duty
from dashboard.ingest.opening import Place
from dashboard.ingest.present import written_here
from dashboard.queries.queries import Queries
from dashboard.security.doorman import Doorman

STANDBY = Vitals(ingest_alive=False, warnings=("stands by: another process takes events in",))


def receiving_server(place: Place, duty: Duty) -> Flask:
    """A Flask server whose addresses take events in while the process is on duty; what reads asks the store alone."""
    server = Flask("yiping", static_folder=None)
    doorman = Doorman(place.store.engine, limits=place.settings.security)
    services = Services(
        engine=place.store.engine, queries=Queries(place.store, place.base, place.settings, duty.now),
        policy=EntrancePolicy(Entrance(doorman)), now=duty.now, base=place.base, vitals=lambda: vitals(place, duty),
        submit_events=duty.take, submit_fixes=duty.take,
    )  # fmt: skip
    install(server, services)
    harden(server, trusted_proxies=place.settings.trusted_proxies)
    return server


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
