"""MQTT 5 with a persistent session: messages of QoS 1 are acknowledged when the generator is resumed, after the commit.

The broker keeps what is not acknowledged, also while nobody reads, and sends it again. Nothing is read while a batch is
being stored, and at most ``at_once`` messages are sent ahead, so a flood waits in the broker and not in memory here. A
connection is used once: what breaks it is raised, and a new one is opened after a pause (``run_source``).
"""

import contextlib
import select
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from socket import SHUT_WR
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

KEEPALIVE_SECONDS = 60
ANSWER_SECONDS = 10.0
"""Longest wait for the broker's answers to connecting and subscribing."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a message; the broker keeps larger ones to itself."""
BYTES_AT_ONCE = 8 * 1024 * 1024
QUIET_SECONDS = 0.01
CLOSING_SECONDS = 1.0
_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Broker:
    """Where and as whom to connect. ``client`` names the session: the same after a restart, and nobody else's."""

    url: str
    client: str
    username: str = ""
    password: str = ""
    tls: ssl.SSLContext | None = None
    session_seconds: int = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody published. ``content_type`` is MQTT 5's property of that name, or empty."""

    topic: str
    payload: bytes
    content_type: str = ""


class MqttReader:
    """Messages of some topics in batches of up to ``at_once``, gathered for ``seconds`` or until ``quiet`` ones."""

    def __init__(
        self, broker: Broker, topics: Sequence[str], at_once: int = 1000, seconds: float = 0.1,
        quiet: float = QUIET_SECONDS,
    ) -> None:  # fmt: skip
        self.broker, self.topics, self.at_once = broker, tuple(topics), at_once
        self._seconds, self._quiet = seconds, quiet

    def messages(self, stop: Event) -> Iterator[list[Message]]:
        """Yield batches until ``stop``; those of a resumed yield are acknowledged. ``OSError`` where it breaks."""
        line = _Line(self.broker, self.at_once)
        try:
            line.connect()
            line.subscribe(self.topics)
            while not stop.is_set():
                found = line.gather(self._seconds, self._quiet)
                if found:
                    yield found
                    line.acknowledge()
        finally:
            line.close()


class _Line:
    """One connection, driven by whoever reads: no thread of its own."""

    def __init__(self, broker: Broker, at_once: int, read: Callable[[], float] = time.monotonic) -> None:
        self._broker, self._at_once, self._read = broker, at_once, read
        self._held: list[MQTTMessage] = []
        self._bytes = 0
        self._connected = self._subscribed = False
        self._trouble = ""
        client = Client(
            CallbackAPIVersion.VERSION2, broker.client, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True,
            reconnect_on_failure=False,
        )  # fmt: skip
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_disconnect, client.on_message = self._on_disconnect, self._on_message
        if broker.username:
            client.username_pw_set(broker.username, broker.password)
        if broker.tls is not None:
            client.tls_set_context(broker.tls)
        self._client = client

    def connect(self) -> None:
        where = urlsplit(self._broker.url)
        wanted = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wanted.SessionExpiryInterval = self._broker.session_seconds
        wanted.ReceiveMaximum = min(self._at_once, 65_535)
        wanted.MaximumPacketSize = LARGEST
        port = where.port or (8883 if self._broker.tls else 1883)
        self._client.connect(where.hostname or "", port, KEEPALIVE_SECONDS, clean_start=False, properties=wanted)
        self._answered(lambda: self._connected)

    def subscribe(self, topics: Sequence[str]) -> None:
        """What was retained comes with the first subscription of a session, not again after each restart."""
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        self._client.subscribe([(topic, options) for topic in topics])
        self._answered(lambda: self._subscribed)

    def gather(self, seconds: float, quiet: float) -> list[Message]:
        """What came: until nothing does for ``quiet`` seconds, it is enough, or ``seconds`` have passed."""
        self._turn(_LOOK_SECONDS if not self._held else 0)
        end = self._read() + seconds
        while self._held and not self._full and (left := end - self._read()) > 0:
            before = len(self._held)
            self._turn(min(quiet, left))
            if len(self._held) == before:
                break
        return [_message(message) for message in self._held]

    def acknowledge(self) -> None:
        for message in self._held:
            self._client.ack(message.mid, message.qos)
        self._held, self._bytes = [], 0
        self._check()

    def close(self) -> None:
        """The session stays with the broker. Closed with bytes unread, the kernel would take acknowledgements back."""
        socket: Any = self._client.socket()
        if socket is None:
            return
        with contextlib.suppress(OSError):
            socket.shutdown(SHUT_WR)
            socket.settimeout(CLOSING_SECONDS)
            while socket.recv(65_536):
                pass
        socket.close()

    @property
    def _full(self) -> bool:
        return len(self._held) >= self._at_once or self._bytes >= BYTES_AT_ONCE

    def _answered(self, done: Callable[[], bool]) -> None:
        """Messages of an older session may come before the answer, and then it is read after they are stored."""
        end = self._read() + ANSWER_SECONDS
        while not done() and not self._full:
            self._turn(_LOOK_SECONDS)
            if self._read() > end:
                raise TimeoutError("the MQTT broker does not answer")

    def _turn(self, seconds: float) -> None:
        """Wait so long for anything to do, then do it. ``poll`` also serves where a process has many sockets."""
        self._check()
        socket = self._client.socket()
        if socket is None:
            raise ConnectionError("the connection to the MQTT broker is lost")
        waiting = isinstance(socket, ssl.SSLSocket) and socket.pending() > 0
        poll = select.poll()
        poll.register(socket, select.POLLIN | (select.POLLOUT if self._client.want_write() else 0))
        ready = poll.poll(0 if waiting else seconds * 1000)
        if ready and ready[0][1] & select.POLLOUT:
            self._client.loop_write()
        if waiting or (ready and ready[0][1] & ~select.POLLOUT):
            self._receive()
        self._client.loop_misc()
        self._check()

    def _receive(self) -> None:
        """Also here nothing is read beyond a batch: mosquitto 2.0 sends a resumed session more than it was allowed."""
        before = -1
        while len(self._held) != before and not self._full:
            before = len(self._held)
            self._client.loop_read()

    def _check(self) -> None:
        if self._trouble:
            raise ConnectionError(self._trouble)

    def _on_connect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _more: Any) -> None:
        self._connected = not reason.is_failure
        if reason.is_failure:
            self._trouble = f"the MQTT broker lets nobody in: {reason}"

    def _on_subscribe(self, _client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _more: Any) -> None:
        self._subscribed = True
        if refused := [str(reason) for reason in reasons if reason.is_failure]:
            self._trouble = f"the MQTT broker refuses a topic: {refused[0]}"

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _more: Any) -> None:
        self._trouble = self._trouble or f"the connection to the MQTT broker ended: {reason}"

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._held.append(message)
        self._bytes += len(message.payload)


def _message(message: MQTTMessage) -> Message:
    kind = getattr(message.properties, "ContentType", "") if message.properties is not None else ""
    return Message(_topic(message), bytes(message.payload), str(kind))


def _topic(message: MQTTMessage) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""
