"""A reader of the version before beside a writer of the next: fields, counters and kinds of entries it never knew."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import redis

from dashboard.domain.changes import Changes, Tick
from dashboard.feed.feed import encode
from dashboard.feed.redis_stream import RedisFeed
from dashboard.replica.replica import Replica
from tests.ingest.city import NOON, accepted, life
from tests.replica.test_replica import facts
from tests.replica.world import world
from tests.servers import RedisServer, redis_running

__all__ = ["redis_running"]
pytestmark = pytest.mark.redis


@pytest.fixture
def prefix() -> str:
    return uuid4().hex


@pytest.fixture
def client(redis_running: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_running.url) as found:
        yield found


def as_the_next_version_writes(entry: Changes | Tick) -> bytes:
    """The same entry with a field more everywhere, and with two counters more in each tally."""
    plain: dict[str, Any] = msgspec.msgpack.decode(encode(entry))
    plain["next"] = {"more": 1}
    for row in plain.get("cases", ()):
        row["mood"] = "calm"
    for region, period, counts, *_ in plain.get("tallies", ()):
        assert region and period
        counts.extend([7, 7])
    for rows in (plain.get(name, ()) for name in ("tallies", "inflow", "steps")):
        for row in rows:
            row.append("more")
    return msgspec.msgpack.encode(plain)


def test_what_is_not_known_is_passed_over(
    tmp_path: Path, redis_running: RedisServer, client: redis.Redis, prefix: str
) -> None:
    with world(tmp_path) as city:
        feed = RedisFeed(redis_running.url, prefix=prefix)
        older = Replica(city.store, feed, city.settings)
        city.submit(life("K1", NOON))
        city.submit([accepted("K2", NOON)])
        city.tick(NOON + 1000)
        for _, entry in city.feed.read("", 0):
            assert isinstance(entry, Changes | Tick)
            client.xadd(f"{prefix}:changes", {"e": as_the_next_version_writes(entry)})
        older.catch_up()
        assert facts(older) == facts(city.fresh())
        feed.close()


def test_a_kind_of_entry_that_is_not_known_stops_no_reader(
    redis_running: RedisServer, client: redis.Redis, prefix: str
) -> None:
    feed = RedisFeed(redis_running.url, prefix=prefix)
    key = f"{prefix}:changes"
    for payload in (msgspec.msgpack.encode({"type": "mood", "calm": True}), b"\xc1 nonsense"):
        client.xadd(key, {"e": payload})
    client.xadd(key, {"other": "field"})
    assert feed.read("", 0) == []
    feed.append(Tick(1, 1, 0))
    assert [entry for _, entry in feed.read("", 1)] == [Tick(1, 1, 0)]
    feed.close()
