"""A Flask application over a small city, as the tests of the API call it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from dashboard.api.entrance import Entrance
from dashboard.api.policy import EntrancePolicy
from dashboard.api.routes import install
from dashboard.api.services import Services, Vitals
from dashboard.domain.raster_build import RasterCache
from dashboard.queries.queries import Queries
from dashboard.queries.worker_days import WorkerDays
from dashboard.security.doorman import Doorman
from dashboard.security.keys import create_key
from tests.check.cities import SETTINGS, City, city, raws
from tests.domain.happenings import at, event

NOW = at(1000)
TODAY = 1_790_000_000_000


@dataclass
class Day:
    """One worker's fixes: of the beginning, an hour later 1.8 km away, and of the day after."""

    time: list[int]
    lon: list[float]
    lat: list[float]


@dataclass
class Door:
    """A client and what stands behind it."""

    client: FlaskClient
    city: City
    services: Services

    def key(self, *scopes: str, region: str = "") -> dict[str, str]:
        name = f"{'-'.join(scopes)}{region}"
        return {"Authorization": f"Bearer {create_key(self.city.store.engine, name, scopes, region)}"}


@contextmanager
def door(directory: Path, **changed: Any) -> Iterator[Door]:
    with city(directory, NOW) as town:
        base = lambda: town.base  # noqa: E731
        queries = Queries(town.store, base, SETTINGS, town.clock.now)
        walked = Day([at(0), at(60), NOW], [113.0, 113.02, 113.04], [34.0, 34.0, 34.0])
        days = WorkerDays(
            town.store, base, SETTINGS, town.clock.now, lambda worker, day: walked, RasterCache(), lambda worker: None,
            lambda: TODAY,
        )  # fmt: skip
        services = Services(
            town.store.engine,
            queries,
            EntrancePolicy(Entrance(Doorman(town.store.engine))),
            town.clock.now,
            base,
            lambda: Vitals(seq=town.store.last_seq(), tick_age=0.5),
            town.ingest.submit,
            town.ingest.submit,
            worker_days=days,
        )
        yield Door(client(replace(services, **changed)), town, services)


def client(services: Services) -> FlaskClient:
    app = Flask("test")
    install(app, services)
    return app.test_client()


def some_cases(town: City) -> None:
    """Three cases: closed in time in s1, overdue in s2, never accepted in s2."""
    town.send(raws(1, [event("accepted", 0, category="natural"), event("closed", 30), event("rated", 40, score=3)]))
    town.send(raws(2, [event("accepted", 10, region="r2", category="natural", title="=1+1")]))
    town.send(raws(3, [event("reported", 20, region="r2")]))
