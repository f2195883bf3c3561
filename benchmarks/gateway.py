"""What one fix costs that a phone sends by itself: through the gateway, by MQTT, and straight to the web process.

    python benchmarks/gateway.py [--fixes 20000] [--workers 2000] [--connections 800]

CPU time of each process for a fix, from the socket to durable history and live state, in one run on one machine. The
load generator does not count. The web process is measured less what it does without any fixes.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from threading import Event

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from dashboard.base_data import apply_rows, load_base_data
from dashboard.base_data.maps import city_plane
from dashboard.base_data.rows import RegionRow, WorkerRow
from dashboard.config import Settings, load_settings
from dashboard.domain.regions import Region
from dashboard.feed import MemoryFeed
from dashboard.ingest.positions import PositionLane
from dashboard.store import open_store
from data_sources.mqtt import mqtt_reader
from data_sources.redis_streams import RedisPositions, StreamReader
from tests.gateway.running import Gateway
from tests.program import Program
from tests.servers import MosquittoServer, RedisServer
from tests.sources.mqtt_sender import begin, sender


def bodies(workers, count, start):
    for number in range(count):
        when = start + number // workers * 10_000
        fix = {"worker_id": f"W{number % workers:05}", "time": when, "lon": 113.0 + number % 7 * 1e-4, "lat": 27.0}
        yield json.dumps(fix).encode()


def request(body, key):
    head = f"POST /api/v1/positions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def post_all(port, key, messages, connections):
    """Each connection sends one fix after another; where the server closes it, a new one is opened."""
    taken = 0

    async def phone():
        nonlocal taken
        reader = writer = None
        for body in messages:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(body, key))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            taken += b" 202 " in head[:20]
            if head.startswith(b"HTTP/1.0") or b"connection: close" in head.lower():
                writer.close()
                reader = writer = None
        if writer is not None:
            writer.close()

    await asyncio.gather(*(phone() for _ in range(connections)))
    return taken


def cpu(process):
    times = psutil.Process(process.pid).cpu_times()
    return times.user + times.system


def people(directory, workers):
    store = open_store(f"sqlite:///{directory / 'yiping.db'}")
    apply_rows(store.engine, "regions", [RegionRow(Region("1", "市", 0))])
    apply_rows(store.engine, "workers", [WorkerRow(f"W{n:05}", f"W{n}", "1") for n in range(workers)])
    return store


def drained(redis, directory, workers, fixes, now):
    """CPU seconds of reading the stream into history and live state."""
    store = people(directory, workers)
    base = load_base_data(store.engine, Settings())
    lane = PositionLane(store, MemoryFeed(), Settings(), base, city_plane(base))
    reader, stop, seen = StreamReader(redis.url, "positions", count=5_000, block_ms=50), Event(), 0
    source = RedisPositions(reader, lambda: now)
    began = time.process_time()
    for batch in source.batches(stop):
        seen += lane.submit(batch).accepted
        if seen >= fixes:
            stop.set()
    spent = time.process_time() - began
    store.close()
    return spent


def by_http(folder, redis, options, start):
    gateway = Gateway(folder / "http", redis.url, "seconds = 0.25")
    gateway.start()
    before, at_redis, wall = cpu(gateway.process), cpu(redis.process), time.perf_counter()
    messages = bodies(options.workers, options.fixes, start)
    taken = asyncio.run(post_all(gateway.port, gateway.key, messages, options.connections))
    wall = time.perf_counter() - wall
    spent = cpu(gateway.process) - before, cpu(redis.process) - at_redis
    gateway.stop()
    return taken, spent, wall


def by_mqtt(folder, redis, options, start):
    (folder / "broker").mkdir()
    broker = MosquittoServer(folder / "broker")
    more = f'mqtt = true\n[mqtt_input]\nurl = "{broker.url}"\n'
    gateway = Gateway(folder / "mqtt", redis.url, more=more)
    begin(mqtt_reader(load_settings(gateway.directory).mqtt_input, gateway.directory, "positions"))
    with sender(broker) as at:
        at.send(*(("positions/x", body) for body in bodies(options.workers, options.fixes, start)))
    import redis as client_library

    client = client_library.Redis.from_url(redis.url)
    client.delete("positions")
    at_broker, at_redis = cpu(broker.process), cpu(redis.process)
    gateway.start()
    before, pause, last = cpu(gateway.process), Event(), -1
    while (now := client.xlen("positions")) == 0 or now != last:
        last = now
        pause.wait(3)
    spent = cpu(gateway.process) - before, cpu(redis.process) - at_redis, cpu(broker.process) - at_broker
    gateway.stop()
    broker.kill()
    return spent


def straight(folder, options, start):
    people(folder, options.workers).close()
    program = Program(folder, "--no-simulator")
    program.start()
    pause = Event()
    pause.wait(5)
    idle, began = cpu(program.process), time.perf_counter()
    pause.wait(10)
    idle = (cpu(program.process) - idle) / (time.perf_counter() - began)
    before, wall = cpu(program.process), time.perf_counter()
    count = options.fixes // 10
    taken = asyncio.run(post_all(program.port, program.key, bodies(options.workers, count, start), 16))
    wall = time.perf_counter() - wall
    spent = cpu(program.process) - before - idle * wall
    program.stop()
    return taken, spent, wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fixes", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2_000)
    parser.add_argument("--connections", type=int, default=800)
    options = parser.parse_args()
    now = int(time.time() * 1000)
    start = now - (options.fixes // options.workers + 1) * 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("redis", "drain", "web", "mqtt-drain"):
            (folder / part).mkdir()
        redis = RedisServer(folder / "redis")
        taken, (gate, at_redis), wall = by_http(folder, redis, options, start)
        ingest = drained(redis, folder / "drain", options.workers, taken, now)
        each = [1e6 * seconds / taken for seconds in (gate, at_redis, ingest)]
        print(f"by the gateway:  {sum(each):8.0f} µs a fix ({each[0]:.0f} gateway, {each[1]:.0f} Redis, "
              f"{each[2]:.0f} ingest), {taken / wall:,.0f} fixes/s by the wall clock")
        gate, at_redis, at_broker = by_mqtt(folder, redis, options, start)
        ingest = drained(redis, folder / "mqtt-drain", options.workers, options.fixes, now)
        parts = [1e6 * seconds / options.fixes for seconds in (gate, at_redis, at_broker, ingest)]
        print(f"by MQTT:         {sum(parts):8.0f} µs a fix ({parts[0]:.0f} gateway, {parts[1]:.0f} Redis, "
              f"{parts[2]:.0f} mosquitto, {parts[3]:.0f} ingest)")
        redis.kill()
        taken, spent, wall = straight(folder / "web", options, start)
        alone = 1e6 * spent / taken
        print(f"straight to web: {alone:8.0f} µs a fix ({taken:,} fixes, {taken / wall:,.0f}/s by the wall clock)")
        print(f"ratio: straight costs {alone / sum(each):.0f} times the gateway, {alone / sum(parts):.0f} times MQTT")


if __name__ == "__main__":
    main()
