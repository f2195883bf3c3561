"""The live sources that ``config.toml`` of a data directory names, besides those that are always there.

What a source reads with is imported with the first of its kind: who names none starts 0.8 s earlier.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from dashboard.config import MqttInput, RedisInput, Settings
from data_sources.source import Source

FIX_ENTRIES = 5_000
"""Entries of the positions' stream in one read: single fixes as JSON need large reads to keep up."""

Now = Callable[[], int]


def configured_sources(
    settings: Settings, directory: Path, now: Now, version: Callable[[], int | None] = lambda: None
) -> list[Source]:
    """Redis, MQTT and recorded files as sources; ``now`` is the directory's clock.

    ``version`` tells the base data that packed slots must be of.
    ``ImportFileError`` where a recording or its mapping cannot be used, ``OSError`` where a file of a secret cannot.
    """
    sources: list[Source] = []
    if settings.redis_input is not None:
        sources += _redis(settings.redis_input, now, version)
    if settings.mqtt_input is not None:
        carried = settings.gateway is not None and settings.gateway.mqtt
        sources += _mqtt(settings.mqtt_input, directory, now, version, positions=not carried)
    if settings.replays:
        from data_sources.configured_replays import replayed

        sources += [replayed(replay, directory, now) for replay in settings.replays]
    return sources


def _redis(redis: RedisInput, now: Now, version: Callable[[], int | None]) -> Iterator[Source]:
    from data_sources.redis_streams import RedisCases, RedisPositions, StreamReader

    if redis.cases:
        yield RedisCases(StreamReader(redis.url, redis.cases, consumer=redis.consumer), now, "cases")
    for stream in redis.position_streams:
        reader = StreamReader(redis.url, stream, consumer=redis.consumer, count=FIX_ENTRIES)
        yield RedisPositions(reader, now, "positions" if redis.shards == 1 else stream, redis.crs, version)


def _mqtt(
    mqtt: MqttInput, directory: Path, now: Now, version: Callable[[], int | None], positions: bool
) -> Iterator[Source]:
    from data_sources.mqtt import MqttCases, MqttPositions, mqtt_reader

    if mqtt.cases:
        yield MqttCases(mqtt_reader(mqtt, directory, "cases"), now)
    if mqtt.positions and positions:
        yield MqttPositions(mqtt_reader(mqtt, directory, "positions"), now, crs=mqtt.crs, version=version)
