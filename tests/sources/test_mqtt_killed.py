"""``kill -9`` between what the broker sends and what is acknowledged: nothing lost, nothing counted twice."""

import random
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from data_sources.mqtt import MqttCases
from data_sources.mqtt_reader import Broker, MqttReader
from tests.servers import MosquittoServer, broker  # noqa: F401
from tests.sources.deliveries import NOON, Kept, event, ingest
from tests.sources.killed_mqtt import AT_ONCE
from tests.sources.mqtt_sender import begin, sender

pytestmark = pytest.mark.mqtt
ROOT = Path(__file__).parents[2]
EVENTS = [event(number, step) for number in range(150) for step in ("accepted", "handled", "closed")]


def started(url: str, directory: Path, moment: str, batches: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.sources.killed_mqtt", url, str(directory), moment, str(batches)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def killed(process: "subprocess.Popen[str]", after: int | None) -> None:
    """Wait until it has killed itself, or kill it after so many batches."""
    assert process.stdout is not None
    if after is not None:
        for _ in range(after):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    process.stdout.read()
    process.stdout.close()
    assert process.wait(60) == -signal.SIGKILL


def test_killed_at_every_moment(broker: MosquittoServer, tmp_path: Path) -> None:  # noqa: F811
    chance = random.Random(20261127)
    reader = MqttReader(Broker(broker.url, "killed"), ["cases/#"], AT_ONCE)
    begin(reader)
    twice: list[tuple[str, int | None]] = [("received", None), ("stored", None)]
    rounds = [*twice, ("none", chance.randrange(1, 5)), *twice]
    for number, (moment, after) in enumerate(rounds):
        with sender(broker) as at:
            at.send(*(("cases/test", raw) for raw in EVENTS[number :: len(rounds)]))
        killed(started(broker.url, tmp_path, moment, chance.randrange(1, 4)), after)
    with ingest(tmp_path) as (running, store):
        stop = Event()
        for batch in MqttCases(reader, lambda: NOON).batches(stop):
            running.submit(batch)
            if store.last_seq() == len(EVENTS):
                stop.set()
        kept = Kept(store)
    assert (len(kept.events), len(set(kept.events)), kept.quarantined) == (len(EVENTS), len(EVENTS), [])
