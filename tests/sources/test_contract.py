"""The same deliveries through every source end in the same stored events, also over a crash."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from dashboard.store import Store
from data_sources.file_replay import AtOnce, FileReplay, Progress
from data_sources.mqtt import MqttCases
from data_sources.redis_streams import RedisCases, StreamReader
from data_sources.replay_files import case_timeline
from data_sources.source import Source
from data_sources.spool import SpoolSource, spool_events, spooled
from tests.servers import MosquittoServer, RedisServer, broker, redis_running  # noqa: F401
from tests.sources.deliveries import DELIVERED, NOON, Kept, deliver, ingest
from tests.sources.mqtt_sender import begin, full_batches, sender

Open = Callable[[], Source]
Prepare = Callable[[Store, list[bytes], Path], Open]


def now() -> int:
    return NOON


def replayed(store: Store, items: list[bytes], directory: Path) -> Open:
    recording = directory / "cases.jsonl"
    recording.write_bytes(b"\n".join(items))
    kept, timeline = directory / "progress.json", case_timeline(recording)
    return lambda: FileReplay("replay", timeline, AtOnce(), now, progress=Progress(kept, "1"), at_once=20)


def spooled_source(store: Store, items: list[bytes], directory: Path) -> Open:
    for start in range(0, len(items), 20):
        spool_events(store.engine, "/test", items[start : start + 20])
    return lambda: SpoolSource(store.engine, now, poll_seconds=0.01)


@pytest.fixture
def stream(redis_running: RedisServer) -> Iterator[Prepare]:  # noqa: F811
    client = redis.Redis.from_url(redis_running.url)
    client.flushall()

    def prepare(store: Store, items: list[bytes], directory: Path) -> Open:
        for item in items:
            client.xadd("cases", {"event": item})
        return lambda: RedisCases(StreamReader(redis_running.url, "cases", count=20, block_ms=50), now)

    yield prepare
    client.close()


@pytest.fixture
def topic(broker: MosquittoServer) -> Prepare:  # noqa: F811
    def prepare(store: Store, items: list[bytes], directory: Path) -> Open:
        reader = full_batches(broker, "cases/#", at_once=20)
        begin(reader)
        with sender(broker) as at:
            at.send(*(("cases/test", item) for item in items))
        return lambda: MqttCases(reader, now)

    return prepare


STREAM, TOPIC = pytest.param("stream", marks=pytest.mark.redis), pytest.param("topic", marks=pytest.mark.mqtt)


@pytest.fixture(params=["file", "spool", STREAM, TOPIC])
def prepare(request: pytest.FixtureRequest) -> Prepare:
    if request.param in ("stream", "topic"):
        return request.getfixturevalue(request.param)
    return {"file": replayed, "spool": spooled_source}[request.param]


def test_everything_is_stored_once_and_the_rest_is_quarantined(prepare: Prepare, tmp_path: Path) -> None:
    with ingest(tmp_path) as (running, store):
        receipts = deliver(prepare(store, DELIVERED, tmp_path)(), running, len(DELIVERED))
        kept = Kept(store)
    assert sum(receipt.accepted for receipt in receipts) == 90
    assert sum(receipt.duplicate for receipt in receipts) == 2
    assert (len(kept.events), len(set(kept.events))) == (90, 90)
    assert kept.quarantined == ["malformed", "unknown_region"]


def test_crash_between_store_and_acknowledgement_counts_nothing_twice(prepare: Prepare, tmp_path: Path) -> None:
    with ingest(tmp_path) as (running, store):
        open_source = prepare(store, DELIVERED, tmp_path)
        first = deliver(open_source(), running, len(DELIVERED), crash_after=2)
        again = deliver(open_source(), running, len(DELIVERED) - 20)
        kept = Kept(store)
    assert sum(receipt.accepted + receipt.duplicate + len(receipt.rejected) for receipt in first) == 40
    assert again[0].accepted == 0
    assert (len(kept.events), len(set(kept.events))) == (90, 90)


def test_spool_is_empty_once_everything_is_stored(tmp_path: Path) -> None:
    with ingest(tmp_path) as (running, store):
        source = spooled_source(store, DELIVERED, tmp_path)()
        assert isinstance(source, SpoolSource)
        assert spooled(store.engine) == 5
        for batch in source.drain():
            running.submit(batch)
        assert spooled(store.engine) == 0
        assert len(Kept(store).events) == 90
