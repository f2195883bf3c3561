"""The wall over an invented city, without the product's server: ``python -m tests.layouts.fixture_server``.

The address chooses the state: ``/wall?region=lost``, ``delayed``, ``empty``, ``error``, ``long``, ``big``, ``none``,
``nomap``, ``frozen``; with ``&lang=en`` in English.
"""

import argparse
import itertools
import struct
import threading
import time
import zlib
from typing import Any

import numpy as np
import orjson
from flask import Flask, Response, request
from flask_socketio import SocketIO, join_room, leave_room

from callbacks.application import create_pages
from dashboard.boards.patch import diff
from tests.layouts import invented_board
from tests.layouts.invented_city import City, Walk, build

HEADER = struct.Struct("<2sBBIdIIIIII")
SCENARIOS = ("", "delayed", "lost", "all", "empty", "error", "long", "big", "none", "nomap", "frozen", "frozenbig")
LIVE = ("", "long", "big", "none", "nomap")


def frame(kind: int, slab: int, now: float, counts: tuple[int, int, int, int], after: int, body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return HEADER.pack(b"YP", kind, 1, slab, now, *counts, after, 1) + packer.compress(body) + packer.flush()


def keyframe(walk: Walk, slab: int, now: float) -> bytes:
    body = walk.x.tobytes() + walk.y.tobytes() + walk.state.tobytes() + walk.headings().tobytes()
    return frame(1, slab, now, (len(walk.x), 0, 0, 0), 0, body)


def delta(walk: Walk, slab: int, now: float) -> bytes:
    moved, dx, dy = walk.step()
    body = np.packbits(moved, bitorder="little").tobytes() + dx.tobytes() + dy.tobytes()
    return frame(2, slab, now, (len(walk.x), len(dx), 0, 0), slab - 1, body)


class Scene:
    """One scenario's city, walkers and newest board."""

    def __init__(self, scenario: str) -> None:
        self.scenario, self.slab, self.edition = scenario, 1, 1
        self.city: City = build(long_names=scenario == "long")
        self.walk = Walk.start(self.city, 90_317 if "big" in scenario else 3390)
        self.board: dict[str, Any] = {}
        self.lock = threading.Lock()


def create(workers: int = 0) -> tuple[Flask, SocketIO, dict[str, Scene]]:
    server = Flask("fixture")
    socket = SocketIO(server, async_mode="threading", cors_allowed_origins=[])
    create_pages(server)
    scenes: dict[str, Scene] = {}

    def scene(name: str) -> Scene:
        if name not in scenes:
            scenes[name] = Scene(name)
            scenes[name].board = invented_board.board(scenes[name].city, int(time.time() * 1000), name)
        return scenes[name]

    @server.get("/api/v1/map")
    def city_map() -> Response:
        name = request.args.get("region", "")
        if name == "nomap":
            return Response(status=503)
        return Response(orjson.dumps(scene(name).city.map), mimetype="application/json")

    @socket.on("subscribe")
    def subscribe(question: dict[str, Any]) -> dict[str, Any]:
        name = question["region"]
        if name not in SCENARIOS:
            return {"error": "unknown_region"}
        found = scene(name)
        with found.lock:
            for other in SCENARIOS:
                leave_room(other)
            join_room(name)
            now = time.time() * 1000
            return {
                "epoch": "e",
                "edition": found.edition,
                "build": "b",
                "board": found.board,
                "keyframe": keyframe(found.walk, found.slab, now),
            }

    @socket.on("got")
    def got(_: dict[str, Any]) -> None:
        """Nothing is held back here."""

    def push(found: Scene, tick: int) -> None:
        now = int(time.time() * 1000)
        with found.lock:
            new = invented_board.board(found.city, now, found.scenario, tick // 6)
            new["tiles"]["accepted"]["value"] = (
                (new["tiles"]["accepted"]["value"] or 0) + tick // 3
                if found.scenario in LIVE
                else new["tiles"]["accepted"]["value"]
            )
            patch = diff(found.board, new)
            found.board, found.edition = new, found.edition + 1
            message = {
                "epoch": "e",
                "from": found.edition - 1,
                "to": found.edition,
                "seq": tick,
                "time": now,
                "patch": patch,
            }
            socket.emit("delta", message, to=found.scenario)
            if found.scenario in LIVE and tick % 2 == 0:
                found.slab += 1
                socket.emit("frame", delta(found.walk, found.slab, now), to=found.scenario)

    def run() -> None:
        for tick in itertools.count(1):
            started = time.monotonic()
            for found in list(scenes.values()):
                if not found.scenario.startswith("frozen"):
                    push(found, tick)
            socket.sleep(max(0.05, 0.5 - (time.monotonic() - started)))

    socket.start_background_task(run)
    return server, socket, scenes


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8060)
    app, io, _ = create()
    io.run(app, host="127.0.0.1", port=parser.parse_args().port, allow_unsafe_werkzeug=True, log_output=False)
