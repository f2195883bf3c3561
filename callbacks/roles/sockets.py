"""The role of screens alone, under gevent."""

from threading import Event

from flask import Flask

from callbacks.build import build_id
from callbacks.roles.parts import closing, place_of
from callbacks.sockets import open_sockets
from dashboard.ingest.present import written_elsewhere


def served(directory: str, port: int) -> Flask:
    """Screens alone, under gevent."""
    place, stop = place_of(directory), Event()
    half = open_sockets(place, written_elsewhere(place), port, build_id())
    half.start(stop)
    return closing(half.server, stop, half.close)
