"""The disk under PostgreSQL or under Redis is full: what was acknowledged is there, what was not is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from dashboard.domain.changes import Tick
from dashboard.feed import FeedError
from dashboard.feed.redis_stream import RedisFeed
from dashboard.store import StoreError
from tests.faults.small_disk import SmallDisk, small_disk
from tests.ingest.city import NOON, accepted, life
from tests.ingest.lane import Lane, figures, lane
from tests.roles.cluster import until
from tests.servers import PostgresServer, RedisServer, have_postgres, have_redis, redis_server

MEGABYTES = 112
"""A new database takes about 40, and its log (``max_wal_size``) at least two files of 16."""
BATCH = 400


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PostgresServer, SmallDisk]]:
    if not have_postgres():
        pytest.skip("no PostgreSQL 15 on this machine")
    folder = tmp_path_factory.mktemp("disk")
    for above in folder.parents:
        if above.owner() == folder.owner() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o011)
    folder.chmod(0o755)
    with small_disk(folder / "small", MEGABYTES) as disk:
        server = PostgresServer(disk.path)
        try:
            yield server, disk
        finally:
            server.stop()


def sent_until_refused(on: Lane) -> list[str]:
    """Names of the cases that were acknowledged before the first refusal."""
    promised: list[str] = []
    for start in range(0, 400 * BATCH, BATCH):
        names = [f"c{number}" for number in range(start, start + BATCH)]
        try:
            on.send(*(accepted(name, NOON) for name in names))
        except StoreError:
            return promised
        promised += names
    raise AssertionError("the disk does not fill")


@pytest.mark.postgres
def test_under_postgres(database: tuple[PostgresServer, SmallDisk]) -> None:
    server, disk = database
    with lane(server.url) as on:
        on.send(*life("1", NOON))
        disk.fill()
        promised = sent_until_refused(on)
        with pytest.raises(StoreError):
            on.send(accepted("refused", NOON))
        disk.clear()
        again(server)
        until(lambda: answers(on), "the database")
        receipt = on.send(*life("1", NOON), *(accepted(name, NOON) for name in promised))
        assert receipt.accepted == 0, "all that was acknowledged is there"
        assert on.send(accepted("refused", NOON), *life("2", NOON)).accepted == 8
        rows = on.store.events_of({"1", "2", "refused", *promised})
        assert [row.seq for row in rows] == list(range(1, len(promised) + 16))
        assert set(figures(on.store)["cases"]) == {"1", "2", "refused", *promised}


def again(server: PostgresServer) -> None:
    """As a service manager does: it ends where its log cannot be written, and is started again."""
    assert server.process is not None
    if server.process.poll() is not None:
        server.start()


def answers(on: Lane) -> bool:
    try:
        on.send(*life("1", NOON))
    except StoreError:
        return False
    return True


@pytest.mark.redis
def test_under_redis(tmp_path: Path) -> None:
    if not have_redis():
        pytest.skip("no redis-server on this machine")
    with small_disk(tmp_path / "small", 4) as disk, redis_server(disk.path) as server:
        now = [0.0]
        feed, client = RedisFeed(server.url, clock=lambda: now[0]), redis.Redis.from_url(server.url)
        feed.append(Tick(1, 1, 0))
        promised = [client.xadd("cases", {"event": b"x" * 1000})]
        disk.fill()

        def refused() -> bool:
            try:
                promised.append(client.xadd("cases", {"event": b"x" * 1000}))
            except redis.ResponseError as problem:
                return "MISCONF" in str(problem)
            return False

        until(refused, "the refusal of a sender")
        with pytest.raises(FeedError):
            feed.append(Tick(2, 2, 0))
        disk.clear()
        until(lambda: not refused(), "room")
        now[0] += 10
        feed.append(Tick(3, 3, 0))
        assert [entry.time for _, entry in feed.read("", 0) if isinstance(entry, Tick)] == [1, 3]
        killed_and_back(server)
        assert client.xlen("cases") == len(promised)
        feed.close()


def killed_and_back(server: RedisServer) -> None:
    server.kill()
    server.start()
