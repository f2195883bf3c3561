"""Memory of the wall's page and of the server over an accelerated stream.

    python -m benchmarks.page_memory [--minutes 30] [--speed 20] [--start 2026-10-20T07:40+08:00]

Opens the wall of a simulated city in Chromium, lets the city's clock run ``--speed`` times as fast, and reads once a
minute what is left of the page's JavaScript heap after a collection (DevTools protocol), its counts of DOM nodes and
listeners, and the server's resident memory. The slopes are least squares over the samples after the first fifth, when
caches have filled.
"""

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import linear_regression
from typing import Any

import psutil

from tests.chromium import started_chromium
from tests.program import Program

MEGABYTE = 1e6
WARM_UP = 0.2
"""Share of the run that the slopes leave out."""


@dataclass(frozen=True)
class Sample:
    """``minute`` since the page was drawn; memory in MB; ``started`` of the page, epoch ms: a reload changes it."""

    minute: float
    heap: float
    nodes: int
    listeners: int
    documents: int
    server: float
    started: float


def take(page: Any, session: Any, server: psutil.Process, begin: float) -> Sample:
    """One sample after a collection."""
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / MEGABYTE
    counts = session.send("Memory.getDOMCounters")
    return Sample(
        (time.monotonic() - begin) / 60, heap, counts["nodes"], counts["jsEventListeners"], counts["documents"],
        server.memory_info().rss / MEGABYTE, page.evaluate("performance.timeOrigin"),
    )  # fmt: skip


def slope(samples: list[Sample], name: str) -> float:
    """Change of a field per hour, least squares."""
    return linear_regression([sample.minute / 60 for sample in samples], [getattr(s, name) for s in samples]).slope


def watch(program: Program, minutes: float, every: float) -> list[Sample]:
    """Samples over some minutes, told as they are taken."""
    assert program.process is not None
    server, samples = psutil.Process(program.process.pid), []
    with started_chromium() as browser:
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(program.url + "/wall")
        page.wait_for_selector(".wall[data-ready=yes]", timeout=60_000)
        session, begin = page.context.new_cdp_session(page), time.monotonic()
        while time.monotonic() - begin < minutes * 60:
            page.wait_for_timeout(every * 1000)
            samples.append(take(page, session, server, begin))
            print(json.dumps({key: round(value, 2) for key, value in asdict(samples[-1]).items()}), flush=True)
    return samples


def tell(samples: list[Sample]) -> None:
    """The slopes, and whether the page stayed the same page."""
    settled = samples[int(len(samples) * WARM_UP) :]
    print(f"page loaded {len({sample.started for sample in samples})} time(s), {len(settled)} samples after warm-up")
    for name, unit in (("heap", "MB"), ("server", "MB"), ("nodes", "nodes"), ("listeners", "listeners")):
        ends = f"{getattr(settled[0], name):.1f} -> {getattr(settled[-1], name):.1f} {unit}"
        print(f"{name:10} {slope(settled, name):+8.2f} {unit} per hour   ({ends})")


def main() -> None:
    parser = argparse.ArgumentParser(description="Memory of the wall's page over an accelerated stream.")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=60, help="seconds between samples")
    parser.add_argument("--speed", type=float, default=20)
    parser.add_argument("--start", default="2026-10-20T07:40+08:00")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        program = Program(Path(directory) / "city", "--speed", str(options.speed), "--start", options.start)
        program.start(seconds=600)
        try:
            tell(watch(program, options.minutes, options.every))
        finally:
            program.stop()


if __name__ == "__main__":
    main()
