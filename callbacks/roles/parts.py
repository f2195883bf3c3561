"""What roles have in common: the data directory, the first administrator, the command for reports, an orderly end."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from flask import Flask

from dashboard.api.gunicorn_hooks import CLOSE
from dashboard.ingest.opening import Place, open_place
from dashboard.operations import logs
from dashboard.security.accounts import ADMIN, ensure_first_admin
from dashboard.security.clock import real_now

ROOT = Path(__file__).parents[2]


def place_of(directory: str) -> Place:
    """The data directory of a role."""
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


def closing(server: Flask, stop: Event, *ends: Callable[[], object]) -> Flask:
    """The server, which sets ``stop`` and calls ``ends`` in their order when its worker ends."""

    def close() -> None:
        stop.set()
        for end in ends:
            end()

    server.extensions[CLOSE] = close
    return server
