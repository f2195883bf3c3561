"""Many screens in one process: raw Socket.IO over WebSocket, acknowledging as a page does, with little work.

    python -m benchmarks.followers PORT < JSON

Standard input: one JSON object with ``cookie`` (``NAME=VALUE``), ``screens`` (a list of [region, with positions]) and
``seconds``. Prints ``ready`` when all are subscribed, and at the end one JSON object: ``titles`` (title of the form
测速N号 → ms when each screen first had it), ``places`` ([y in metres, ms] at which the worker in slot ``probe`` came to
stand, on the first screen), ``frames`` and ``deltas`` (counts), ``again`` (snapshots asked for after
the first), ``lost`` (connections that ended) and ``silent_ms`` (longest time between two frames of a screen).
"""

import asyncio
import base64
import json
import os
import re
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dashboard.domain.frames import FrameState, decode

HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://127.0.0.1:{port}\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
)
TITLE = re.compile("测速[0-9]+号")
NUMBERS = re.compile(rb'"epoch":"?([^",]+)"?,"from":([0-9]+),"to":([0-9]+)')
FRAME_SLAB = struct.Struct("<4xI")


@dataclass
class Seen:
    """What all screens of the process saw."""

    titles: dict[str, list[float]] = field(default_factory=dict)
    places: list[tuple[int, float]] = field(default_factory=list)
    frames: int = 0
    deltas: int = 0
    again: int = 0
    lost: int = 0
    silent_ms: float = 0.0
    faults: list[str] = field(default_factory=list)


class Screen:
    """One connection. ``probe``: reads its frames and notes where a worker came to stand."""

    def __init__(self, seen: Seen, port: int, cookie: str, region: str, positions: bool, probe: int | None) -> None:
        self.seen, self.port, self.cookie, self.region, self.positions = seen, port, cookie, region, positions
        self.probe, self.state = probe, FrameState()
        self.edition = self.slab = 0
        self.titles: set[str] = set()
        self.ready, self.asking, self.number = asyncio.Event(), False, 0
        self.frame_at = 0.0
        self.binary: list[str] = []

    async def follow(self) -> None:
        """Connect and read until cancelled."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 23)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write(HANDSHAKE.format(key=key, port=self.port, cookie=self.cookie).encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head[:20]:
            raise SystemExit(head.decode())
        self._send("40")
        try:
            while True:
                self._take(*await self._message())
        except (asyncio.IncompleteReadError, ConnectionError):
            self.seen.lost += 1

    async def _message(self) -> tuple[int, bytes]:
        head = await self.reader.readexactly(2)
        size = head[1] & 127
        if size == 126:
            size = struct.unpack("!H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", await self.reader.readexactly(8))[0]
        return head[0] & 15, await self.reader.readexactly(size)

    def _send(self, text: str) -> None:
        data = text.encode()
        size = struct.pack("!B", 0x80 | len(data)) if len(data) < 126 else struct.pack("!BH", 0x80 | 126, len(data))
        self.writer.write(b"\x81" + size + b"\0\0\0\0" + data)

    def _take(self, opcode: int, data: bytes) -> None:
        if opcode == 2:
            return self._binary(data)
        if opcode == 9:
            self.writer.write(b"\x8a\x80\0\0\0\0")
        elif opcode == 8:
            raise ConnectionResetError
        elif data == b"2":
            self._send("3")
        elif data.startswith(b"40"):
            self._subscribe()
        elif data.startswith(b'42["delta"'):
            self._delta(data)
        elif data.startswith((b"45", b"46")):
            self.binary.append(data.decode())
        elif data.startswith(b"43"):
            self._snapshot(data[data.index(b"[") :])
        return None

    def _subscribe(self) -> None:
        if self.asking:
            return
        self.asking, self.number = True, self.number + 1
        wanted = json.dumps({"region": self.region, "positions": self.positions})
        self._send(f'42{self.number}["subscribe",{wanted}]')

    def _snapshot(self, data: bytes, keyframe: bytes = b"") -> None:
        answer = json.loads(data)[0]
        if "error" in answer:
            self.seen.faults.append(f"{self.region}: {answer}")
            self.ready.set()
            return
        self.asking, self.epoch, self.edition = False, str(answer["epoch"]), answer["edition"]
        self._titles(data.decode())
        self.seen.again += self.ready.is_set()
        self.ready.set()
        if keyframe:
            self._frame(keyframe)
        self._got()

    def _delta(self, data: bytes) -> None:
        numbers = NUMBERS.search(data[:200])
        if numbers is None:
            self.seen.faults.append(data[:200].decode())
            return
        if self.asking:
            return
        if int(numbers[2]) != self.edition:
            self._subscribe()
            return
        self.edition = int(numbers[3])
        self.seen.deltas += 1
        self._titles(data.decode())
        self._got()

    def _titles(self, text: str) -> None:
        now = time.time() * 1000
        for title in set(TITLE.findall(text)) - self.titles:
            self.titles.add(title)
            self.seen.titles.setdefault(title, []).append(now)

    def _binary(self, data: bytes) -> None:
        text = self.binary.pop(0)
        if text.startswith("46"):
            return self._snapshot(text[text.index("[") :].encode(), data)
        return self._frame(data)

    def _frame(self, data: bytes) -> None:
        now = time.time() * 1000
        if self.frame_at:
            self.seen.silent_ms = max(self.seen.silent_ms, now - self.frame_at)
        self.frame_at = now
        self.seen.frames += 1
        (self.slab,) = FRAME_SLAB.unpack_from(data)
        if self.probe is not None:
            self.state.apply(decode(data))
            self.seen.places.append((int(self.state.y[self.probe]), now))
        self._got()

    def _got(self) -> None:
        self._send(f'42["got",{{"edition":{self.edition},"slab":{self.slab}}}]')


async def follow(port: int, asked: dict[str, Any]) -> Seen:
    """All screens, so many seconds long."""
    seen, tasks = Seen(), []
    for number, (region, positions) in enumerate(asked["screens"]):
        probe = asked.get("probe") if number == 0 else None
        screen = Screen(seen, port, asked["cookie"], region, positions, probe)
        tasks.append(asyncio.create_task(screen.follow()))
        await asyncio.wait_for(screen.ready.wait(), 120)
    print("ready", flush=True)
    await asyncio.sleep(asked["seconds"])
    ended = [task.exception() for task in tasks if task.done()]
    seen.faults += [repr(fault) for fault in ended if fault]
    for task in tasks:
        task.cancel()
    return seen


def changes(places: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Only when the place became another one."""
    y = np.array([place for place, _ in places], np.int64)
    kept = np.flatnonzero(np.diff(y, prepend=y[:1] - 1)) if len(y) else []
    return [places[at] for at in kept]


def main() -> None:
    """Follow and print."""
    seen = asyncio.run(follow(int(sys.argv[1]), json.load(sys.stdin)))
    seen.places = changes(seen.places)
    print(json.dumps(vars(seen), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
