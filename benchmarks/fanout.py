"""Server CPU of one frame to one viewer: prepared once, against Flask-SocketIO's emit with and without compression.

    python benchmarks/fanout.py [--clients 100] [--frames 20] [--bytes 40000]

Server and clients are two processes on this machine; only the server's CPU time counts. Clients speak raw Engine.IO 4
over WebSocket and offer permessage-deflate, as every browser does, except in the run "emit, nothing offered".
"""

import argparse
import asyncio
import base64
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

sys.path.insert(0, str(Path(__file__).parents[1]))

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.serving import make_server

from dashboard.hub.line import use_lines
from dashboard.hub.server import Sockets
from dashboard.hub.wire import binary_event

DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{offer}\r\n"
)


class Client:
    """Counts binary messages; understands just enough of WebSocket."""

    def __init__(self, port: int, offer: str, frames: int) -> None:
        self.port, self.offer, self.frames = port, offer, frames

    async def connect(self) -> None:
        """Open the connection and the namespace."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write(HANDSHAKE.format(key=key, offer=self.offer).encode())
        await self.reader.readuntil(b"\r\n\r\n")
        self.writer.write(b"\x81\x82\x00\x00\x00\x0040")
        await self._message()
        await self._message()

    async def receive(self) -> None:
        """Wait for all frames."""
        binary = 0
        while binary < self.frames:
            binary += await self._message() == 2

    async def _message(self) -> int:
        head = await self.reader.readexactly(2)
        size = head[1]
        if size == 126:
            size = struct.unpack("!H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", await self.reader.readexactly(8))[0]
        await self.reader.readexactly(size)
        return head[0] & 15


async def follow(port: int, offer: str, clients: int, frames: int) -> None:
    """The client process: says when everybody is connected and when everything has come."""
    everyone = [Client(port, offer, frames) for _ in range(clients)]
    for client in everyone:
        await client.connect()
    print("connected", flush=True)
    await asyncio.gather(*(client.receive() for client in everyone))
    print("received", flush=True)


Send = Callable[[SocketIO, bytes], None]


def emit(socketio: SocketIO, payload: bytes) -> None:
    """The plain way."""
    socketio.emit("frame", payload)


def prepared(socketio: SocketIO, payload: bytes) -> None:
    """The hub's way."""
    sockets, message = Sockets(socketio), binary_event("frame", payload)
    for sid, _ in list(socketio.server.manager.get_participants("/", None)):
        sockets.send(sid, message)


def run(send: Send, lines: bool, offer: str, options: argparse.Namespace) -> float:
    """CPU microseconds of the server for one frame to one client."""
    app = Flask("fanout")
    socketio = SocketIO(app, async_mode="threading", transports=["websocket"], async_handlers=False)
    socketio.on_event("connect", lambda *_: None)
    if lines:
        use_lines(socketio)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    words = [sys.executable, __file__, "--client", str(server.server_port), "--offer", offer]
    words += ["--clients", str(options.clients), "--frames", str(options.frames)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as clients:
        assert clients.stdout is not None
        assert clients.stdout.readline() == "connected\n"
        spent = _spend(send, socketio, options, clients.stdout.readline)
        clients.terminate()
    server.shutdown()
    return spent


def _spend(send: Send, socketio: SocketIO, options: argparse.Namespace, received: Callable[[], str]) -> float:
    payload, pause = os.urandom(options.bytes), Event()
    start = time.process_time()
    for _ in range(options.frames):
        send(socketio, payload)
        pause.wait(0.1)
    assert received() == "received\n"
    return (time.process_time() - start) / (options.clients * options.frames) * 1e6


def main() -> None:
    """Compare the three ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("clients", 100), ("frames", 20), ("bytes", 40_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--client", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--offer", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        asyncio.run(follow(options.client, DEFLATE if options.offer else "", options.clients, options.frames))
        return
    here = run(prepared, True, "deflate", options)
    plain = run(emit, False, "", options)
    compressed = run(emit, False, "deflate", options)
    print(f"{options.clients} clients, {options.frames} frames of {options.bytes:,} B; server CPU for each of them")
    print(f"  prepared once            {here:7.0f} us")
    print(f"  emit, nothing offered    {plain:7.0f} us   {plain / here:.1f} times as much")
    print(f"  emit, deflate offered    {compressed:7.0f} us   {compressed / here:.1f} times as much")


if __name__ == "__main__":
    main()
