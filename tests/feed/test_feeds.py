"""One contract for every feed."""

import signal
import threading
from collections.abc import Iterator
from time import monotonic
from uuid import uuid4

import pytest

from dashboard.domain.changes import BaseChanged, CaseRow, Changes, Inflow, Positions, SourceState, Step, TallyRow, Tick
from dashboard.feed import POSITIONS, START, Feed, FeedError, MemoryFeed, open_feed
from dashboard.feed.redis_stream import RedisFeed
from tests.servers import RedisCluster, RedisServer, redis_cluster, redis_running, redis_server

__all__ = ["redis_cluster", "redis_running"]


REDIS = [pytest.param(name, marks=pytest.mark.redis) for name in ("redis_running", "redis_cluster")]


@pytest.fixture(params=["memory", *REDIS])
def feed(request: pytest.FixtureRequest) -> Iterator[Feed]:
    made: Feed
    if request.param == "memory":
        made = MemoryFeed()
    else:
        server: RedisServer | RedisCluster = request.getfixturevalue(request.param)
        made = RedisFeed(server.url, prefix=uuid4().hex)
    yield made
    made.close()


def tick(number: int) -> Tick:
    return Tick(number, number, 0, [SourceState("cases", "cases", rejected={"future": 1})])


def test_entries_come_in_order_with_growing_cursors(feed: Feed) -> None:
    for number in range(5):
        feed.append(tick(number))
    found = feed.read(START, 0)
    assert [entry for _, entry in found] == [tick(number) for number in range(5)]
    assert [entry for _, entry in feed.read(found[2][0], 0)] == [tick(3), tick(4)]


def test_every_kind_of_entry_survives_the_way(feed: Feed) -> None:
    changes = Changes(
        1, 2, [CaseRow("a", 2, "R", lon=1.5, ever_handled=True)], [TallyRow("R", 202610, [1, 2])],
        [Inflow("R", 20261001, "hour", "09", 4)], [Step(1, 5, "case.accepted", "a", "题", "R")],
    )
    entries = [changes, BaseChanged(3), tick(1)]
    for entry in entries:
        feed.append(entry)
    feed.append(Positions(1, 2, True, b"\0\xff"), POSITIONS)
    assert [entry for _, entry in feed.read(START, 0)] == entries
    assert [entry for _, entry in feed.read(START, 0, POSITIONS)] == [Positions(1, 2, True, b"\0\xff")]


def test_nothing_new_returns_after_the_timeout(feed: Feed) -> None:
    feed.append(tick(1))
    assert feed.read(feed.latest(), 0.05) == []


def test_latest_skips_what_was_before(feed: Feed) -> None:
    feed.append(tick(1))
    cursor = feed.latest()
    feed.append(tick(2))
    assert [entry for _, entry in feed.read(cursor, 0)] == [tick(2)]


def test_latest_of_an_empty_topic_misses_nothing(feed: Feed) -> None:
    cursor = feed.latest()
    feed.append(tick(1))
    assert [entry for _, entry in feed.read(cursor, 0)] == [tick(1)]


def test_a_waiting_reader_wakes_up(feed: Feed) -> None:
    found: list[object] = []
    cursor = feed.latest()
    reader = threading.Thread(target=lambda: found.extend(feed.read(cursor, 10)))
    reader.start()
    feed.append(tick(7))
    reader.join(5)
    assert [entry for _, entry in found] == [tick(7)]  # type: ignore[misc]


def test_readers_do_not_disturb_each_other(feed: Feed) -> None:
    for number in range(3):
        feed.append(tick(number))
    assert feed.read(START, 0) == feed.read(START, 0)


def test_limit_cuts_and_the_cursor_continues(feed: Feed) -> None:
    for number in range(10):
        feed.append(tick(number))
    first = feed.read(START, 0, limit=4)
    rest = feed.read(first[-1][0], 0, limit=100)
    assert [entry.time for _, entry in first + rest if isinstance(entry, Tick)] == list(range(10))


def test_a_topic_keeps_only_its_newest_entries(feed: Feed) -> None:
    for number in range(400):
        feed.append(Positions(number, 0, False, b"x"), POSITIONS)
    found = [entry for _, entry in feed.read(START, 0, POSITIONS, limit=1000)]
    assert 64 <= len(found) < 400
    assert found[-1] == Positions(399, 0, False, b"x")


def test_writers_in_several_threads_lose_nothing(feed: Feed) -> None:
    def write(writer: int) -> None:
        for number in range(50):
            feed.append(tick(writer * 100 + number))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = [entry.time for _, entry in feed.read(START, 0, limit=1000) if isinstance(entry, Tick)]
    assert sorted(found) == sorted(n * 100 + i for n in range(4) for i in range(50))
    assert all([t for t in found if t // 100 == n] == list(range(n * 100, n * 100 + 50)) for n in range(4))


def test_unknown_url_is_refused() -> None:
    with pytest.raises(ValueError, match="kafka"):
        open_feed("kafka://somewhere")


@pytest.mark.redis
def test_a_dead_redis_is_told_and_a_revived_one_continues(tmp_path_factory: pytest.TempPathFactory) -> None:
    with redis_server(tmp_path_factory.mktemp("mortal")) as server:
        now = [0.0]
        feed = RedisFeed(server.url, clock=lambda: now[0])
        feed.append(tick(1))
        cursor = feed.latest()
        server.kill()
        with pytest.raises(FeedError):
            feed.append(tick(2))
        with pytest.raises(FeedError):
            feed.read(cursor, 1)
        server.start()
        with pytest.raises(FeedError, match="a moment ago"):
            feed.append(tick(2))
        now[0] += 2
        feed.append(tick(3))
        assert [entry for _, entry in feed.read(cursor, 1)] == [tick(3)]
        feed.close()


@pytest.mark.redis
def test_a_frozen_redis_holds_a_writer_up_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    with redis_server(tmp_path_factory.mktemp("frozen")) as server:
        feed = RedisFeed(server.url)
        feed.append(tick(1))
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        began = monotonic()
        for _ in range(50):
            with pytest.raises(FeedError):
                feed.append(tick(2))
        assert monotonic() - began < 1.9
        server.process.send_signal(signal.SIGCONT)
        feed.close()


@pytest.mark.redis
def test_a_wiped_redis_is_read_from_its_new_beginning(redis_running: RedisServer) -> None:
    import redis

    feed = RedisFeed(redis_running.url, prefix=uuid4().hex)
    feed.append(tick(1))
    cursor = "9999999999999-0"
    redis.Redis.from_url(redis_running.url).flushall()
    feed.append(tick(2))
    assert [entry for _, entry in feed.read(cursor, 0)] == [tick(2)]
    feed.close()
