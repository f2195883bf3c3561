"""Region pages of the running program over millions of cases: server time of a click, and how soon the page is usable.

    python -m benchmarks.region_pages --data DIR [--cases 1000000] [--clicks 150] [--opened 12] [--tenfold]

A click is the request of Dash's router for another region and period, with and without filters: time until the answer
is there, and CPU of the whole process meanwhile. A page in Chromium (1440 x 900) is usable when its first screen is
drawn: heading, tiles, ranking, map with its regions, and every chart and grid of which a part is in sight; and when the
main thread takes the next task, as it would a click. It is whole when all charts and grids below are drawn too and
nothing is left to do. Both count from the address, the server's share included; the longest task in between says how
long a click may have to wait. Warm: a browser that has been here before, with its files on disk, as on every leader's
machine after the first day; cold: one that has nothing. CPU is that of the page's main thread.
Goals: p95 of a click 150 ms unfiltered and 1 s filtered, usable in 1.5 s with one million cases; 300 ms and 2 s with
ten million. ``--tenfold``: every case ten times in the extract; stored tallies do not grow with cases.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import numpy as np
import psutil
import requests
from playwright.sync_api import BrowserContext, Page, ViewportSize, sync_playwright

from benchmarks.drilldown import multiply, selections
from benchmarks.filled_city import NOW, filled
from benchmarks.leaders import click
from callbacks.process import SCREENS_FIRST
from dashboard.ingest.clock import LAST_TICK
from dashboard.queries.selection import Selection
from dashboard.store import Store
from layouts.address import Address
from scripts.build_frontend import build
from tests.chromium import EXECUTABLE, FLAGS, started_chromium
from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
LATER = {"specversion": "1.0", "id": "later", "source": "/bench", "type": "case.urged", "subject": "none",
         "time": "2036-10-20T09:12:00+08:00", "data": {}}  # fmt: skip
FILTERS = ("category", "channel", "unit", "state", "hour", "weekday")
SCREEN: ViewportSize = {"width": 1440, "height": 900}
VISITS = 3
"""Pages opened before what is told: Chromium keeps compiled code from the second time on that it meets a file."""
Opened = tuple[float, float, float, float, float]
TOLD = ("usable", "whole", "longest task", "CPU until usable", "until whole")
WATCH = """(() => {
  const one = selector => document.querySelector(selector), all = selector => [...document.querySelectorAll(selector)];
  const seen = place => {
    const {top, bottom, width} = place.getBoundingClientRect();
    return width > 0 && bottom > 0 && top < innerHeight;
  };
  const drawn = place => place.querySelector('.main-svg, .ag-row, .ag-overlay') !== null;
  const mapped = () => {
    const map = window.leader?.map;
    return map?.map != null && map.to != null && map.stack.waiting.size === 0 && !map.stack.scheduled;
  };
  const heads = () => one('main h1') && one('.kpi') && one('[data-part=map] canvas') && mapped();
  const parts = () => all('.chart-graph, .children-grid');
  const told = window.told = {usable: 0, whole: 0, longest: 0};
  new PerformanceObserver(list => {
    for (const {startTime, duration} of list.getEntries()) {
      if (told.usable && startTime + duration > told.usable) told.longest = Math.max(told.longest, duration);
    }
  }).observe({type: 'longtask'});
  const note = name => scheduler.postTask(() => { told[name] = performance.now(); }, {priority: 'user-blocking'});
  const rest = () => requestIdleCallback(() => {
    if (parts().every(drawn)) told.whole = performance.now(); else setTimeout(look, 50);
  }, {timeout: 5000});
  const look = () => {
    if (!told.usable && heads() && parts().filter(seen).every(drawn)) note('usable');
    if (told.usable && parts().every(drawn)) rest();
    else if (told.usable) setTimeout(look, 50);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
"""Runs in the page itself from its start on; what it asks each frame is a few of the elements."""


@contextmanager
def served(directory: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The program over a filled directory, whose time goes on from ``NOW``; its address and process.

    It replays a recording whose only event comes years later: nothing flows but time, and no report is made.
    """
    (directory / "reports.toml").write_text("[schedule]\nkinds = []\n", encoding="utf-8")
    recording, port = directory / "later.jsonl", free_port()
    recording.write_text(json.dumps(LATER), encoding="utf-8")
    command = [sys.executable, str(ROOT / "app.py"), "replay", "cases", str(recording), "--data", str(directory)]
    with (directory / "program.log").open("ab") as log:
        process = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(lambda: process.poll() is not None or _answers(url))
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def _wait(true: Any, seconds: float = 1800) -> None:
    end, pause = time.monotonic() + seconds, Event()
    while not true():
        if time.monotonic() > end:
            raise SystemExit("the program does not get ready: see program.log")
        pause.wait(0.5)


def _at_rest(process: psutil.Process) -> bool:
    """Whether the process does little for some seconds: all that it reads ahead in its first minute is read."""
    before = _cpu(process)
    Event().wait(4)
    return _cpu(process) - before < 0.4


def href(asked: Selection) -> str:
    """The address of a region page."""
    filters = {name: getattr(asked, name) for name in FILTERS}
    return Address(region=asked.region, period=asked.period, **filters).href


class Clicks:
    """Somebody who clicks, and what every click took: (milliseconds, milliseconds of CPU, bytes)."""

    def __init__(self, url: str, process: psutil.Process) -> None:
        self.url, self.process, self.web = url, process, requests.Session()
        self.web.get(f"{url}/region", timeout=60)
        self.headers = {"Origin": url, "X-CSRFToken": self.web.cookies["_csrf_token"]}

    def make(self, asked: Selection) -> tuple[float, float, int]:
        """One click."""
        path, _, search = href(asked).partition("?")
        cpu, began = _cpu(self.process), time.perf_counter()
        answer = self.web.post(
            f"{self.url}/_dash-update-component", json=click(path, f"?{search}"), headers=self.headers, timeout=60
        )
        took = time.perf_counter() - began
        if answer.status_code != 200 or "data-part" not in answer.text:
            raise SystemExit(f"{answer.status_code} {path}?{search}: {answer.text[:500]}")
        return took * 1000, (_cpu(self.process) - cpu) * 1000, len(answer.content)

    def ready(self) -> bool:
        """Whether the extract answers."""
        body = click("/cases", "?state=closed&category=0304")
        answer = self.web.post(f"{self.url}/_dash-update-component", json=body, headers=self.headers, timeout=60)
        return "case?id=" in answer.text


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def measure(clicks: Clicks, wanted: list[Selection], title: str) -> None:
    """Make all clicks once to warm the caches of files, then again and tell."""
    for asked in wanted[:10]:
        clicks.make(asked)
    found = np.array([clicks.make(asked) for asked in wanted])
    p50, p95, most = np.percentile(found[:, 0], [50, 95, 100])
    cpu50, cpu95 = np.percentile(found[:, 1], [50, 95])
    words = f"p50 {p50:6.0f}  p95 {p95:6.0f}  max {most:6.0f} ms   CPU p50 {cpu50:5.0f}  p95 {cpu95:5.0f} ms"
    print(f"{title:32} n {len(found):4}  {words}   {found[:, 2].mean() / 1000:.0f} kB", flush=True)
    for at in np.argsort(found[:, 0])[-3:]:
        print(f"    {found[at, 0]:6.0f} ms  CPU {found[at, 1]:5.0f} ms  {href(wanted[at])}", flush=True)


def open_pages(url: str, wanted: list[Selection], title: str) -> None:
    """Open pages one by one, in a browser that was here before and in browsers that were not, and tell."""
    addresses = [url + href(asked) for asked in wanted]
    for how, opening in (("warm", open_warm), ("cold", open_cold)):
        found = np.array(opening(addresses)).T
        told = [
            f"{name} p50 {np.median(of):5.0f}  p95 {np.percentile(of, 95):5.0f}"
            for name, of in zip(TOLD, found, strict=True)
        ]
        print(f"{title + ', ' + how:28} n {len(wanted):3}  {'   '.join(told)} ms", flush=True)


def open_warm(addresses: list[str]) -> list[Opened]:
    """One profile on disk for all."""
    options: dict[str, Any] = {"executable_path": EXECUTABLE, "args": list(FLAGS), "viewport": SCREEN}
    with TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(profile, bypass_csp=True, **options)
        page = watched(context)
        found = [opened(page, address) for address in [*addresses[:VISITS], *addresses]]
        context.close()
    return found[len(found) - len(addresses) :]


def open_cold(addresses: list[str]) -> list[Opened]:
    """A context with nothing in it for each."""
    found = []
    with started_chromium() as browser:
        for address in addresses:
            context = browser.new_context(viewport=SCREEN, bypass_csp=True)
            found.append(opened(watched(context), address))
            context.close()
    return found


def watched(context: BrowserContext) -> Page:
    """A page that notes by itself when it is usable and when it is whole."""
    page = context.new_page()
    page.add_init_script(WATCH)
    return page


def opened(page: Page, address: str) -> Opened:
    """Milliseconds until usable, until whole, of the longest task in between; CPU of the main thread until either."""
    page.goto("about:blank")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address, wait_until="commit", timeout=60_000)
    spent = []
    for moment in ("usable", "whole"):
        page.wait_for_function(f"window.told?.{moment}", timeout=60_000, polling=20)
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        spent.append(metrics["TaskDuration"] * 1000)
    told = page.evaluate("told")
    session.detach()
    return told["usable"], told["whole"], told["longest"], spent[0], spent[1]


def prepare(directory: Path, store: Store, tenfold: bool) -> None:
    """Set the clock of the directory; put the tenfold extract in the place of the plain one, or take it away."""
    store.set_state(LAST_TICK, str(NOW))
    plain, many, own = (directory / f"{name}.duckdb" for name in ("extract", "tenfold", "single"))
    if tenfold and not many.exists():
        multiply(plain, many)
    if tenfold:
        plain.rename(own)
        many.rename(plain)


def restore(directory: Path, tenfold: bool) -> None:
    """Undo what ``prepare`` moved."""
    plain, many, own = (directory / f"{name}.duckdb" for name in ("extract", "tenfold", "single"))
    if tenfold:
        plain.rename(many)
        own.rename(plain)


def main() -> None:
    """Fill or open, start, click, open."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--clicks", type=int, default=150)
    parser.add_argument("--opened", type=int, default=12)
    parser.add_argument("--tenfold", action="store_true")
    asked = parser.parse_args()
    build()
    store, base = filled(asked.data, asked.cases)
    prepare(asked.data, store, asked.tenfold)
    store.close()
    try:
        with served(asked.data) as (url, process):
            clicks = Clicks(url, process)
            _wait(clicks.ready)
            Event().wait(SCREENS_FIRST)  # it reads ahead only then
            _wait(lambda: _at_rest(process))
            plain, filtered = (selections(base, asked.clicks, so) for so in (False, True))
            measure(clicks, plain, "a click, unfiltered")
            measure(clicks, filtered, "a click, filtered")
            open_pages(url, plain[: asked.opened], "a page, unfiltered")
            open_pages(url, filtered[: asked.opened], "a page, filtered")
    finally:
        restore(asked.data, asked.tenfold)


if __name__ == "__main__":
    main()
