"""Redis without room for another entry: commits go on, and what was not told is read from the store."""

from pathlib import Path
from uuid import uuid4

import pytest
import redis

from dashboard.domain.changes import Changes
from dashboard.feed.redis_stream import RedisFeed
from tests.ingest.city import NOON, accepted
from tests.ingest.lane import Lane, lane
from tests.servers import RedisServer, redis_running

__all__ = ["redis_running"]
pytestmark = pytest.mark.redis


def told_over(on: Lane, feed: RedisFeed) -> None:
    """Let ingest tell its changes over this feed."""
    on.ingest.close()
    on.feed = feed  # type: ignore[assignment]
    on.start()


def changes(feed: RedisFeed, after: str) -> list[Changes]:
    return [entry for _, entry in feed.read(after, 1) if isinstance(entry, Changes)]


def test_a_full_redis_stops_no_commit_and_loses_no_change(tmp_path: Path, redis_running: RedisServer) -> None:
    client, now = redis.Redis.from_url(redis_running.url), [0.0]
    feed = RedisFeed(redis_running.url, prefix=uuid4().hex, clock=lambda: now[0])
    with lane(f"sqlite:///{tmp_path / 'case.db'}") as on:
        told_over(on, feed)
        on.send(accepted("1", NOON))
        start = feed.latest()
        client.config_set("maxmemory", 1)
        try:
            assert on.send(accepted("2", NOON), accepted("3", NOON)).accepted == 2, "the sender hears 202"
            assert feed.latest() == start, "nothing was told"
        finally:
            client.config_set("maxmemory", 0)
        now[0] += 10
        on.send(accepted("4", NOON))
        (after,) = changes(feed, start)
        assert (after.first, after.last) == (4, 4), "a reader at 1 sees a hole"
        assert [row.id for row in on.store.changes_since(1).cases] == ["2", "3", "4"]
    feed.close()
