"""A process that stores case events of an MQTT broker and kills itself, or is killed, in the middle of it.

    python -m tests.sources.killed_mqtt URL DIRECTORY received|stored|none BATCHES
"""

import os
import signal
import sys
from pathlib import Path
from threading import Event

from data_sources.mqtt import MqttCases
from data_sources.mqtt_reader import Broker, MqttReader
from tests.sources.deliveries import NOON, ingest

AT_ONCE = 20


def main(url: str, directory: Path, moment: str, batches: int) -> None:
    """Die at the moment (a batch received and not stored, or stored and not acknowledged) of the last batch."""
    reader = MqttReader(Broker(url, "killed"), ["cases/#"], AT_ONCE)
    with ingest(directory) as (running, _store):
        for number, batch in enumerate(MqttCases(reader, lambda: NOON).batches(Event()), 1):
            if moment == "received" and number == batches:
                os.kill(os.getpid(), signal.SIGKILL)
            running.submit(batch)
            print(number, flush=True)
            if moment == "stored" and number == batches:
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
