"""How long a person waits: first start of a simulated city, then the second start up to a wall in Chromium.

    python -m benchmarks.start [--city zhuzhou] [--start 2026-10-20T17:40+08:00] | --cases 10000000

The second start is timed from the command until tiles, ranking, map and workers are drawn; the browser runs
already, the page's cache is empty. With ``--cases`` a wall is open, the program is killed (-9) and started again,
a sender delivers one case as soon as it is ready, and the time stops when the wall counts it with all stored ones: a
wall whose stream of cases has been silent for long shows that in place of figures, so without a delivery there is
nothing right to wait for. Then the same for a wall that is opened after the start.
"""

import argparse
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import requests

from benchmarks.compiled import compile_program
from benchmarks.filled_city import filled
from dashboard.domain.regions import LEVELS
from tests.chromium import started_chromium
from tests.program import Program

GRID = LEVELS.index("grid")
DRAWN = """window.wall?.map.map && window.wall.workers.n > 0 && document.querySelector('.rank-row')
  && /[0-9]/.test(document.getElementById('tile-open-value').textContent)"""

SHOWN = "n => Number(document.getElementById('tile-open-value').textContent.replaceAll(',', '')) === n"


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


def until_prepared(program: Program, cookies: dict[str, str], seconds: float = 1_800, pause: float = 1) -> None:
    """Return when what analyses read is made; ``TimeoutError`` after ``seconds``, ``RuntimeError`` where it ended."""
    end, said = time.monotonic() + seconds, "nothing"
    while time.monotonic() < end:
        if program.process is None or program.process.poll() is not None:
            raise RuntimeError(f"the program ended before it was prepared; its words: {program.log}")
        with suppress(requests.RequestException):
            answer = requests.get(program.url + "/prepared", cookies=cookies, timeout=30, allow_redirects=False)
            if answer.status_code == 204:
                return
            said = f"{answer.status_code} {answer.text[:200]}"
        time.sleep(pause)
    raise TimeoutError(f"not prepared after {seconds:.0f} s, /prepared says {said}; the program's words: {program.log}")


def spent(program: Program) -> float:
    """CPU seconds of the program so far."""
    assert program.process is not None
    return float(sum(psutil.Process(program.process.pid).cpu_times()[:2]))


def deliver(program: Program, region: str, category: str) -> None:
    """One case more, as of now."""
    at = datetime.now(UTC)
    event = {
        "specversion": "1.0", "id": f"start-{at.isoformat()}", "source": "/benchmark", "type": "case.accepted",
        "subject": f"S{int(at.timestamp() * 1000)}", "time": at.isoformat(),
        "data": {"region": region, "category": category, "title": "路灯不亮"},
    }  # fmt: skip
    program.send("/api/v1/events", [event])


def opened(browser: Any, program: Program) -> Any:
    """A wall that has drawn its board."""
    context = browser.new_context(bypass_csp=True)
    context.add_cookies([program.wall_cookie()])
    page = context.new_page()
    page.goto(program.url + "/wall")
    page.wait_for_selector(".wall[data-ready=yes]", timeout=120_000)
    return page


def start_of_many(directory: Path, cases: int) -> None:
    """The start over a directory with so many stored cases, midnights and extract made up before; it is kept."""
    store, base = filled(directory, cases)
    wanted = len(store.open_cases()) + 1
    region = next(region.code for region in base.tree.regions if region.level == GRID)
    category = next(category.code for category in base.categories.values() if category.parent)
    store.close()
    (directory / "reports.toml").write_text("[schedule]\nkinds = []\n", encoding="utf-8")
    program = Program(directory, "--no-simulator")
    with started_chromium() as browser:
        try:
            timed(program)
            person = program.session_cookie("leader")
            until_prepared(program, {person["name"]: person["value"]})
            page = opened(browser, program)
            program.kill()
            begin = time.monotonic()
            ready = timed(program)
            cpu = spent(program)
            deliver(program, region, category)
            page.wait_for_function(SHOWN, arg=wanted, timeout=60_000, polling=20)
            wall = time.monotonic() - begin
            page.close()
            program.stop()
            begin = time.monotonic()
            timed(program)
            deliver(program, region, category)
            opened(browser, program).wait_for_function(SHOWN, arg=wanted + 1, timeout=120_000, polling=20)
            new = time.monotonic() - begin
        finally:
            program.stop()
    took = f"ready {ready:.1f} s, {cpu:.1f} s of CPU; the open wall right with {wanted:,} open {wall:.1f} s (5 s)"
    took += f"; a new one {new:.1f} s"
    print(f"{cases:,} stored cases: {took}")


def main() -> None:
    parser = argparse.ArgumentParser(description="First and second start up to the first wall.")
    parser.add_argument("--cases", type=int, default=0, help="instead: start over so many stored cases")
    parser.add_argument("--data", type=Path, default=Path("/tmp/yiping-many"), help="where they are stored and kept")
    parser.add_argument("--city", default="zhuzhou")
    parser.add_argument("--start", default="2026-10-20T17:40+08:00")
    options = parser.parse_args()
    compile_program()
    if options.cases:
        start_of_many(options.data, options.cases)
        return
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
