"""The gateway's MQTT side: what came within a second becomes one entry, acknowledged once Redis has taken it."""

import logging
from threading import Event

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from data_sources.gateway.entries import entries_of
from data_sources.mqtt_reader import MqttReader

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 5.0
LONGEST_PAUSE = 60.0


def carry(reader: MqttReader, url: str, stream: str, crs: str, stop: Event) -> None:
    """Carry messages until ``stop``; whatever breaks is opened again after a pause, and the broker keeps the rest."""
    pause = 1.0
    while not stop.is_set():
        client = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, retry=Retry(NoBackoff(), 0)
        )
        try:
            for messages in reader.messages(stop):
                pipe = client.pipeline(transaction=False)
                for entry in entries_of(messages, crs):
                    pipe.xadd(stream, entry)  # type: ignore[arg-type]
                pipe.execute()
                pause = 1.0
        except (redis.RedisError, OSError) as problem:
            log.warning("MQTT is not carried: %s", problem)
        finally:
            client.close()
        stop.wait(0 if stop.is_set() else pause)
        pause = min(pause * 2, LONGEST_PAUSE)
