"""The same fixes through every source end in the same live positions, also over a crash."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import numpy as np
import orjson
import pandas as pd
import pytest
import redis

from dashboard.base_data import apply_rows, load_base_data
from dashboard.base_data.maps import city_plane
from dashboard.base_data.rows import RegionRow, WorkerRow
from dashboard.config import Settings
from dashboard.domain.fix_formats import encode_packed
from dashboard.domain.fixes import Fixes
from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import Region
from dashboard.feed import MemoryFeed
from dashboard.ingest.positions import PositionLane
from dashboard.ingest.source_book import SourceBook
from dashboard.store import Store, open_store
from dashboard.store.slabs import Slabs
from dashboard.tracks.tracks import Tracks
from data_sources.file_replay import AtOnce, FileReplay, Progress
from data_sources.imports.cases import iso
from data_sources.mqtt import MqttPositions
from data_sources.redis_streams import RedisPositions, StreamReader
from data_sources.replay_files import fix_timeline
from data_sources.source import Source
from tests.servers import MosquittoServer, RedisServer, broker, redis_running  # noqa: F401
from tests.sources.deliveries import NOON
from tests.sources.mqtt_sender import begin, full_batches, sender

FIXES = Fixes(
    np.array([f"W{n % 10}" for n in range(100)], object), NOON + np.arange(100, dtype=np.int64) * 1000,
    113.0 + np.arange(100) * 1e-5, np.full(100, 27.0),
)  # fmt: skip
Prepare = Callable[[Path], Callable[[], Source]]


@contextmanager
def lane(directory: Path) -> Iterator[tuple[PositionLane, SourceBook, Store]]:
    store = open_store(f"sqlite:///{directory / 'test.db'}")
    apply_rows(store.engine, "regions", [RegionRow(Region("1", "市", 0))])
    apply_rows(store.engine, "workers", [WorkerRow(f"W{n}", f"W{n}", "1") for n in range(10)])
    base, book = load_base_data(store.engine, Settings()), SourceBook()
    yield PositionLane(store, MemoryFeed(), Settings(), base, city_plane(base), book), book, store
    store.close()


def now() -> int:
    return NOON + 100_000


def objects() -> list[bytes]:
    columns = zip(FIXES.worker, FIXES.time.tolist(), FIXES.lon.tolist(), FIXES.lat.tolist(), strict=True)
    return [orjson.dumps({"worker_id": w, "time": iso(t), "lon": x, "lat": y}) for w, t, x, y in columns]


def from_parquet(directory: Path) -> Callable[[], Source]:
    columns = {"worker": FIXES.worker, "time": FIXES.time, "lon": FIXES.lon, "lat": FIXES.lat}
    pd.DataFrame(columns).to_parquet(directory / "f.parquet")
    return _replay(directory, "f.parquet")


def from_json_lines(directory: Path) -> Callable[[], Source]:
    (directory / "f.jsonl").write_bytes(b"\n".join(objects()))
    return _replay(directory, "f.jsonl")


def _replay(directory: Path, name: str) -> Callable[[], Source]:
    timeline, kept = fix_timeline(directory / name), directory / "progress"
    return lambda: FileReplay("p", timeline, AtOnce(), now, progress=Progress(kept, name), at_once=25)


@pytest.fixture(params=["fix", "fixes", "packed"])
def from_redis(request: pytest.FixtureRequest, redis_running: RedisServer) -> Iterator[Prepare]:  # noqa: F811
    client = redis.Redis.from_url(redis_running.url)
    client.flushall()
    for start in range(0, 100, 5):
        some = objects()[start : start + 5]
        if request.param == "fix":
            for item in some:
                client.xadd("positions", {"fix": item})
        elif request.param == "fixes":
            client.xadd("positions", {"fixes": b"[" + b",".join(some) + b"]"})
        else:
            part = slice(start, start + 5)
            slots = np.array([int(worker[1:]) for worker in FIXES.worker[part]], np.int32)
            packed = Fixes(slots, FIXES.time[part], FIXES.lon[part], FIXES.lat[part], slots=True)
            client.xadd("positions", {"packed": encode_packed(packed)})
    count = 25 if request.param == "fix" else 5
    yield lambda _: lambda: RedisPositions(StreamReader(redis_running.url, "positions", count=count, block_ms=20), now)
    client.close()


def check(prepare: Prepare, directory: Path) -> None:
    """Crash after two batches of 25, open again: the tracks hold each of the 100 fixes once, everybody is on line.

    What comes again may count as late: it goes to the history, which knows each worker and instant once.
    """
    with lane(directory) as (positions, book, store):
        open_source = prepare(directory)
        first = open_source().batches(Event())
        for _ in range(2):
            positions.submit(next(first))
        first.close()  # type: ignore[attr-defined]
        stop, seen = Event(), 0
        for batch in open_source().batches(stop):
            receipt = positions.submit(batch)
            seen += receipt.accepted + receipt.duplicate + len(receipt.rejected)
            if seen >= 75:
                stop.set()
        positions.flush()
        positions.tick(now())
        state = book.states()[0]
        assert (state.accepted + state.duplicate, state.rejected) == (125, {})
        days = LocalDays(Settings().zone)
        tracks = Tracks(directory / "tracks", Slabs(store.engine), days)
        walked = [tracks.track_of(f"W{n}", days.day(NOON)).time for n in range(10)]
        assert sorted(time for times in walked for time in times) == FIXES.time.tolist()
        assert positions.presence_counts(now())[0].tolist()[0] == 10


def test_parquet(tmp_path: Path) -> None:
    check(from_parquet, tmp_path)


def test_json_lines(tmp_path: Path) -> None:
    check(from_json_lines, tmp_path)


@pytest.mark.redis
def test_redis(from_redis: Prepare, tmp_path: Path) -> None:
    check(from_redis, tmp_path)


@pytest.mark.mqtt
def test_mqtt(broker: MosquittoServer, tmp_path: Path) -> None:  # noqa: F811
    reader = full_batches(broker, "positions/#", at_once=25)
    begin(reader)
    with sender(broker) as at:
        at.send(*(("positions/test", item) for item in objects()))
    check(lambda _: lambda: MqttPositions(reader, now), tmp_path)
