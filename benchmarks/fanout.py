"""A frame of all workers to many viewers each second: prepared once, beside Flask-SocketIO's emit and Dash's interval.

    python benchmarks/fanout.py [--clients 300] [--frames 20] [--workers 90317]

Half of the workers moved. Server and clients are two processes on this machine; only the server's CPU time counts, and
of how long a frame takes both. Clients speak raw Engine.IO 4 over WebSocket and offer permessage-deflate, as every
browser does, except in the run "emit, nothing offered". In Dash's way each client asks once a second, all at moments
of their own, and is answered with the same frame as base64, already made; Werkzeug closes each connection.
"""

import argparse
import asyncio
import base64
import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from dash import Dash, Input, Output, dcc
from flask import Flask
from flask_socketio import SocketIO
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks.position_city import Walk, city
from dashboard.domain.frames import MOVING, FrameState, Keyframe, difference, encode
from dashboard.hub.line import use_lines
from dashboard.hub.server import Sockets
from dashboard.hub.wire import binary_event

DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{offer}\r\n"
)
ASKED = json.dumps({
    "output": "frame.data", "outputs": {"id": "frame", "property": "data"}, "changedPropIds": ["clock.n_intervals"],
    "inputs": [{"id": "clock", "property": "n_intervals", "value": 1}],
})  # fmt: skip
QUESTION = (
    "POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    f"Content-Length: {len(ASKED)}\r\n\r\n{ASKED}"
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

    async def receive(self) -> list[float]:
        """Wait for all frames; when each had come."""
        came: list[float] = []
        while len(came) < self.frames:
            if await self._message() == 2:
                came.append(time.monotonic())
        return came

    async def _message(self) -> int:
        head = await self.reader.readexactly(2)
        size = head[1]
        if size == 126:
            size = struct.unpack("!H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", await self.reader.readexactly(8))[0]
        await self.reader.readexactly(size)
        return head[0] & 15


async def follow(port: int, offer: str, clients: int, frames: int) -> list[list[float]]:
    """The client process: says when everybody is connected; when each frame came, by client."""
    everyone = [Client(port, offer, frames) for _ in range(clients)]
    for client in everyone:
        await client.connect()
    print("connected", flush=True)
    return await asyncio.gather(*(client.receive() for client in everyone))


async def poll(port: int, clients: int, frames: int) -> list[list[float]]:
    """The client process of Dash's way; how long each answer took, by client."""
    print("connected", flush=True)
    return await asyncio.gather(*(ask(port, number / clients, frames) for number in range(clients)))


async def ask(port: int, offset: float, times: int) -> list[float]:
    """Ask once a second."""
    begin, took = time.monotonic() + offset, []
    for number in range(times):
        await asyncio.sleep(begin + number - time.monotonic())
        began = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(QUESTION.encode())
        assert b" 200 " in (await reader.read())[:20]
        writer.close()
        took.append(time.monotonic() - began)
    return took


Send = Callable[[SocketIO, bytes], None]


def emit(socketio: SocketIO, payload: bytes) -> None:
    """The plain way."""
    socketio.emit("frame", payload)


def prepared(socketio: SocketIO, payload: bytes) -> None:
    """The hub's way."""
    sockets, message = Sockets(socketio), binary_event("frame", payload)
    for sid, _ in list(socketio.server.manager.get_participants("/", None)):
        sockets.send(sid, message)


def frame_of(workers: int) -> bytes:
    """The frame of a second in which half of the workers moved."""
    walk, plane = Walk(workers), city(workers, 100)[1]
    (x, y), (lon, lat) = plane.metres(*walk.step()), walk.step()
    moved = walk.random.random(workers) < 0.5
    next_x, next_y = (np.where(moved, new, old) for new, old in zip(plane.metres(lon, lat), (x, y), strict=True))
    known, state = FrameState(), np.full(workers, MOVING, np.uint8)
    known.apply(Keyframe(1, 0, 1, x, y, state, np.zeros(workers, np.uint8)))
    return encode(difference(known, next_x, next_y, state, 2, 1000))


Result = tuple[float, float]
"""CPU microseconds of the server for one frame to one client; p99 of the milliseconds until a client has it."""


def pushed(send: Send, lines: bool, offer: str, payload: bytes, options: argparse.Namespace) -> Result:
    """One way over Socket.IO."""
    app = Flask("fanout")
    socketio = SocketIO(app, async_mode="threading", transports=["websocket"], async_handlers=False)
    socketio.on_event("connect", lambda *_: None)
    if lines:
        use_lines(socketio)

    def push() -> list[float]:
        sent, pause = [], Event()
        for number in range(options.frames):
            pause.wait(max(0.0, sent[0] + number - time.monotonic()) if sent else 0.0)
            sent.append(time.monotonic())
            send(socketio, payload)
        return sent

    return measured(app, ["--offer", offer], push, options)


def asked(payload: bytes, options: argparse.Namespace) -> Result:
    """Dash's way: an interval on each page, and a callback that answers it."""
    app, text = Dash("fanout"), base64.b64encode(payload).decode()
    app.layout = [dcc.Interval(id="clock"), dcc.Store(id="frame")]
    app.callback(Output("frame", "data"), Input("clock", "n_intervals"))(lambda _: text)
    return measured(app.server, ["--poll"], list, options)


class Silent(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


def measured(app: Flask, words: list[str], push: Callable[[], list[float]], options: argparse.Namespace) -> Result:
    """Serve to the client process while ``push`` sends; it gives the instants of sending, none where clients ask."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    Thread(target=server.serve_forever, daemon=True).start()
    words = [sys.executable, __file__, "--client", str(server.server_port), *words]
    words += ["--clients", str(options.clients), "--frames", str(options.frames)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as clients:
        assert clients.stdout is not None
        assert clients.stdout.readline() == "connected\n"
        start = time.process_time()
        sent = push()
        came = np.array(json.loads(clients.stdout.readline()))
        spent = (time.process_time() - start) / (options.clients * options.frames) * 1e6
    server.shutdown()
    return spent, float(np.quantile(came - np.array(sent) if sent else came, 0.99)) * 1000


def client(options: argparse.Namespace) -> None:
    """What the client process does."""
    if options.poll:
        came = asyncio.run(poll(options.client, options.clients, options.frames))
    else:
        came = asyncio.run(follow(options.client, DEFLATE if options.offer else "", options.clients, options.frames))
    print(json.dumps(came), flush=True)


def main() -> None:
    """Compare the four ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("clients", 300), ("frames", 20), ("workers", 90_317)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--client", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--offer", default="", help=argparse.SUPPRESS)
    parser.add_argument("--poll", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        client(options)
        return
    payload = frame_of(options.workers)
    print(f"{options.clients} clients, {options.frames} frames of {len(payload):,} B, one a second")
    here = pushed(prepared, True, "deflate", payload, options)
    tell("prepared once", here, here)
    tell("emit, nothing offered", pushed(emit, False, "", payload, options), here)
    tell("emit, deflate offered", pushed(emit, False, "deflate", payload, options), here)
    tell("Dash's interval", asked(payload, options), here)


def tell(name: str, found: Result, here: Result) -> None:
    """One way in a line."""
    spent, late = found
    print(f"  {name:24} {spent:7.0f} us of the server   {spent / here[0]:5.1f} times   p99 {late:6.0f} ms", flush=True)


if __name__ == "__main__":
    main()
