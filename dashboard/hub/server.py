"""The Socket.IO server of the wall: its events, its thread, its sockets."""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Any

import msgspec
from engineio.exceptions import SocketIsClosedError
from flask import Flask, request
from flask_socketio import SocketIO

from dashboard.boards.scope import UnknownRegion
from dashboard.domain.changes import Entry
from dashboard.hub.access import Authenticate, loopback_only
from dashboard.hub.composer import Composer, Limits
from dashboard.hub.line import LINE, MAX_MESSAGE, use_lines
from dashboard.hub.wire import Json, Prepared
from dashboard.replica.replica import Replica

_IDLE = 1.0
_log = logging.getLogger(__name__)


class Subscription(msgspec.Struct, frozen=True):
    """What a page asks for: a region code (empty: all it may see) and whether it draws workers."""

    region: str = ""
    positions: bool = False


class Got(msgspec.Struct, frozen=True):
    """The newest edition and slab a page has handled."""

    edition: int = 0
    slab: int = 0


class Sockets:
    """``composer.Transport`` over the connections of a Socket.IO server."""

    def __init__(self, socketio: SocketIO) -> None:
        self._server = socketio.server

    def send(self, sid: str, message: Prepared) -> None:
        """Queue a message; a connection that has just gone is told by its own disconnect."""
        engine_sid = self._server.manager.eio_sid_from_sid(sid, "/")
        if engine_sid is None:
            return
        try:
            self._server.eio.send_packet(engine_sid, message)
        except SocketIsClosedError:
            return

    def cut(self, sid: str) -> None:
        """Take the connection off the server and shut its socket."""
        environ = self._server.get_environ(sid) or {}
        self._server.disconnect(sid)
        if LINE in environ:
            environ[LINE].cut()


class Hub:
    """Pushes boards and frames to pages. ``socketio`` is for whoever runs the server."""

    def __init__(
        self, socketio: SocketIO, replica: Replica, authenticate: Authenticate, build: str, limits: Limits | None
    ) -> None:
        self.socketio, self.build = socketio, build
        self.epoch = secrets.token_hex(4)
        self._replica, self._authenticate = replica, authenticate
        self._composer = Composer(replica, Sockets(socketio), self.epoch, limits)
        self._allowed: dict[str, str] = {}
        self._wake, self._stopping = Event(), Event()
        self._thread: Thread | None = None
        self._clock: Callable[[], float] = time.monotonic
        replica.listen(self._told)

    @property
    def screens(self) -> int:
        """How many pages are connected and subscribed."""
        return self._composer.viewers

    def start(self) -> None:
        """Begin to push."""
        self._thread = Thread(target=self._run, name="hub", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the pushing thread and Socket.IO's own; connections end with the web server."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self.socketio.server.shutdown()

    def connect(self, auth: object = None) -> bool:
        """Let a connection in, or refuse it."""
        region = self._authenticate(request.environ, auth)
        if region is None:
            return False
        self._allowed[_sid()] = region
        return True

    def disconnect(self, *_reason: object) -> None:
        """A connection ended."""
        self._allowed.pop(_sid(), None)
        self._composer.leave(_sid())

    def subscribe(self, payload: object = None) -> dict[str, Any]:
        """Answer with the snapshot to start from, or an error."""
        try:
            wanted = msgspec.convert(payload or {}, Subscription)
        except msgspec.ValidationError as problem:
            return {"error": "malformed", "detail": str(problem)}
        region = wanted.region or self._allowed.get(_sid(), "")
        try:
            if not self._may_watch(region):
                return {"error": "forbidden", "detail": region}
            snapshot = self._composer.subscribe(_sid(), region, wanted.positions, self._clock())
        except UnknownRegion:
            return {"error": "unknown_region", "detail": region}
        return {**snapshot, "build": self.build}

    def got(self, payload: object = None) -> None:
        """Take an acknowledgement; what waited for it goes out."""
        try:
            handled = msgspec.convert(payload, Got)
        except msgspec.ValidationError:
            return
        if self._composer.got(_sid(), handled.edition, handled.slab):
            self._wake.set()

    def _may_watch(self, region: str) -> bool:
        allowed = self._allowed.get(_sid())
        if not allowed:
            return allowed is not None
        with self._replica.reading() as state:
            tree = state.base.tree
            node, top = tree.latest.get(region), tree.latest.get(allowed)
            if node is None:
                raise UnknownRegion(region)
            return top is not None and top in tree.chain(node)

    def _told(self, entry: Entry) -> None:
        self._composer.tell(entry)
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self._wake.wait(max(0.0, min(_IDLE, self._turn() - self._clock())))

    def _turn(self) -> float:
        """One turn of the composer; a fault is logged and tried again, for a dead thread would freeze every screen."""
        try:
            return self._composer.turn(self._clock())
        except Exception:
            _log.exception("a turn of the hub failed")
            return self._clock() + _IDLE


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]
    return sid


def create_hub(
    server: Flask,
    replica: Replica,
    *,
    origins: Sequence[str],
    authenticate: Authenticate = loopback_only,
    build: str = "",
    async_mode: str = "threading",
    limits: Limits | None = None,
) -> Hub:
    """A hub on a Flask server, not yet started. ``origins`` are the pages that may connect (``https://host:port``).

    ``async_mode`` is ``threading`` or ``gevent`` (with the standard library patched). ``build`` tells a page to reload
    when the program behind it changed.
    """
    socketio = SocketIO(
        server,
        async_mode=async_mode,
        async_handlers=False,
        cors_allowed_origins=list(origins),
        json=Json,
        manage_session=False,
        max_http_buffer_size=MAX_MESSAGE,
        transports=["websocket"],
    )
    use_lines(socketio)
    hub = Hub(socketio, replica, authenticate, build, limits)
    socketio.on_event("connect", hub.connect)
    socketio.on_event("disconnect", hub.disconnect)
    socketio.on_event("subscribe", hub.subscribe)
    socketio.on_event("got", hub.got)
    return hub
