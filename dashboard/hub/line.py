"""One viewer's WebSocket: whole writes, no compression for each client, and a way to cut it.

simple-websocket accepts permessage-deflate from every browser and would then compress every frame for every client; it
also writes with ``socket.send``, which may write only a part of a frame under gevent.
"""

import socket
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask_socketio import SocketIO
from simple_websocket import Server

from dashboard.hub.wire import Wire

LINE = "yiping.line"
"""Key of the WSGI environment under which a connection's ``Line`` is found."""
MAX_MESSAGE = 64 * 1024
_EXTENSIONS = "HTTP_SEC_WEBSOCKET_EXTENSIONS"


class _WholeWrites:
    """A socket whose ``send`` writes everything, one writer at a time."""

    def __init__(self, wrapped: socket.socket) -> None:
        self._socket, self._lock = wrapped, Lock()
        self.recv, self.close, self.fileno = wrapped.recv, wrapped.close, wrapped.fileno
        self.shutdown, self.getpeername = wrapped.shutdown, wrapped.getpeername

    def send(self, data: bytes) -> int:
        with self._lock:
            self._socket.sendall(data)
        return len(data)


class Line(Server):  # type: ignore[misc]
    """The server's end of a WebSocket."""

    sock: Any
    environ: dict[str, Any]

    def handshake(self) -> None:
        """Accept the connection as if no extension had been offered."""
        self.sock = _WholeWrites(self.sock)
        self.environ = {key: value for key, value in self.environ.items() if key != _EXTENSIONS}
        super().handshake()

    def write(self, wire: Wire) -> None:
        """Write finished frames; ``OSError`` where the connection is gone."""
        if not self.connected:
            raise OSError("the connection is closed")
        self.sock.send(wire)

    def cut(self) -> None:
        """End the connection now, also while a write waits for a client that does not read."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


class Driver(SimpleWebSocketWSGI):  # type: ignore[misc]
    """Engine.IO's WebSocket transport over a ``Line``."""

    def __init__(self, original: Callable[..., Any], handler: Callable[..., Any], server: object) -> None:
        threads = original(handler, server).server_args
        super().__init__(handler, server, **threads, max_message_size=MAX_MESSAGE)

    def __call__(self, environ: dict[str, Any], start_response: object) -> object:
        """Serve one connection until it ends, then tell the WSGI server that the socket is used up."""
        self.ws = environ[LINE] = Line(environ, **self.server_args)
        result = self.app(self)
        if self.ws.mode == "gunicorn":
            raise StopIteration
        if self.ws.mode == "werkzeug":
            raise ConnectionError
        return result

    def send(self, message: str | bytes) -> None:
        """Write a message of Engine.IO's own, or finished frames."""
        if isinstance(message, Wire):
            self.ws.write(message)
        else:
            super().send(message)


def use_lines(socketio: SocketIO) -> None:
    """Let a server speak over ``Line``. Engine.IO has no public place for this: its table of drivers is replaced."""
    engine = socketio.server.eio
    original = engine._async["websocket"]
    engine._async = {**engine._async, "websocket": partial(Driver, original)}
