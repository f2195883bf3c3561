"""Fixes by shards over a Redis Cluster of three nodes: one node away costs only its own shard, and only for a while."""

from collections import Counter
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest
import redis

from dashboard.config import Settings, load_settings
from dashboard.ingest.batch import Batch
from dashboard.redis_client import open_redis
from data_sources.configured import configured_sources
from data_sources.source import Source
from tests.servers import RedisCluster, redis_cluster
from tests.sources.deliveries import NOON

__all__ = ["redis_cluster"]
pytestmark = pytest.mark.redis
SHARDS = 6


def sharded(directory: Path, cluster: RedisCluster) -> Settings:
    lines = f'[redis_input]\nurl = "{cluster.url}"\nshards = {SHARDS}\ncases = ""\n'
    (directory / "config.toml").write_text(lines, encoding="utf-8")
    return load_settings(directory)


class Taking:
    """Reads a source in a thread, as ingest does, and opens it again when it breaks."""

    def __init__(self, source: Source) -> None:
        self.source, self.stop, self.taken = source, Event(), Counter[str]()
        self.broke = Event()
        self.thread = Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self.stop.wait(0.05):
            try:
                for batch in self.source.batches(self.stop):
                    self._take(batch)
            except Exception:
                self.broke.set()

    def _take(self, batch: Batch) -> None:
        assert batch.fixes is not None and not batch.garbage
        self.taken.update(batch.fixes.worker.tolist())

    def end(self) -> None:
        self.stop.set()
        self.thread.join(20)


def fix(worker: str) -> dict[str, str]:
    return {"fix": f'{{"worker_id": "{worker}", "time": "2026-10-17T09:12:04+08:00", "lon": 113.1, "lat": 27.8}}'}


def _taken(url: str, stream: str) -> bool:
    """Whether a sender who tries again could write into a shard of the node that came back."""
    try:
        open_redis(url, 5, 5).xadd(stream, fix("afterwards"))
    except redis.RedisError:
        return False
    return True


def wait(holds: object, seconds: float = 30) -> None:
    pause = Event()
    for _ in range(int(seconds * 20)):
        if holds():  # type: ignore[operator]
            return
        pause.wait(0.05)
    raise TimeoutError


def test_every_shard_is_read_and_a_killed_node_holds_up_only_its_own(
    tmp_path: Path,
    redis_cluster: RedisCluster,
) -> None:
    found = sharded(tmp_path, redis_cluster)
    assert found.redis_input is not None
    streams = found.redis_input.position_streams
    client = open_redis(redis_cluster.url, 5, 5)
    for number in range(120):
        client.xadd(streams[number % SHARDS], fix(f"W{number}"))
    homes = {stream: client.get_node_from_key(stream).port for stream in streams}
    assert len(set(homes.values())) == 3, "the shards lie on all three nodes"

    taking = {source.name: Taking(source) for source in configured_sources(found, tmp_path, lambda: NOON)}
    assert list(taking) == list(streams)
    wait(lambda: sum(one.taken.total() for one in taking.values()) == 120)

    victim = redis_cluster.nodes[1]
    victim.kill()
    lost = [name for name, port in homes.items() if port == victim.port]
    wait(lambda: all(taking[name].broke.is_set() for name in lost))
    others = [stream for stream in streams if stream not in lost]
    for stream in others:
        client.xadd(stream, fix("meanwhile"))
    wait(lambda: all(taking[name].taken["meanwhile"] == 1 for name in others))

    victim.start()
    for stream in lost:
        wait(partial(_taken, redis_cluster.url, stream))
    wait(lambda: all(one.taken.total() == 21 for one in taking.values()))
    for one in taking.values():
        one.end()
    assert all(set(one.taken.values()) == {1} for one in taking.values()), "nothing came twice"
