"""A day of the city at twenty times its pace with a wall open: what the server and the page hold, and whether it grows.

    ./scripts/soak [--minutes 72] [--speed 20] [--every 60] [--city zhuzhou] [--picture docs/images/soak.png]

Opens the wall of a simulated city in Chromium, lets the city's clock run, and reads every minute the server's resident
memory after a full garbage collection, its threads and open files, what is left of the page's JavaScript heap after a
collection (DevTools protocol) and its counts of DOM nodes and listeners. The slopes are medians over the pairs of
samples after the first fifth, when caches have filled: a sample that falls into a compaction of tracks, which needs
100 MB for seconds, does not tilt them. Ends with 1 where a slope is over its limit, where the page was loaded anew or
where the city's clock did not come as far as it should have.
"""

import argparse
import csv
import json
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, fields
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks.soak_picture import draw
from scripts.build_frontend import build
from tests.chromium import started_chromium
from tests.program import Program

MEGABYTE = 1e6
DRAWN = 300_000
"""Milliseconds: right after its first start the server prepares pages for minutes, and this is no measure of speed."""
WARM_UP = 0.2
"""Share of the run that the slopes leave out."""
LIMITS = {"server": 1.0, "heap": 1.0}
"""MB in an hour of the stream."""
NOISE = {"server": 12.0, "heap": 1.0}
"""MB that may come and go."""
FILLING = {"server": 60.0, "heap": 2.0}
"""MB by which caches fill: a run of less than ``FULL`` hours cannot tell filling from leaking by its slope, and fails
above this alone. Runs of one hour saw the server take 19 to 29 MB; of the run of 24 hours in ``docs/images`` the first
1.1 took 46 and the first 2.9 57 MB, and after 24 it held no more than after one. A smaller leak takes a longer run."""
FULL = 5.0


@dataclass(frozen=True)
class Sample:
    """``hour`` of the stream since the page was drawn; memory in MB; ``started`` of the page, epoch ms: a reload."""

    hour: float
    server: float
    threads: int
    files: int
    heap: float
    nodes: int
    listeners: int
    documents: int
    started: float
    city: float


class Collecting(Program):
    """The program that collects its garbage when told to."""

    entry = ("-m", "benchmarks.collected")

    @property
    def server(self) -> psutil.Process:
        """The running process."""
        assert self.process is not None
        return psutil.Process(self.process.pid)

    def collect(self) -> None:
        """Ask for a full collection; it is done within a second."""
        self.server.send_signal(signal.SIGUSR1)


def take(page: Any, session: Any, program: Collecting, hour: float) -> Sample:
    """One sample after a collection on both sides."""
    program.collect()
    session.send("HeapProfiler.collectGarbage")
    page.wait_for_timeout(2000)
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / MEGABYTE
    counts = session.send("Memory.getDOMCounters")
    server = program.server
    return Sample(
        hour, server.memory_info().rss / MEGABYTE, server.num_threads(), server.num_fds(), heap,
        counts["nodes"], counts["jsEventListeners"], counts["documents"], page.evaluate("performance.timeOrigin"),
        program.get("/api/v1/snapshot")["meta"]["time"],
    )  # fmt: skip


def watch(program: Collecting, minutes: float, every: float, speed: float) -> list[Sample]:
    """Samples over some minutes, told as they are taken."""
    samples: list[Sample] = []
    with started_chromium() as browser:
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(program.url + "/wall")
        page.wait_for_selector(".wall[data-ready=yes]", timeout=DRAWN)
        session, begin = page.context.new_cdp_session(page), time.monotonic()
        while (elapsed := time.monotonic() - begin) < minutes * 60:
            page.wait_for_timeout(min(every, minutes * 60 - elapsed) * 1000)
            samples.append(take(page, session, program, (time.monotonic() - begin) / 3600 * speed))
            print(json.dumps({key: round(value, 2) for key, value in asdict(samples[-1]).items()}), flush=True)
    return samples


def slope(samples: Sequence[Sample], name: str) -> float:
    """Change of a field in an hour of the stream: the median over all pairs of samples (Theil 1950, Sen 1968)."""
    points = [(one.hour, getattr(one, name)) for one in samples]
    return median((later[1] - first[1]) / (later[0] - first[0]) for first, later in combinations(points, 2))


def settled(samples: Sequence[Sample]) -> Sequence[Sample]:
    return samples[int(len(samples) * WARM_UP) :]


def tell(samples: Sequence[Sample]) -> None:
    """The slopes of everything counted."""
    print(f"{samples[-1].hour:.1f} hours of stream, {len(samples)} samples after warm-up")
    for name in ("server", "heap", "threads", "files", "nodes", "listeners"):
        ends = f"{getattr(samples[0], name):.1f} -> {getattr(samples[-1], name):.1f}"
        print(f"{name:10} {slope(samples, name):+8.3f} an hour of stream   ({ends})")


def failures(samples: Sequence[Sample]) -> list[str]:
    """What is not as it should be, in words."""
    span = samples[-1].hour - samples[0].hour
    room = NOISE if samples[-1].hour >= FULL else FILLING
    found = []
    for name, limit in LIMITS.items():
        growth = slope(samples, name)
        if growth > limit and growth * span > room[name]:
            found.append(f"{name} grows by {growth:.2f} MB an hour of stream; the limit is {limit:g}")
    if len({one.started for one in samples}) > 1:
        found.append("the page was loaded anew")
    if (samples[-1].city - samples[0].city) / 3_600_000 < span * 0.98:
        found.append("the city's clock ran late")
    return found


def write_samples(path: Path, samples: Sequence[Sample]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(Sample))
        writer.writerows([f"{value:.3f}".rstrip("0").rstrip(".") for value in astuple(one)] for one in samples)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=72)
    parser.add_argument("--every", type=float, default=60, help="seconds between samples")
    parser.add_argument("--speed", type=float, default=20)
    parser.add_argument("--city", default="zhuzhou")
    parser.add_argument("--start", default="2026-10-20T07:40+08:00")
    parser.add_argument("--picture", type=Path, default=None, help="write the curve there, the samples beside it")
    options = parser.parse_args()
    build()
    words = ("--speed", str(options.speed), "--start", options.start, "--city", options.city)
    with tempfile.TemporaryDirectory() as directory:
        program = Collecting(Path(directory) / "city", *words)
        program.start(seconds=900)
        try:
            samples = watch(program, options.minutes, options.every, options.speed)
        finally:
            program.stop()
    tell(settled(samples))
    if options.picture:
        write_samples(options.picture.with_suffix(".csv"), samples)
        draw(options.picture, samples, {name: slope(settled(samples), name) for name in LIMITS}, WARM_UP)
    found = failures(settled(samples))
    print("\n".join(found) or "within the limits", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
