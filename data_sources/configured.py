"""The live sources that ``config.toml`` of a data directory names, besides those that are always there."""

from collections.abc import Callable, Iterator
from pathlib import Path

from dashboard.config import MqttInput, RedisInput, ReplayInput, Settings
from data_sources.file_replay import CASES_AT_ONCE, FIXES_AT_ONCE, AtOnce, AtSpeed, ByClock, FileReplay, Pace, Progress
from data_sources.imports.mapping import load_mapping
from data_sources.mqtt import MqttCases, MqttPositions, mqtt_reader
from data_sources.redis_streams import RedisCases, RedisPositions, StreamReader
from data_sources.replay_files import Timeline, case_timeline, fix_timeline
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
    sources += [_replay(replay, directory, now) for replay in settings.replays]
    return sources


def _redis(redis: RedisInput, now: Now, version: Callable[[], int | None]) -> Iterator[Source]:
    if redis.cases:
        yield RedisCases(StreamReader(redis.url, redis.cases, consumer=redis.consumer), now, "cases")
    for stream in redis.position_streams:
        reader = StreamReader(redis.url, stream, consumer=redis.consumer, count=FIX_ENTRIES)
        yield RedisPositions(reader, now, "positions" if redis.shards == 1 else stream, redis.crs, version)


def _mqtt(
    mqtt: MqttInput, directory: Path, now: Now, version: Callable[[], int | None], positions: bool
) -> Iterator[Source]:
    if mqtt.cases:
        yield MqttCases(mqtt_reader(mqtt, directory, "cases"), now)
    if mqtt.positions and positions:
        yield MqttPositions(mqtt_reader(mqtt, directory, "positions"), now, crs=mqtt.crs, version=version)


def _replay(replay: ReplayInput, directory: Path, now: Now) -> FileReplay:
    path = directory / replay.file
    mapping = load_mapping(directory / replay.map if replay.map else None)
    cases = replay.lane == "cases"
    timeline: Timeline = case_timeline(path, mapping) if cases else fix_timeline(path, mapping)
    progress = Progress(directory / f"{path.name}.progress", f"{path.name}:{len(timeline.times)}")
    return FileReplay(
        replay.lane, timeline, _pace(replay, timeline, progress.done, now), now, progress=progress,
        at_once=CASES_AT_ONCE if cases else FIXES_AT_ONCE,
    )  # fmt: skip


def _pace(replay: ReplayInput, timeline: Timeline, done: int, now: Now) -> Pace:
    """At a speed, a restart goes on from the item that comes next."""
    if replay.pace == "clock":
        return ByClock(now)
    if replay.pace == "speed" and done < len(timeline.times):
        return AtSpeed(int(timeline.times[done]), replay.speed)
    return AtOnce()
