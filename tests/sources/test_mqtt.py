import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from dashboard.config import MqttInput
from dashboard.domain.fix_formats import encode_packed, encode_texts
from dashboard.domain.fixes import Fixes
from dashboard.ingest.batch import Batch
from data_sources.mqtt import MqttCases, MqttPositions, mqtt_reader
from data_sources.mqtt_reader import LARGEST, Broker, Message, MqttReader
from tests.servers import MosquittoServer, broker  # noqa: F401
from tests.sources.deliveries import EVENTS, NOON
from tests.sources.mqtt_sender import begin, sender

pytestmark = pytest.mark.mqtt
PAYLOADS = Path(__file__).resolve().parents[1] / "payloads"
FIX = {"worker_id": "W1", "time": "2026-10-17T09:12:04+08:00", "lon": 113.1, "lat": 27.8}


def reader(server: MosquittoServer, *topics: str, at_once: int = 10, client: str = "test") -> MqttReader:
    return MqttReader(Broker(server.url, client), topics or ("cases/#",), at_once)


def cases(server: MosquittoServer, at_once: int = 10) -> MqttCases:
    return MqttCases(reader(server, at_once=at_once), lambda: NOON)


def subscribed(server: MosquittoServer, *topics: str, at_once: int = 10, client: str = "test") -> None:
    begin(reader(server, *topics, at_once=at_once, client=client))


def events(batches: Iterator[Batch], count: int) -> list[bytes]:
    """Events of batches until there are so many; the last batch is not acknowledged."""
    return list(islice(chain.from_iterable(batch.events for batch in batches), count))


def test_acknowledged_only_when_resumed(broker: MosquittoServer) -> None:  # noqa: F811
    subscribed(broker)
    with sender(broker) as at:
        at.send(*((f"cases/{n}", event) for n, event in enumerate(EVENTS[:30])))
    batches = cases(broker).batches(Event())
    assert next(batches).events == EVENTS[:10]
    later = next(batches).events
    assert later == EVENTS[10 : 10 + len(later)]
    batches.close()  # type: ignore[attr-defined]
    assert events(cases(broker).batches(Event()), 20) == EVENTS[10:30]


def test_a_flood_waits_in_the_broker(broker: MosquittoServer) -> None:  # noqa: F811
    """Nobody reads while a batch is stored, and the broker sends no more than was asked for."""
    subscribed(broker)
    held: list[int] = []
    with sender(broker) as at:
        batches = MqttCases(watched := reader(broker), lambda: NOON).batches(Event())
        at.send(*(("cases/a", event) for event in EVENTS))
        for batch in batches:
            held.append(len(batch.events))
            if sum(held) == len(EVENTS):
                break
    assert max(held) <= watched.at_once == 10


def test_a_broker_that_was_killed_is_an_error_and_keeps_what_was_not_acknowledged(
    broker: MosquittoServer,  # noqa: F811
) -> None:
    subscribed(broker)
    with sender(broker) as at:
        at.send(*(("cases/a", event) for event in EVENTS[:20]))
    batches = cases(broker).batches(Event())
    assert next(batches).events == EVENTS[:10]
    broker.stop()
    with pytest.raises(OSError, match="MQTT broker"):
        next(batches)
    with pytest.raises(OSError):
        next(cases(broker).batches(Event()))
    broker.start()
    found = events(cases(broker).batches(Event()), 20)
    assert sorted(set(found)) == sorted(EVENTS[:20])


def test_arrays_and_what_is_no_event(broker: MosquittoServer) -> None:  # noqa: F811
    subscribed(broker)
    with sender(broker) as at:
        at.send(
            ("cases/a", b"[" + EVENTS[0] + b"," + EVENTS[1] + b"]"), ("cases/b/c", EVENTS[2] + b"\n" + EVENTS[3]),
            ("cases/a", b"\xff\xfe"), ("cases/a", b""),
        )  # fmt: skip
        at.send(("cases/d", EVENTS[4]), qos=0)
        at.send(("other/d", EVENTS[5]))
    batch = next(cases(broker).batches(Event()))
    assert (batch.source, batch.received) == ("mqtt-cases", NOON)
    assert [reason for _raw, reason in batch.garbage] == ["malformed"]
    assert batch.events[:4] == EVENTS[:4] and EVENTS[5] not in batch.events


def test_fixes_in_every_form(broker: MosquittoServer) -> None:  # noqa: F811
    topics = ("positions/#", "owntracks/+/+")
    subscribed(broker, *topics, at_once=100)
    columns = np.array([NOON]), np.array([113.1]), np.array([27.8])
    location = (PAYLOADS / "owntracks" / "location.json").read_bytes()
    with sender(broker) as at:
        at.send(
            ("positions/one", json.dumps(FIX).encode()),
            ("positions/many", json.dumps([FIX | {"worker_id": "W2"}, FIX | {"worker_id": "W3"}]).encode()),
            ("positions/lines", b"\n".join(json.dumps(FIX | {"worker_id": w}).encode() for w in ("W4", "W5"))),
            ("owntracks/W6/phone", location),
            ("owntracks/W6/phone", b'{"_type": "lwt", "tst": 1}'),
            ("owntracks/W6/phone", b'{"_type": "encrypted", "data": "x"}'),
            ("owntracks/W6/phone/event", location),
            ("positions/packed", encode_texts(Fixes(np.array(["W7"], object), *columns))),
            ("positions/packed", encode_packed(Fixes(np.array([7], np.int32), *columns, slots=True))),
            ("positions/packed", b"YPF\xff1"),
            ("positions/one", b"{broken"),
        )  # fmt: skip
    batches = MqttPositions(reader(broker, *topics, at_once=100), lambda: NOON).batches(Event())
    named, slots = next(batches), next(batches)
    assert named.fixes is not None and slots.fixes is not None
    assert list(named.fixes.worker) == ["W1", "W2", "W3", "W4", "W5", "W6", "W7"]
    assert sorted(reason for _raw, reason in named.garbage) == ["encrypted", "malformed", "malformed"]
    assert (slots.fixes.slots, list(slots.fixes.worker), slots.garbage) == (True, [7], [])


def test_topics_and_clients_of_the_settings(broker: MosquittoServer, tmp_path: Path) -> None:  # noqa: F811
    shared = MqttInput(broker.url, client="a", share="g", positions=("gps/+",))
    assert mqtt_reader(shared, tmp_path, "positions").topics == ("$share/g/gps/+",)
    assert mqtt_reader(shared, tmp_path, "cases").topics == ("$share/g/cases/#",)
    assert mqtt_reader(shared, tmp_path, "cases").broker.client == "a-cases"
    with pytest.raises(ValueError, match="mqtt://"):
        MqttInput("tcp://x")


def test_two_readers_of_one_group_divide_the_messages(broker: MosquittoServer) -> None:  # noqa: F811
    stop, found = Event(), [list[Message](), list[Message]()]

    def read(name: str, mine: list[Message]) -> None:
        for messages in reader(broker, "$share/g/cases/#", client=name).messages(stop):
            mine += messages
            if sum(map(len, found)) == 40:
                stop.set()

    for name in ("a", "b"):
        subscribed(broker, "$share/g/cases/#", client=name)
    threads = [Thread(target=read, args=(name, mine)) for name, mine in zip("ab", found, strict=True)]
    for thread in threads:
        thread.start()
    with sender(broker) as at:
        at.send(*(("cases/a", event) for event in EVENTS[:40]))
    for thread in threads:
        thread.join(20)
    assert sorted(message.payload for message in chain(*found)) == sorted(EVENTS[:40])


def test_a_message_beyond_the_limit_stays_with_the_broker(broker: MosquittoServer) -> None:  # noqa: F811
    subscribed(broker)
    with sender(broker) as at:
        at.send(("cases/a", b"x" * (LARGEST + 1)), ("cases/a", EVENTS[0]))
    assert events(cases(broker).batches(Event()), 1) == EVENTS[:1]
