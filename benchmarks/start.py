"""How long a person waits: first start of a simulated city, then the second start up to a wall in Chromium.

    python -m benchmarks.start [--city zhuzhou] [--start 2026-10-20T17:40+08:00]

The second start is timed from the command until tiles, ranking, map and workers are drawn; the browser runs
already, the page's cache is empty.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.chromium import started_chromium
from tests.program import Program

DRAWN = """window.wall?.map.map && window.wall.workers.n > 0 && document.querySelector('.rank-row')
  && /[0-9]/.test(document.getElementById('tile-open-value').textContent)"""


def timed(program: Program) -> float:
    """Seconds until the program is ready."""
    begin = time.monotonic()
    program.start(seconds=600)
    return time.monotonic() - begin


def until_drawn(browser: Any, program: Program) -> None:
    """Return when the wall shows numbers, ranking, map and workers."""
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(program.url + "/wall")
    page.wait_for_function(DRAWN, timeout=60_000, polling=20)
    page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="First and second start up to the first wall.")
    parser.add_argument("--city", default="zhuzhou")
    parser.add_argument("--start", default="2026-10-20T17:40+08:00")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, started_chromium() as browser:
        program = Program(Path(place) / "city", "--city", options.city, "--start", options.start)
        try:
            first = timed(program)
            program.stop()
            begin = time.monotonic()
            ready = timed(program)
            until_drawn(browser, program)
            wall = time.monotonic() - begin
            assert program.process is not None
            memory = psutil.Process(program.process.pid).memory_info().rss / 1e6
        finally:
            program.stop()
    print(f"first start to ready      {first:6.1f} s")
    print(f"second start to ready     {ready:6.1f} s")
    print(f"second start to the wall  {wall:6.1f} s   (target 10 s)   first / second {first / ready:.1f}x")
    print(f"server after the second start {memory:6.0f} MB resident")


if __name__ == "__main__":
    main()
