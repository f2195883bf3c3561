"""A small city with its doors as the program puts them together, on a Flask client or a real port."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import dash
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from callbacks.application import create_pages
from callbacks.doors import harden, install_doors
from callbacks.prepared import register_prepared
from dashboard.api.policy import EntrancePolicy
from dashboard.api.routes import install
from dashboard.api.services import Services, Vitals
from dashboard.api.serving import Quiet
from dashboard.boards.build import build
from dashboard.config import SecuritySettings, Settings
from dashboard.hub.composer import Limits
from dashboard.hub.server import Hub, create_hub
from dashboard.queries.queries import Queries
from dashboard.security.accounts import create_account
from dashboard.security.audit import AuditFilter, AuditRecord, read_audit
from dashboard.security.doorman import Doorman
from tests.replica.world import World, world
from tests.servers import free_port

PASSWORD = "correct horse battery"
SEAL = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Watch:
    """A told clock of real time, epoch ms."""

    at: int = 1_760_000_000_000

    def now(self) -> int:
        return self.at

    def pass_seconds(self, seconds: float) -> None:
        self.at += int(seconds * 1000)


@dataclass
class House:
    """The program over one city."""

    city: World
    server: Flask
    hub: Hub
    doorman: Doorman
    watch: Watch
    port: int
    people: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def person(self, role: str, region: str = "", name: str = "", **more: Any) -> str:
        """An account of a role; its name."""
        called = name or f"{role}-{secrets.token_hex(3)}"
        more = {"unit": "U1", **more} if role == "unit" else more
        create_account(self.doorman.engine, self.watch.now, called, role, PASSWORD, region=region, **more)
        return called

    def visitor(self) -> "Visitor":
        return Visitor(self.server.test_client())

    def signed_in(self, role: str, region: str = "", **more: Any) -> "Visitor":
        visitor = self.visitor()
        assert visitor.login(self.person(role, region, **more)).status_code == 303
        return visitor

    def log(self, action: str) -> list[AuditRecord]:
        return read_audit(self.doorman.engine, AuditFilter(action=action))


@dataclass
class Visitor:
    """A browser without a screen: keeps cookies, fills forms."""

    client: FlaskClient
    name: str = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, form: str = "", **fields: Any) -> TestResponse:
        """Send a form as the page at ``form`` offers it (default: the same path)."""
        seal = SEAL.search(self.get(form or path).get_data(as_text=True))
        assert seal, f"no form at {form or path}"
        return self.client.post(path, data={"csrf_token": seal[1], **fields})

    def login(self, name: str, password: str = PASSWORD, **fields: Any) -> TestResponse:
        self.name = name
        return self.post("/login", name=name, password=password, **fields)

    def cookie(self, name: str) -> str:
        found = self.client.get_cookie(name)
        return found.value if found else ""


@contextmanager
def opened(
    directory: Path, demo: bool = False, settings: Settings | None = None, hub: Limits | None = None
) -> Iterator[House]:
    """A house whose port nobody serves yet."""
    dash.page_registry.clear()
    directory.mkdir(exist_ok=True)
    with world(directory, settings=settings) as city:
        watch, port = Watch(), free_port()
        doorman = Doorman(city.store.engine, watch.now, SecuritySettings())
        server = Flask("test", static_folder=None)
        base = lambda: city.ingest.base  # noqa: E731
        entrance = install_doors(server, doorman, city.settings, base, directory, demo)
        hubs = create_hub(
            server, city.replica, origins=city.settings.origins or [f"http://127.0.0.1:{port}"],
            authenticate=entrance.socket, alive=doorman.alive, build="b1", limits=hub or Limits(board=0.05),
        )  # fmt: skip
        queries = Queries(city.store, base, city.settings, city.clock.now)
        services = Services(
            city.store.engine, queries, EntrancePolicy(entrance), city.clock.now, base,
            lambda: Vitals(seq=city.store.last_seq(), tick_age=0.5), city.ingest.submit, city.ingest.submit,
            lambda region: build(city.replica, region), lambda region: {"region": region},
        )  # fmt: skip
        install(server, services)
        register_prepared(server, lambda: True)
        pages = create_pages(server)
        harden(server, pages.csp_hashes(), city.settings.trusted_proxies)
        city.flow()
        yield House(city, server, hubs, doorman, watch, port)


@contextmanager
def served(directory: Path, **options: Any) -> Iterator[House]:
    """A house on its port."""
    with opened(directory, **options) as house:
        web = make_server("127.0.0.1", house.port, house.server, threaded=True, request_handler=Quiet)
        thread = Thread(target=web.serve_forever, daemon=True)
        house.city.replica.start()
        house.hub.start()
        thread.start()
        try:
            yield house
        finally:
            house.hub.stop()
            house.city.replica.stop()
            web.shutdown()
            web.server_close()
            thread.join()
