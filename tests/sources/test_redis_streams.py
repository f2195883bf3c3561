import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import redis

from dashboard.domain.fixes import PACKED
from dashboard.ingest.batch import Batch
from data_sources.redis_streams import BYTES, RedisCases, RedisPositions, StreamReader
from tests.servers import RedisServer, redis_running, redis_server  # noqa: F401
from tests.sources.deliveries import EVENTS, NOON

pytestmark = pytest.mark.redis


@pytest.fixture
def client(redis_running: RedisServer) -> Iterator[redis.Redis]:  # noqa: F811
    client = redis.Redis.from_url(redis_running.url)
    client.flushall()
    yield client
    client.close()


def url(client: redis.Redis) -> str:
    return f"redis://127.0.0.1:{client.connection_pool.connection_kwargs['port']}/0"


def cases(client: redis.Redis, consumer: str = "a", idle_ms: int = 60_000, count: int = 10) -> RedisCases:
    reader = StreamReader(url(client), "cases", consumer=consumer, count=count, idle_ms=idle_ms, block_ms=20)
    return RedisCases(reader, lambda: NOON)


def take(batches: Iterator[Batch], count: int) -> list[bytes]:
    """Events of as many batches; the last of them is not acknowledged."""
    return list(chain.from_iterable(next(batches).events for _ in range(count)))


def pending(client: redis.Redis) -> int:
    return client.xpending("cases", "yiping")["pending"]


def test_acknowledged_only_when_resumed(client: redis.Redis) -> None:
    for event in EVENTS[:30]:
        client.xadd("cases", {"event": event})
    batches = cases(client).batches(Event())
    assert take(batches, 1) == EVENTS[:10]
    assert pending(client) == 10
    assert take(batches, 1) == EVENTS[10:20]
    assert pending(client) == 10
    batches.close()
    assert take(cases(client).batches(Event()), 2) == EVENTS[10:30]


def test_large_entries_are_taken_few_at_a_time(client: redis.Redis) -> None:
    big = 300
    for number in range(40):
        client.xadd("cases", {"event": EVENTS[number], "more": bytes(BYTES // 4)})
    for number in range(40, 40 + big):
        client.xadd("cases", {"event": EVENTS[number % 50]})
    reader, sizes = StreamReader(url(client), "cases", block_ms=20), []
    entries = reader.entries(Event())
    while sum(sizes) < 40 + big:
        sizes.append(len(next(entries)))
    assert max(sizes[:10]) == 4 and max(sizes) > 100
    assert pending(client) == sizes[-1]


def test_how_long_an_entry_lay_in_the_stream_is_told_by_its_number(client: redis.Redis) -> None:
    seconds, micros = client.time()
    client.xadd("cases", {"event": EVENTS[0]}, id=f"{seconds * 1000 + micros // 1000 - 7_000}-0")
    batches = cases(client, count=1).batches(Event())
    assert 7_000 <= next(batches).waited < 12_000
    client.xadd("cases", {"event": EVENTS[1]})
    assert next(batches).waited < 5_000
    batches.close()
    assert next(cases(client).batches(Event())).waited == 0, "taken up again: says nothing about the queue"


def test_numbers_that_are_no_times_tell_no_waiting(client: redis.Redis) -> None:
    client.xadd("cases", {"event": EVENTS[0]}, id="1-1")
    assert next(cases(client).batches(Event())).waited == 0


def test_entries_of_a_consumer_that_died_are_claimed(client: redis.Redis) -> None:
    for event in EVENTS[:10]:
        client.xadd("cases", {"event": event})
    take(cases(client, "dead").batches(Event()), 1)
    assert take(cases(client, "alive", idle_ms=0).batches(Event()), 1) == EVENTS[:10]


def test_wiped_redis_gets_its_group_back_at_the_beginning(client: redis.Redis) -> None:
    client.xadd("cases", {"event": EVENTS[0]})
    batches = cases(client).batches(Event())
    assert take(batches, 1) == EVENTS[:1]
    client.flushall()
    for event in EVENTS[1:4]:
        client.xadd("cases", {"event": event})
    assert take(batches, 1) == EVENTS[1:4]


def test_arrays_and_what_is_no_event(client: redis.Redis) -> None:
    client.xadd("cases", {"event": b"[" + EVENTS[0] + b"," + EVENTS[1] + b"]"})
    client.xadd("cases", {"other": "x"})
    client.xadd("cases", {"event": b""})
    batch = next(cases(client).batches(Event()))
    assert (batch.events, batch.source, batch.received) == (EVENTS[:2], "redis-cases", NOON)
    assert [reason for _raw, reason in batch.garbage] == ["no_event_field", "malformed"]


def test_redis_killed_while_reading_is_an_error_and_nothing_is_lost(tmp_path: Path) -> None:
    with redis_server(tmp_path) as server:
        with redis.Redis.from_url(server.url) as producer:
            for event in EVENTS[:20]:
                producer.xadd("cases", {"event": event})
        with redis.Redis.from_url(server.url) as local:
            batches = cases(local).batches(Event())
            assert take(batches, 1) == EVENTS[:10]
            server.kill()
            with pytest.raises(redis.ConnectionError):
                next(batches)
            server.start()
            assert take(cases(local).batches(Event()), 2) == EVENTS[:20]


def test_fixes_come_as_columns_from_every_field(client: redis.Redis) -> None:
    fix = {"worker_id": "W1", "time": "2026-10-17T09:12:04+08:00", "lon": 113.1, "lat": 27.8}
    client.xadd("positions", {"fix": json.dumps(fix)})
    client.xadd("positions", {"fix": "{broken"})
    client.xadd("positions", {"fixes": json.dumps([{**fix, "worker_id": "W2"}, {**fix, "worker_id": "W3"}])})
    records = np.array([(7, NOON // 1000, 1_131_000_000, 278_000_000)], PACKED)
    client.xadd("positions", {"packed": records.tobytes()})
    client.xadd("positions", {"packed": b"12345"})
    client.xadd("positions", {"unknown": "1"})
    source = RedisPositions(StreamReader(url(client), "positions", block_ms=20), lambda: NOON)
    batches = source.batches(Event())
    single, packed = next(batches), next(batches)
    assert single.fixes is not None and packed.fixes is not None
    assert list(single.fixes.worker) == ["W1", "W2", "W3"]
    assert sorted(reason for _raw, reason in single.garbage) == ["malformed", "malformed", "no_fix_field"]
    assert (packed.fixes.slots, packed.fixes.worker[0], packed.fixes.time[0]) == (True, 7, NOON)
    assert (packed.fixes.lon[0], packed.fixes.lat[0]) == pytest.approx((113.1, 27.8))
    assert client.xpending("positions", "yiping")["pending"] == 6
