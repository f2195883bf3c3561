"""A way to Redis that is cut in one direction alone: asks that never arrive, answers that never come back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic
from uuid import uuid4

import pytest
import redis

from dashboard.domain.changes import Entry, Tick
from dashboard.feed import FeedError
from dashboard.feed.redis_stream import RedisFeed
from data_sources import redis_streams
from data_sources.redis_streams import RedisCases, StreamReader
from tests.ingest.city import NOON, accepted
from tests.ingest.lane import lane
from tests.replica.test_replica import facts
from tests.replica.world import world
from tests.roles.cluster import until
from tests.servers import RedisServer, Relay, redis_running

__all__ = ["redis_running"]
pytestmark = pytest.mark.redis
CASES = [accepted(f"K{number}", NOON) for number in range(21)]
LONGEST_WAIT = 1.9
"""Seconds a writer may be held up in all."""


@pytest.fixture
def way(redis_running: RedisServer) -> Iterator[Relay]:
    relay = Relay(redis_running.port)
    yield relay
    relay.close()


def url(way: Relay) -> str:
    return f"redis://127.0.0.1:{way.port}/0"


def tick(number: int) -> Tick:
    return Tick(number, number, 0)


def read(feed: RedisFeed) -> list[Entry]:
    return [entry for _, entry in feed.read("", 0)]


def held_up(feed: RedisFeed) -> float:
    """Seconds that fifty failing appends take together."""
    began = monotonic()
    for _ in range(50):
        with pytest.raises(FeedError):
            feed.append(tick(2))
    return monotonic() - began


@pytest.mark.parametrize("direction", ["hold_asks", "hold_answers"])
def test_a_writer_is_held_up_once_and_goes_on(way: Relay, redis_running: RedisServer, direction: str) -> None:
    now, prefix = [0.0], uuid4().hex
    writer = RedisFeed(url(way), prefix=prefix, clock=lambda: now[0])
    reader = RedisFeed(redis_running.url, prefix=prefix)
    writer.append(tick(1))
    getattr(way, direction)()
    assert held_up(writer) < LONGEST_WAIT
    assert read(reader) == ([tick(1)] if direction == "hold_asks" else [tick(1), tick(2)]), "whatever was heard"
    way.heal()
    now[0] += 10
    writer.append(tick(3))
    until(lambda: len(read(reader)) == 3, "an ask that was held comes late, and once")
    assert {entry.time for entry in read(reader) if isinstance(entry, Tick)} == {1, 2, 3}
    writer.close()
    reader.close()


def test_a_reader_hears_entries_late_and_out_of_order_and_shows_what_the_store_holds(tmp_path: Path) -> None:
    with world(tmp_path) as city:
        for number in range(4):
            city.submit([accepted(f"K{number}", NOON)])
        early, first, second, *others = [entry for _, entry in city.feed.read("", 0)]
        for entry in (second, *others, city.tick(NOON + 1000), first, early):
            city.replica.take(entry)
        assert facts(city.replica) == facts(city.fresh())


def test_events_whose_answer_was_lost_are_read_again_and_stored_once(
    way: Relay, redis_running: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_streams, "TIMEOUT_SECONDS", 1.5)
    stream, stop = uuid4().hex, Event()
    direct = redis.Redis.from_url(redis_running.url)

    def pending() -> int:
        return int(direct.xpending(stream, "yiping")["pending"])

    with lane(f"sqlite:///{tmp_path / 'case.db'}") as on, ThreadPoolExecutor(1) as reading:
        send(direct, stream, CASES[:10])
        batches = _cases(way, stream).batches(stop)
        on.ingest.submit(next(batches))
        more = reading.submit(next, batches)
        until(lambda: pending() == 0, "the acknowledgement")
        way.hold_answers()
        send(direct, stream, CASES[10:20])
        assert isinstance(more.exception(10), redis.RedisError)
        assert pending() == 10, "given to a reader who never heard of it"
        way.heal()
        again = _cases(way, stream).batches(stop)
        for _ in range(2):
            send(direct, stream, CASES[20:])
            on.ingest.submit(next(again))
        assert on.store.last_seq() == 21
    direct.close()


def send(client: redis.Redis, stream: str, events: list[bytes]) -> None:
    """All at once, so that one reader gets them in one answer."""
    with client.pipeline() as together:
        for event in events:
            together.xadd(stream, {"event": event})
        together.execute()


def _cases(way: Relay, stream: str) -> RedisCases:
    return RedisCases(StreamReader(url(way), stream, consumer="a", count=10, block_ms=1000), lambda: NOON)
