"""The roles of an installation whose roles are apart: what gunicorn serves for each, one function a role."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import NoReturn

from flask import Flask

from callbacks.build import build_id
from callbacks.sockets import open_sockets
from callbacks.web import Web, open_web
from dashboard.api.gunicorn_hooks import CLOSE
from dashboard.api.receiving import receiving_server, watched_server
from dashboard.api.served import become, command, serve
from dashboard.ingest.clock import LAST_TICK
from dashboard.ingest.duty import Duty
from dashboard.ingest.opening import Place, Writer, apart, open_place
from dashboard.ingest.present import written_elsewhere
from dashboard.memory import start_giving_back
from dashboard.operations import logs
from dashboard.operations.presence import Presence
from dashboard.reports.opening import open_reporting
from dashboard.security.accounts import ADMIN, ensure_first_admin
from dashboard.security.clock import real_now
from dashboard.security.keys import ensure_first_key
from data_sources.live import Surroundings, sources_of
from data_sources.source import Source

ROOT = Path(__file__).parent.parent


def take_on(role: str, directory: Path, host: str, port: int) -> NoReturn:
    """Become the web server of a role (``ingest web sockets scheduler``).

    ``PlaceError`` where the settings of the directory cannot carry roles apart.
    """
    apart(directory).close()
    build_id()
    os.chdir(ROOT)
    made = f"callbacks.roles:{role}({str(directory.resolve())!r}, {port})"
    if role == "sockets":
        become(command("gevent", made, host, port))
    serve(command("gthread", made, host, port))


def ingest(directory: str, _port: int) -> Flask:
    """The role that takes in; the process writes once it holds the lease."""
    place, duty, stop = _place(directory), Duty(), Event()

    def begin(writer: Writer) -> Sequence[Source]:
        ensure_first_key(place.directory, place.store.engine, real_now())
        greet(place)
        return sources_of(Surroundings(place, writer))

    start_giving_back(stop)
    Presence(place.store.engine, "ingest").start(stop)
    worker = Thread(target=duty.work, args=(place, begin, stop), name="duty", daemon=True)
    worker.start()
    return _closing(receiving_server(place, duty), stop, lambda: worker.join(30))


def web(directory: str, port: int) -> Flask:
    """Pages, API and screens of one process that only reads."""
    place, stop = _place(directory), Event()
    present = written_elsewhere(place)
    reporting = open_reporting(place, present.clock.now, report_worker(place))
    half = open_web(place, present, reporting.reports, port, False, build_id(), f"extract-{port}", "web")
    half.start(stop)
    reporting.start(stop, scheduled=False)
    return _closing(half.server, stop, reporting.close, half.close)


def sockets(directory: str, port: int) -> Flask:
    """Screens alone, under gevent."""
    place, stop = _place(directory), Event()
    half: Web = open_sockets(place, written_elsewhere(place), port, build_id())
    half.start(stop)
    return _closing(half.server, stop, half.close)


def scheduler(directory: str, _port: int) -> Flask:
    """Drafts of reports by their schedule, each once; the port answers health and metrics."""
    place, stop = _place(directory), Event()

    def now() -> int:
        return int(place.store.get_state(LAST_TICK) or 0)

    reporting = open_reporting(place, now, report_worker(place))
    reporting.start(stop)
    Presence(place.store.engine, "scheduler").start(stop)
    return _closing(watched_server(place, now), stop, reporting.close)


def _place(directory: str) -> Place:
    logs.configure()
    return open_place(Path(directory))


def report_worker(place: Place) -> Sequence[str]:
    """The command that makes a report in a process of its own."""
    return sys.executable, str(ROOT / "app.py"), "report", "--work", "--data", str(place.directory)


def greet(place: Place) -> None:
    """Outside the demonstration somebody must be able to come in: the first start makes an administrator."""
    password = ensure_first_admin(place.store.engine, real_now, place.settings.security)
    if password is not None:
        print(f"login    {ADMIN} with the one-time password {password}", flush=True)


def _closing(server: Flask, stop: Event, *ends: Callable[[], object]) -> Flask:
    def close() -> None:
        stop.set()
        for end in ends:
            end()

    server.extensions[CLOSE] = close
    return server
