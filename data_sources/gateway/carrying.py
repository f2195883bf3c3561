"""The gateway's MQTT side: what came within a second becomes one entry, acknowledged once Redis has taken it."""

import logging
from contextlib import closing
from threading import Event

import redis

from dashboard.redis_client import open_redis
from data_sources.gateway.entries import entries_of
from data_sources.mqtt_reader import MqttReader

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 5.0
LONGEST_PAUSE = 60.0


def carry(reader: MqttReader, url: str, stream: str, crs: str, stop: Event) -> None:
    """Carry messages until ``stop``; whatever breaks is opened again after a pause, and the broker keeps the rest."""
    pause = 1.0
    while not stop.is_set():
        try:
            with closing(open_redis(url, TIMEOUT_SECONDS, TIMEOUT_SECONDS)) as client:
                for messages in reader.messages(stop):
                    pipe = client.pipeline(transaction=False)
                    for entry in entries_of(messages, crs):
                        pipe.xadd(stream, entry)
                    pipe.execute()
                    pause = 1.0
        except (redis.RedisError, OSError) as problem:
            log.warning("MQTT is not carried: %s", problem)
        stop.wait(0 if stop.is_set() else pause)
        pause = min(pause * 2, LONGEST_PAUSE)
