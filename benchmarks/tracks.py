"""Stored fixes: bytes at rest and one worker's day out of ten million, against a row of SQL for each fix.

    python benchmarks/tracks.py [--fixes 10000000] [--workers 3390] [--csv FILE] [--quick]

Targets: at most 4.2 bytes a fix at rest, one worker's day out of 10 million fixes in at most 25 ms. ``--csv`` compacts
real fixes as well (columns worker, time_utc, lat, lon; gzip allowed). The plain way is a table with an index by worker
and time, with a tenth of the fixes.
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.position_city import START, STEP, Walk
from dashboard.domain.periods import LocalDays
from dashboard.domain.track import Track
from dashboard.store import open_store
from dashboard.store.slabs import Slabs
from dashboard.tracks.tracks import Tracks

DAYS = LocalDays()
DAY = DAYS.day(START)
LATER = 2**62


def walked(workers, fixes):
    """The whole city every ten seconds, as the position lane stores it; wraps round within the local day."""
    walk, keys = Walk(workers), np.arange(1, workers + 1, dtype=np.uint32)
    midnight = DAYS.start(DAY)
    for step in range(-(-fixes // workers)):
        lon, lat = walk.step()
        time_ = midnight + (step * STEP + keys.astype(np.int64) % 10 * 1000) % 86_400_000
        degrees = (np.rint(column * 1e7).astype(np.int32) for column in (lon, lat))
        yield Track(keys, time_, *degrees)


def real(path):
    """Fixes of a CSV file as one track."""
    table = pd.read_csv(path)
    key = pd.factorize(table["worker"])[0].astype(np.uint32) + 1
    instants = pd.to_datetime(table["time_utc"], utc=True).dt.as_unit("ms").astype(np.int64).to_numpy()
    degrees = (np.rint(table[name].to_numpy() * 1e7).astype(np.int32) for name in ("lon", "lat"))
    return Track(key.astype(np.uint32), instants, *degrees)


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def compacted(directory, name, tracks):
    """Through slabs and compaction, as in the product: the history, fixes, seconds of CPU."""
    slabs, count = Slabs(open_store(f"sqlite:///{directory / name}.db").engine), 0
    for track in tracks:
        slabs.append(track, int(track.time.max()))
        count += len(track)
    history = Tracks(directory / name, slabs, DAYS)
    start = time.process_time()
    moved = history.compact(LATER, LATER)
    while history.merge(DAYS.day(START) + 10_000):
        pass
    assert moved == count
    return history, count, time.process_time() - start


def timed(ask, workers):
    """First and median milliseconds by the wall clock, of different workers."""
    found = []
    for worker in workers:
        start = time.perf_counter()
        assert ask(worker)
        found.append((time.perf_counter() - start) * 1000)
    return found[0], float(np.median(found[1:]))


def plain(directory, tracks):
    path = directory / "plain.db"
    table = sqlite3.connect(path)
    table.execute("CREATE TABLE fix (id INTEGER PRIMARY KEY, worker TEXT, time INTEGER, lon REAL, lat REAL)")
    count = 0
    for track in tracks:
        numbers = (column.tolist() for column in (track.time, track.lon / 1e7, track.lat / 1e7))
        columns = ([f"W{key:05}" for key in track.key], *numbers)
        table.executemany("INSERT INTO fix (worker, time, lon, lat) VALUES (?, ?, ?, ?)", zip(*columns, strict=True))
        count += len(track)
    table.execute("CREATE INDEX fix_worker ON fix (worker, time)")
    table.commit()
    return table, path.stat().st_size / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fixes", type=int, default=10_000_000)
    parser.add_argument("--workers", type=int, default=3_390)
    parser.add_argument("--csv", type=Path, help="real fixes to compact as well")
    parser.add_argument("--quick", action="store_true", help="a tenth of the fixes")
    options = parser.parse_args()
    fixes = options.fixes // 10 if options.quick else options.fixes
    chosen = np.random.default_rng(1).integers(1, options.workers + 1, 12).tolist()
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        history, count, seconds = compacted(directory, "walk", walked(options.workers, fixes))
        at_rest = size_of(directory / "walk") / count
        print(f"walk: {at_rest:.2f} bytes a fix at rest, {count:,} fixes compacted at {count / seconds:,.0f}/s of CPU")
        first, median = timed(lambda worker: len(history.worker_day(worker, DAY)), chosen)
        print(f"one worker's day out of {count:,}: first {first:.1f} ms, then median {median:.1f} ms")
        if options.csv:
            _, number, _ = compacted(directory, "real", [real(options.csv)])
            size = size_of(directory / "real") / number
            print(f"{options.csv.name}: {size:.2f} bytes a fix at rest, {number:,} fixes")
        table, plain_bytes = plain(directory, walked(options.workers, fixes // 10))
        query = "SELECT time, lon, lat FROM fix WHERE worker = ? AND time BETWEEN ? AND ? ORDER BY time"
        span = (DAYS.start(DAY), DAYS.start(DAY) + 86_399_999)
        _, slow = timed(lambda worker: table.execute(query, (f"W{worker:05}", *span)).fetchall(), chosen)
        print(f"the plain way: {plain_bytes:.1f} bytes a fix, a worker's day out of a tenth of them {slow:.1f} ms")
        print(f"ratio: the plain way takes {plain_bytes / at_rest:.1f} times the bytes")
        print("within the targets" if at_rest <= 4.2 and median <= 25 else "NOT within the targets")


if __name__ == "__main__":
    main()
