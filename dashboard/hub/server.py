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
from flask_socketio import ConnectionRefusedError, SocketIO

from dashboard.boards.scope import UnknownRegion
from dashboard.domain.changes import Entry
from dashboard.hub.access import Alive, Authenticate, all_alive, loopback_only
from dashboard.hub.composer import Composer, Limits
from dashboard.hub.line import LINE, MAX_MESSAGE, use_lines
from dashboard.hub.screens import Screen, ScreenBook
from dashboard.hub.wire import Json, Prepared
from dashboard.replica.replica import Replica
from dashboard.security.caller import Caller
from dashboard.security.clock import real_now
from dashboard.security.scope import sees_region

_IDLE = 1.0
_SWEEP = 2.0
"""Seconds between two looks at who may still watch."""
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
        self, socketio: SocketIO, replica: Replica, authenticate: Authenticate, alive: Alive, build: str,
        limits: Limits | None,
    ) -> None:  # fmt: skip
        self.socketio, self.build = socketio, build
        self.epoch = secrets.token_hex(4)
        self._replica, self._authenticate, self._alive = replica, authenticate, alive
        self._sockets = Sockets(socketio)
        self._composer = Composer(replica, self._sockets, self.epoch, limits)
        self._callers: dict[str, Caller] = {}
        self._watched: dict[str, str] = {}
        self._screens = ScreenBook()
        self._wake, self._stopping = Event(), Event()
        self._threads: list[Thread] = []
        self._clock: Callable[[], float] = time.monotonic
        replica.listen(self._told)

    @property
    def screens(self) -> int:
        """How many pages are connected and subscribed."""
        return self._composer.viewers

    def screen_states(self) -> list[Screen]:
        """Every subscribed page and what it told of itself."""
        return self._screens.all()

    def start(self) -> None:
        """Begin to push, and to watch over who may still be pushed to."""
        for name, work in (("hub", self._run), ("hub-sweep", self._watch_over)):
            self._threads.append(Thread(target=work, name=name, daemon=True))
            self._threads[-1].start()

    def stop(self) -> None:
        """End the threads and Socket.IO's own; connections end with the web server."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._wake.set()
        for thread in self._threads:
            thread.join()
        self.socketio.server.shutdown()

    def connect(self, auth: object = None) -> bool:
        """Let a connection in, or refuse it: a board counts the cases of all units, so callers of one get none.

        Where the store cannot say who asks, the page is told so and asks again; without an answer it would wait on.
        """
        try:
            caller = self._authenticate(request.environ, auth)
        except Exception as problem:
            _log.warning("nobody can be recognised: %s", type(problem).__name__)
            raise ConnectionRefusedError("unavailable") from problem
        if caller is None or not caller.may("wall") or caller.unit:
            return False
        self._callers[_sid()] = caller
        return True

    def disconnect(self, *_reason: object) -> None:
        """A connection ended."""
        self._forget(_sid())

    def subscribe(self, payload: object = None) -> dict[str, Any]:
        """Answer with the snapshot to start from, or an error."""
        try:
            wanted = msgspec.convert(payload or {}, Subscription)
        except msgspec.ValidationError as problem:
            return {"error": "malformed", "detail": str(problem)}
        caller = self._callers.get(_sid())
        if caller is None:
            return {"error": "forbidden", "detail": wanted.region}
        region = wanted.region or caller.region
        try:
            if not self._may_watch(caller, region):
                return {"error": "forbidden", "detail": region}
            snapshot = self._composer.subscribe(_sid(), region, wanted.positions, self._clock())
        except UnknownRegion:
            return {"error": "unknown_region", "detail": region}
        self._watched[_sid()] = region
        self._screens.watches(_sid(), caller, region, real_now())
        return {**snapshot, "build": self.build}

    def got(self, sid: str, payload: object = None) -> None:
        """Take an acknowledgement; what waited for it goes out. The most frequent message: Flask's context, which
        it needs nothing of, would cost four times as much as all of this."""
        try:
            handled = msgspec.convert(payload, Got)
        except msgspec.ValidationError:
            return
        if self._composer.got(sid, handled.edition, handled.slab):
            self._wake.set()

    def health(self, payload: object = None) -> None:
        """Take what a wall tells of itself."""
        self._screens.note(_sid(), payload, real_now(), self._clock())

    def _may_watch(self, caller: Caller, region: str) -> bool:
        if not caller.region:
            return True
        with self._replica.reading() as state:
            if state.base.tree.node(region) is None:
                raise UnknownRegion(region)
            return sees_region(state.base.tree, caller, region)

    def sweep(self) -> None:
        """Cut whoever was signed out or revoked, or whose scope or whose region's place is another one by now."""
        callers = dict(self._callers)
        alive = self._alive(callers.values())
        for sid, caller in callers.items():
            if caller.id not in alive or not self._still_sees(caller, self._watched.get(sid, "")):
                _log.info("%s may not watch any longer, cut", caller.name)
                self._forget(sid)
                self._sockets.cut(sid)

    def _still_sees(self, caller: Caller, region: str) -> bool:
        try:
            return not region or self._may_watch(caller, region)
        except UnknownRegion:
            return False

    def _forget(self, sid: str) -> None:
        self._callers.pop(sid, None)
        self._watched.pop(sid, None)
        self._screens.forget(sid)
        self._composer.leave(sid)

    def _told(self, entry: Entry) -> None:
        self._composer.tell(entry)
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self._wake.wait(max(0.0, min(_IDLE, self._turn() - self._clock())))

    def _watch_over(self) -> None:
        """Look every two seconds; while the store cannot say, nobody can be signed out of it either."""
        while not self._stopping.wait(_SWEEP):
            try:
                self.sweep()
            except Exception:
                _log.exception("a look at who may still watch failed")

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
    alive: Alive = all_alive,
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
    hub = Hub(socketio, replica, authenticate, alive, build, limits)
    socketio.on_event("connect", hub.connect)
    socketio.on_event("disconnect", hub.disconnect)
    socketio.on_event("subscribe", hub.subscribe)
    socketio.server.on("got", hub.got)
    socketio.on_event("health", hub.health)
    return hub
