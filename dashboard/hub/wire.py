"""Socket.IO messages as the bytes that go onto every viewer's socket, made once.

A message is an Engine.IO text message, for a frame followed by one binary attachment; both stand in one piece of
bytes, so nothing can come between them and one write sends them. Servers do not mask (RFC 6455, 5.1).
"""

import struct
from typing import Any

import orjson
from engineio import packet

_TEXT, _BINARY, _FINAL = 0x1, 0x2, 0x80


class Wire(bytes):
    """Finished WebSocket frames."""


class Prepared(packet.Packet):  # type: ignore[misc]
    """An Engine.IO packet that is already in WebSocket frames; only ``line.Driver`` can write it."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(packet.MESSAGE)
        self.wire = wire

    def encode(self, b64: bool = False) -> Wire:
        """The finished bytes."""
        return self.wire


def event(name: str, payload: dict[str, Any]) -> Prepared:
    """A Socket.IO event of the namespace ``/`` with one JSON argument; values may be ``orjson.Fragment``."""
    return Prepared(Wire(_websocket(_TEXT, b"42" + orjson.dumps([name, payload]))))


def binary_event(name: str, payload: bytes) -> Prepared:
    """A Socket.IO event with one binary argument."""
    text = b"451-" + orjson.dumps([name, {"_placeholder": True, "num": 0}])
    return Prepared(Wire(_websocket(_TEXT, text) + _websocket(_BINARY, payload)))


def _websocket(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", _FINAL | opcode, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", _FINAL | opcode, 126, size)
    else:
        head = struct.pack("!BBQ", _FINAL | opcode, 127, size)
    return head + payload


class Json:
    """What Socket.IO encodes acknowledgements with: keeps ``orjson.Fragment`` as it is."""

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        """Compact JSON text."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes) -> Any:
        """A value from JSON; ``ValueError`` where it is none."""
        return orjson.loads(text)
