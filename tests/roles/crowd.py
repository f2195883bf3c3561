"""Hundreds of screens in one thread: Engine.IO 4 over bare sockets, as much of it as a screen needs."""

import asyncio
import base64
import json
import os
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from tests.roles.cluster import ORIGIN

PAUSE = 0.2
"""Seconds after a refused connection: a browser waits longer, and not all equally long."""
CUT = (OSError, asyncio.IncompleteReadError)


class Screen:
    """One screen on a city's board. ``board_at`` and ``told_at`` are when its snapshot and its last delta came."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key
        self.board_at: float | None = None
        self.told_at: float | None = None
        self.edition = 0
        self.refused = 0
        self.text = ""

    async def connect(self) -> None:
        """Open, again and again until there is a server, and ask for the board."""
        while True:
            try:
                await self._open()
                return
            except CUT:
                await asyncio.sleep(PAUSE)

    async def _open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 22)
        self._writer.write(_handshake(self._key))
        status = (await self._reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
        if status != b"101":
            self.refused += 1
            raise ConnectionError(status)
        self._say("40")
        while not (await self._hear()).startswith("40"):
            pass
        self._say('420["subscribe",{"region":"","positions":false}]')
        answer = await self._hear()
        while not answer.startswith("430"):
            answer = await self._hear()
        self._took(json.loads(answer[3:])[0])

    def _took(self, snapshot: dict[str, Any]) -> None:
        self.edition, self.board_at, self.told_at = snapshot["edition"], monotonic(), None
        self.acknowledge()

    async def follow(self) -> None:
        """Hear and acknowledge until the connection ends."""
        with suppress(*CUT):
            while True:
                text = await self._hear()
                if text == "2":
                    self._say("3")
                elif text.startswith('42["delta"'):
                    self.edition, self.told_at, self.text = json.loads(text[2:])[1]["to"], monotonic(), text
                    self.acknowledge()

    async def live(self) -> None:
        """Connect, follow, and connect anew whenever the connection ends."""
        while True:
            await self.connect()
            await self.follow()

    def acknowledge(self) -> None:
        self._say(f'42["got",{{"edition":{self.edition},"slab":0}}]')

    def still_answers(self) -> None:
        """The answer to a ping that was never read: a screen whose page stands still, its socket does not."""
        with suppress(OSError):
            self._say("3")

    def leave(self) -> None:
        self._writer.close()

    @property
    def cut(self) -> bool:
        """Whether the server ended the connection: known without reading once a write has failed."""
        return bool(self._writer.is_closing())

    def _say(self, text: str) -> None:
        body = text.encode()
        assert len(body) < 126
        self._writer.write(bytes((0x81, 0x80 | len(body), 0, 0, 0, 0)) + body)

    async def _hear(self) -> str:
        head = await self._reader.readexactly(2)
        size = head[1]
        if size in (126, 127):
            form = "!H" if size == 126 else "!Q"
            (size,) = struct.unpack(form, await self._reader.readexactly(struct.calcsize(form)))
        body = await self._reader.readexactly(size)
        return body.decode() if head[0] & 15 == 1 else ""


def _handshake(key: str) -> bytes:
    lines = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Origin: {ORIGIN}", f"Authorization: Bearer {key}",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    )  # fmt: skip
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def once(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> float:
    """Wait for something to hold while the screens live; the seconds it took."""
    began = monotonic()
    while not holds():
        assert monotonic() - began < seconds, f"{what} did not come within {seconds} s"
        await asyncio.sleep(0.02)
    return monotonic() - began


async def aside(work: Callable[[], object]) -> Any:
    """Do something that blocks beside the screens."""
    return await asyncio.get_running_loop().run_in_executor(None, work)


def alive(screens: list[Screen]) -> list["asyncio.Task[None]"]:
    """All of them at once, each on its own."""
    return [asyncio.ensure_future(screen.live()) for screen in screens]


async def ended(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    waiting: list[Awaitable[object]] = list(tasks)
    await asyncio.gather(*waiting, return_exceptions=True)
