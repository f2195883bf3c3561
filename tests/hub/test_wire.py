import socket
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import orjson
import pytest
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import BytesMessage, TextMessage

from dashboard.hub.line import LINE, Line
from dashboard.hub.window import Window
from dashboard.hub.wire import Json, Wire, binary_event, event
from tests.hub.served import Served, served


@pytest.mark.parametrize("size", [0, 1, 100, 125, 126, 65_535, 65_536, 200_000])
def test_lengths_of_every_class_are_read_back(size: int) -> None:
    client = Connection(ConnectionType.CLIENT)
    payload = b"x" * size
    client.receive_data(bytes(binary_event("frame", payload).encode()))
    parts = list(client.events())
    text = "".join(part.data for part in parts if isinstance(part, TextMessage))
    binary = b"".join(part.data for part in parts if isinstance(part, BytesMessage))
    assert text == '451-["frame",{"_placeholder":true,"num":0}]'
    assert binary == payload


def test_an_event_is_text_with_its_fragments() -> None:
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(bytes(event("delta", {"patch": orjson.Fragment(b'{"a":1}')}).encode()))
    assert [part.data for part in client.events()] == ['42["delta",{"patch":{"a":1}}]']


def test_json_keeps_fragments_and_refuses_nonsense() -> None:
    assert Json.dumps([orjson.Fragment(b"[1,2]")], separators=(",", ":")) == "[[1,2]]"
    with pytest.raises(ValueError, match="unexpected"):
        Json.loads("{nonsense")


def test_a_window_lets_two_out_and_opens_by_cumulative_acknowledgement() -> None:
    window = Window()
    window.send(1, 10.0)
    window.send(2, 11.0)
    assert not window.open and window.waiting(15.0) == 5.0
    assert window.got(1) and window.open and window.waiting(15.0) == 4.0
    assert not window.got(2) and window.waiting(15.0) == 0.0
    window.close(7, 20.0)
    assert not window.open
    assert window.got(7) and window.open


def test_late_acknowledgements_of_older_numbers_open_nothing() -> None:
    window = Window()
    for number, second in pairwise(range(5, 8)):
        window.send(number, float(second))
    window.got(4)
    assert not window.open


def upgraded(hub: Served, offer: str) -> tuple[socket.socket, bytes]:
    """A raw WebSocket with a small receive buffer, and the server's answer to its handshake."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.settimeout(10)
    raw.connect(("127.0.0.1", hub.port))
    head = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    key = "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    raw.sendall(f"{head}{key}{offer}\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += raw.recv(1024)
    return raw, answer


def test_compression_is_refused(tmp_path: Path) -> None:
    with served(tmp_path) as hub:
        raw, answer = upgraded(hub, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
        raw.close()
    assert answer.startswith(b"HTTP/1.1 101") and b"extensions" not in answer.lower()


def line_of(hub: Served, raw: socket.socket) -> Line:
    """The server's end, which is registered just after it answered the handshake."""
    pause = Event()
    for _ in range(500):
        lines = [environ.get(LINE) for environ in list(hub.hub.socketio.server.environ.values())]
        found = [line for line in lines if line is not None and line.sock.getpeername() == raw.getsockname()]
        if found:
            return found[0]
        pause.wait(0.02)
    raise TimeoutError("the connection was never registered")


def test_a_write_to_a_client_that_does_not_read_ends_when_cut(tmp_path: Path) -> None:
    with served(tmp_path) as hub:
        raw, _ = upgraded(hub, "")
        page = hub.page()
        stalled = line_of(hub, raw)
        begun, failed = Event(), Event()

        def write() -> None:
            begun.set()
            try:
                stalled.write(Wire(b"\x82\x00" * 20_000_000))
            except OSError:
                failed.set()

        Thread(target=write, daemon=True).start()
        assert begun.wait(10) and not failed.wait(0.3)
        stalled.cut()
        assert failed.wait(10)
        assert "board" in page.subscribe()
        raw.close()
