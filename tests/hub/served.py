"""A hub on a real server with a real port, and clients that keep a board as a page does."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import socketio
from flask import Flask
from werkzeug.serving import make_server

from dashboard.boards.patch import merge
from dashboard.domain.frames import FrameState, decode
from dashboard.hub.composer import Limits
from dashboard.hub.server import Hub, create_hub
from tests.replica.world import World, world
from tests.servers import free_port

PATIENCE = 10.0


class Page:
    """A client that follows one scope. ``silent`` ones acknowledge nothing after the snapshot."""

    def __init__(self, port: int, silent: bool = False) -> None:
        self.port, self.silent = port, silent
        self.client = socketio.Client(reconnection=False)
        self.changed = Condition()
        self.board: dict[str, Any] = {}
        self.edition = self.deltas = self.frames = self.pulses = 0
        self.broken: list[str] = []
        self.workers = FrameState()
        self.client.on("delta", self._delta)
        self.client.on("frame", self._frame)
        self.client.on("pulse", self._pulse)
        self.client.on("disconnect", lambda *_: self._tell())
        self.connect()

    def connect(self) -> None:
        self.client.connect(f"http://127.0.0.1:{self.port}", transports=["websocket"])

    def subscribe(self, region: str = "", positions: bool = False) -> dict[str, Any]:
        wanted = {"region": region, "positions": positions}
        ack: dict[str, Any] = self.client.call("subscribe", wanted, timeout=PATIENCE)
        if "error" not in ack:
            self.board, self.edition = ack["board"], ack["edition"]
            if ack["keyframe"]:
                self.workers.apply(decode(ack["keyframe"]))
            self.acknowledge()
        return ack

    def acknowledge(self) -> None:
        self.client.emit("got", {"edition": self.edition, "slab": self.workers.slab})

    def wait(self, condition: Callable[["Page"], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: condition(self), PATIENCE), self.broken

    def close(self) -> None:
        """Leave without the closing handshake, for which this client would wait three seconds."""
        if self.client.connected:
            self.client.eio.ws.sock.shutdown(socket.SHUT_RDWR)
            self.client.wait()

    def _delta(self, message: dict[str, Any]) -> None:
        with self.changed:
            if message["from"] != self.edition:
                self.broken.append(f"{message['from']} does not follow {self.edition}")
            self.board, self.edition = merge(self.board, message["patch"]), message["to"]
            self.deltas += 1
        self._handled()

    def _frame(self, payload: bytes) -> None:
        with self.changed:
            self.workers.apply(decode(payload))
            self.frames += 1
        self._handled()

    def _pulse(self, _: dict[str, Any]) -> None:
        with self.changed:
            self.pulses += 1
        self._tell()

    def _handled(self) -> None:
        if not self.silent:
            self.acknowledge()
        self._tell()

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()


class Served:
    """A city, its hub and its web server."""

    def __init__(self, city: World, limits: Limits, **options: Any) -> None:
        self.city = city
        server = Flask("test")
        self.port = free_port()
        origins = [f"http://127.0.0.1:{self.port}"]
        self.hub: Hub = create_hub(server, city.replica, origins=origins, build="b1", limits=limits, **options)
        self.web = make_server("127.0.0.1", self.port, server, threaded=True)
        self.pages: list[Page] = []
        self._serving = Thread(target=self.web.serve_forever, daemon=True)

    def start(self) -> None:
        self.city.replica.start()
        self.hub.start()
        self._serving.start()

    def page(self, silent: bool = False) -> Page:
        self.pages.append(Page(self.port, silent))
        return self.pages[-1]

    def stop(self) -> None:
        for page in self.pages:
            page.close()
        self.hub.stop()
        self.city.replica.stop()
        self.web.shutdown()
        self.web.server_close()
        self._serving.join()


@contextmanager
def served(directory: Path, limits: Limits | None = None, **options: Any) -> Iterator[Served]:
    with world(directory) as city:
        made = Served(city, limits or Limits(board=0.05), **options)
        made.start()
        try:
            yield made
        finally:
            made.stop()
