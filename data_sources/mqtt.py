"""MQTT as two sources, each with a session of its own, so that a flood of fixes delays no case."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from socket import gethostname
from ssl import SSLContext, create_default_context
from threading import Event

from dashboard.config import MqttInput
from dashboard.domain.decoded_fixes import Decoded
from dashboard.domain.events import BadEvent, cut
from dashboard.domain.fix_formats import PACKED_TYPES, decode_each, decode_packed
from dashboard.domain.fix_packing import MAGIC
from dashboard.domain.fixes import Fixes
from dashboard.ingest.batch import Batch
from data_sources.mqtt_reader import QUIET_SECONDS, Broker, Message, MqttReader
from data_sources.redis_streams import joined_by_kind

Now = Callable[[], int]
Version = Callable[[], int | None]


class MqttCases:
    """Case events: each message is one CloudEvent as JSON, an array of them, or NDJSON."""

    def __init__(self, reader: MqttReader, now: Now, name: str = "mqtt-cases") -> None:
        self.name, self._reader, self._now = name, reader, now

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield batches until ``stop``."""
        for messages in self._reader.messages(stop):
            yield self._batch(messages)

    def _batch(self, messages: Sequence[Message]) -> Batch:
        batch = Batch(self.name, self._now())
        for message in worded(messages):
            try:
                batch.events.extend(cut(message.payload))
            except BadEvent as problem:
                batch.garbage.append((message.payload, problem.reason))
        return batch


class MqttPositions:
    """Fixes: each message is one fix, an array, NDJSON, OwnTracks, or packed columns. ``crs`` as for Redis."""

    lane = "positions"

    def __init__(
        self, reader: MqttReader, now: Now, name: str = "mqtt-positions", crs: str = "wgs84",
        version: Version = lambda: None,
    ) -> None:  # fmt: skip
        self.name, self._reader, self._now, self._crs, self._version = name, reader, now, crs, version

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield batches until ``stop``; fixes of different systems, or by id and by slot, come as separate batches."""
        for messages in self._reader.messages(stop):
            fixes, garbage = decoded(messages, self._crs, self._version())
            for number, columns in enumerate(fixes or [None]):
                yield Batch(self.name, self._now(), fixes=columns, garbage=garbage if number == 0 else [])


def decoded(messages: Sequence[Message], crs: str, version: int | None) -> tuple[list[Fixes], list[tuple[bytes, str]]]:
    """Fixes of messages as columns of one kind each, and what is no fix, with reasons.

    What phones say of themselves beside where they are (OwnTracks' last will, transitions, …) is neither.
    """
    packed = [message for message in worded(messages) if is_packed(message)]
    texts = [message for message in worded(messages) if not is_packed(message)]
    read = decode_each([message.payload for message in texts], crs, [message.topic for message in texts])
    found, garbage = [read.fixes], [(item.raw, item.reason) for item in read.unread if item.reason != "no_position"]
    for message in packed:
        try:
            found.append(_unpacked(message, crs, version).fixes)
        except ValueError:
            garbage.append((message.payload[:1000], "malformed"))
    return joined_by_kind([fixes for fixes in found if len(fixes)]), garbage


def worded(messages: Sequence[Message]) -> list[Message]:
    """Messages that say something: an empty one only clears what a broker has retained."""
    return [message for message in messages if message.payload]


def is_packed(message: Message) -> bool:
    """Whether a message is packed columns: by how it begins, or by its content type."""
    return message.payload.startswith(MAGIC) or message.content_type.lower() in PACKED_TYPES


def _unpacked(message: Message, crs: str, version: int | None) -> Decoded:
    return decode_packed(message.payload, crs, version)


def mqtt_reader(
    mqtt: MqttInput, directory: Path, lane: str, seconds: float = 0.1, quiet: float = QUIET_SECONDS
) -> MqttReader:
    """A reader of one lane's topics. ``OSError`` where a file of a password or certificate cannot be read."""
    password = (directory / mqtt.password_file).read_text("utf-8").strip() if mqtt.password_file else ""
    client = f"{mqtt.client or 'yiping-' + gethostname()}-{lane}"
    kept = int(mqtt.session_hours * 3600)
    broker = Broker(mqtt.url, client, mqtt.username, password, _tls(mqtt, directory), kept)
    topics = mqtt.cases if lane == "cases" else mqtt.positions
    shared = f"$share/{mqtt.share}/" if mqtt.share else ""
    return MqttReader(broker, [shared + topic for topic in topics], mqtt.at_once, seconds, quiet)


def _tls(mqtt: MqttInput, directory: Path) -> SSLContext | None:
    if not mqtt.url.startswith("mqtts:"):
        return None
    context = create_default_context(cafile=str(directory / mqtt.ca_file) if mqtt.ca_file else None)
    if mqtt.certificate_file:
        context.load_cert_chain(directory / mqtt.certificate_file, directory / (mqtt.key_file or mqtt.certificate_file))
    return context
