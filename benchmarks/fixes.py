"""GPS fixes from a real Redis stream to durable history, live state and regions, against the plain way in the same run.

    python benchmarks/fixes.py [--workers 90317] [--grids 3261] [--fixes 2000000] [--quick] [--profile]

Targets, of one core's CPU time in the consumer: packed batches at least 500,000 fixes a second, single JSON fixes at
least 100,000 a second. The plain way is one JSON fix per entry, a polygon test by shapely and a row of SQL for each.
"""

import argparse
import cProfile
import json
import pstats
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import numpy as np
import redis
import shapely
from sqlalchemy import BigInteger, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.position_city import START, STEP, Walk, city
from dashboard.config import Settings
from dashboard.domain.fixes import PACKED
from dashboard.feed import MemoryFeed
from dashboard.ingest.positions import PositionLane
from dashboard.store import open_store
from data_sources.redis_streams import RedisPositions, StreamReader
from tests.servers import RedisServer

PER_ENTRY = 500


@contextmanager
def redis_server():
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(Path(directory))
        try:
            yield server
        finally:
            server.process.terminate()
            server.process.wait(10)


def walked(workers, fixes):
    """Packed records of the whole city, in order of time."""
    walk, parts, slots = Walk(workers), [], np.arange(workers)
    for step in range(-(-fixes // workers)):
        records = np.empty(workers, PACKED)
        lon, lat = walk.step()
        second = (START + step * STEP) // 1000 + slots % (STEP // 1000)
        records["worker"], records["second"] = slots, second
        records["lon"], records["lat"] = np.rint(lon * 1e7), np.rint(lat * 1e7)
        parts.append(records[np.argsort(second, kind="stable")])
    return np.concatenate(parts)[:fixes]


def as_json(records):
    zone = datetime.now(UTC).astimezone().tzinfo
    for worker, second, lon, lat in records.tolist():
        when = datetime.fromtimestamp(second, zone).isoformat()
        yield json.dumps({"worker_id": f"W{worker:05}", "time": when, "lon": lon / 1e7, "lat": lat / 1e7}).encode()


def produce(url, field, bodies):
    client = redis.Redis.from_url(url)
    client.delete("positions")
    pipe = client.pipeline(transaction=False)
    for number, body in enumerate(bodies, 1):
        pipe.xadd("positions", {field: body})
        if number % 1000 == 0:
            pipe.execute()
    pipe.execute()
    client.close()


def consume(server, lane, now, fixes, count):
    """Read everything that was produced through the product's own source and lane, with a frame every second.

    CPU and wall seconds, and fixes accepted.
    """
    reader = StreamReader(server.url, "positions", consumer="benchmark", count=count, block_ms=50)
    source, stop, taken = RedisPositions(reader, lambda: now), Event(), 0
    cpu, wall = time.process_time(), time.perf_counter()
    beat = wall
    for batch in source.batches(stop):
        taken += lane.submit(batch).accepted
        if time.perf_counter() >= beat or taken >= fixes:
            lane.tick(now)
            beat = time.perf_counter() + 1
        if taken >= fixes:
            stop.set()
    return time.process_time() - cpu, time.perf_counter() - wall, taken


class Plain(DeclarativeBase):
    """Tables of the plain way."""


class PlainFix(Plain):
    """A row for each fix."""

    __tablename__ = "fix"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker: Mapped[str] = mapped_column(index=True)
    time: Mapped[int] = mapped_column(BigInteger)
    lon: Mapped[float]
    lat: Mapped[float]
    region: Mapped[int]


def plain(server, base, directory, records):
    """json.loads, an STRtree query, an ORM object and a commit of 1,000 at once: kinder than one commit a fix."""
    produce(server.url, "fix", as_json(records))
    nodes = list(base.geometry)
    tree = shapely.STRtree([shapely.Polygon(base.geometry[node][0].points) for node in nodes])
    engine = create_engine(f"sqlite:///{directory / 'plain.db'}")
    Plain.metadata.create_all(engine)
    client, live, after = redis.Redis.from_url(server.url), {}, "0"
    cpu = time.process_time()
    while found := client.xread({"positions": after}, count=1000):
        entries = found["positions"] if isinstance(found, dict) and "positions" in found else _entries(found)
        with Session(engine) as session:
            for number, fields in entries:
                after = number
                fix = json.loads(fields[b"fix"])
                at = int(datetime.fromisoformat(fix["time"]).timestamp() * 1000)
                inside = tree.query(shapely.Point(fix["lon"], fix["lat"]), predicate="within")
                region = nodes[inside[0]] if len(inside) else -1
                live[fix["worker_id"]] = (at, fix["lon"], fix["lat"], region)
                session.add(PlainFix(worker=fix["worker_id"], time=at, lon=fix["lon"], lat=fix["lat"], region=region))
            session.commit()
    return time.process_time() - cpu


def _entries(found):
    entries = next(iter(found.values())) if isinstance(found, dict) else found[0][1]
    return entries[0] if entries and isinstance(entries[0], list) else entries


def tell(name, rate, taken, wall):
    print(f"{name + ':':<18} {rate:>10,.0f} fixes/s of CPU, {taken / wall:,.0f}/s by the wall clock ({taken:,} fixes)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=90_317)
    parser.add_argument("--grids", type=int, default=3_261)
    parser.add_argument("--fixes", type=int, default=2_000_000)
    parser.add_argument("--quick", action="store_true", help="a tenth of the fixes")
    parser.add_argument("--profile", action="store_true", help="where the time of the packed run goes")
    options = parser.parse_args()
    if shutil.which("redis-server") is None:
        sys.exit("redis-server is not installed (Debian: apt-get install redis-server)")
    fixes = options.fixes // 10 if options.quick else options.fixes
    base, plane = city(options.workers, options.grids)
    records = walked(options.workers, fixes)
    now = int(records["second"].max()) * 1000
    with redis_server() as server, tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)

        def lane(name):
            return PositionLane(open_store(f"sqlite:///{directory / name}"), MemoryFeed(), Settings(), base, plane)

        chunks = (records[start : start + PER_ENTRY].tobytes() for start in range(0, fixes, PER_ENTRY))
        produce(server.url, "packed", chunks)
        packed = lane("packed.db")
        profile = cProfile.Profile()
        if options.profile:
            profile.enable()
        cpu, wall, taken = consume(server, packed, now, fixes, PER_ENTRY)
        profile.disable()
        fast = taken / cpu
        tell("packed batches", fast, taken, wall)
        if options.profile:
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)

        singles = fixes // 10
        produce(server.url, "fix", as_json(records[:singles]))
        cpu, wall, taken = consume(server, lane("single.db"), now, singles, 5000)
        single = taken / cpu
        tell("single JSON fixes", single, taken, wall)

        few = min(fixes, 2_000 if options.quick else 10_000)
        slow = few / plain(server, base, directory, records[:few])
        print(f"the plain way:     {slow:>10,.0f} fixes/s of CPU ({few:,} fixes)")
        print(f"ratio: packed {fast / slow:.0f} times, single JSON {single / slow:.1f} times the plain way")
    print("within the targets" if fast >= 500_000 and single >= 100_000 else "NOT within the targets")


if __name__ == "__main__":
    main()
