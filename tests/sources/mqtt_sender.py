"""A sender of MQTT for tests: another client of the broker, which waits until the broker has taken each message."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from data_sources.mqtt_reader import Broker, MqttReader
from tests.servers import MosquittoServer


def full_batches(server: MosquittoServer, topic: str, at_once: int, client: str = "test") -> MqttReader:
    """A reader that waits until its batches are full, or nothing comes for a second."""
    return MqttReader(Broker(server.url, client), [topic], at_once, seconds=10, quiet=1)


def begin(reader: MqttReader) -> None:
    """The reader's session exists from now on: the broker keeps for it what is sent."""
    stop = Event()
    stop.set()
    assert list(reader.messages(stop)) == []


class Sender:
    """Publishes in order; ``send`` returns when the broker has acknowledged all of it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def send(self, *messages: tuple[str, bytes], qos: int = 1) -> None:
        sent = [self._client.publish(topic, payload, qos=qos) for topic, payload in messages]
        for one in sent:
            one.wait_for_publish(20)


@contextmanager
def sender(server: MosquittoServer) -> Iterator[Sender]:
    client = Client(CallbackAPIVersion.VERSION2, "test-sender", protocol=MQTTProtocolVersion.MQTTv5)
    client.connect("127.0.0.1", server.port)
    client.loop_start()
    try:
        yield Sender(client)
    finally:
        client.disconnect()
        client.loop_stop()
