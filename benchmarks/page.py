"""Main thread of the wall's page for one update, in Chromium, against the plain Dash way in the same run.

    python -m benchmarks.page [--updates 40]

Feeds frames and board deltas into the page as its connection would and reads ``TaskDuration`` (everything the main
thread does: decoding, drawing, style, layout, paint) as CPU time from the browser's own metrics, less what the idle
page costs in the same time. The plain way replaces the whole ``Scattermap`` figure. What the GPU process does is not
on the main thread and not counted.
"""

import argparse
import base64
import copy
import json
import logging
import shutil
import threading
from typing import Any

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from dashboard.boards.patch import diff
from scripts.build_frontend import build
from tests.layouts.fixture_server import create, delta
from tests.layouts.invented_city import Walk

PAUSE = 500
"""Milliseconds between updates."""

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--no-proxy-server",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--enable-gpu-rasterization",
]
"""Compositing in the GPU process, as on a machine with a graphics card; without it every canvas is read back."""

FEED = """async ([frames, deltas, pause]) => {
  const bytes = frames.map(text => Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
  const s = window.wall.subscription;
  window.feed = async () => {
    for (let i = 0; i < Math.max(bytes.length, deltas.length); i++) {
      if (bytes.length) s.onFrame(bytes[i]);
      if (deltas.length) s.onDelta({...deltas[i], epoch: s.epoch});
      await new Promise(done => setTimeout(done, pause));
    }
  };
}"""
PLAIN = """async ([points, times]) => {
  const script = Object.assign(document.createElement('script'), {src: SCRIPT});
  await new Promise(done => { script.onload = done; document.head.append(script); });
  const place = document.createElement('div');
  place.style.cssText = 'position:fixed;inset:0;width:836px;height:680px;z-index:9';
  document.body.append(place);
  const trace = shift => ({
    type: 'scattermap', mode: 'markers', marker: {size: 4, color: points.map(p => p[2])},
    lat: points.map(p => 34.7 + p[1] / 111000 + shift), lon: points.map(p => 113.6 + p[0] / 91000),
  });
  const map = {style: 'white-bg', center: {lat: 34.7, lon: 113.6}, zoom: 9};
  const figure = shift => JSON.stringify({data: [trace(shift)], layout: {map, margin: {l: 0, r: 0, t: 0, b: 0}}});
  const texts = Array.from({length: times + 1}, (_, i) => figure(i * 1e-4));
  const first = JSON.parse(texts[0]);
  await Plotly.newPlot(place, first.data, first.layout);
  window.feed = async () => {
    for (let i = 1; i <= times; i++) {
      const whole = JSON.parse(texts[i]);
      await Plotly.react(place, whole.data, whole.layout);
      await new Promise(done => setTimeout(done, 600));
    }
  };
}""".replace("SCRIPT", "'/_dash-component-suites/plotly/package_data/plotly.min.js'")


def task_seconds(session: Any) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    found: float = next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")
    return found


def idle_share(page: Any, session: Any, seconds: float = 4.0) -> float:
    before = task_seconds(session)
    page.wait_for_timeout(seconds * 1000)
    return (task_seconds(session) - before) / seconds


def cost(page: Any, session: Any, updates: int) -> float:
    """Milliseconds of main thread for one update, without what the page does anyway."""
    idle = idle_share(page, session)
    before, started = task_seconds(session), page.evaluate("performance.now()")
    page.evaluate("feed()")
    elapsed = (page.evaluate("performance.now()") - started) / 1000
    return max(0.0, task_seconds(session) - before - idle * elapsed) / updates * 1000


def deltas(board: dict[str, Any], n: int) -> list[dict[str, Any]]:
    """Boards in which every tile, the districts and the marks change each time."""
    found, now = [], board
    for k in range(1, n + 1):
        new = copy.deepcopy(board)
        for tile in new["tiles"].values():
            for key in ("value", "online", "moving", "n"):
                if isinstance(tile.get(key), int):
                    tile[key] = max(0, tile[key] - k % 7)
        new["meta"]["time"] += k * PAUSE
        for source in new["sources"]:
            source.update(event_time=source["event_time"] + k * PAUSE, arrived=source["arrived"] + k * PAUSE)
        for row in new["districts"]["rows"]:
            row["open"] += k
        new["ticker"]["rows"] = [{**row, "seq": row["seq"] + k} for row in new["ticker"]["rows"]]
        found.append({"from": k, "to": k + 1, "seq": k, "time": new["meta"]["time"], "patch": diff(now, new)})
        now = new
    return found


def frames(workers: int, walk: Walk, n: int) -> list[str]:
    return [base64.b64encode(delta(walk, slab, 1.79e12 + slab)).decode() for slab in range(2, n + 2)]


def measure(browser: Any, address: str, scene: Any, updates: int, with_frames: bool, with_boards: bool) -> float:
    page = browser.new_page(viewport={"width": 3840, "height": 2160})
    page.goto(address)
    page.wait_for_selector(".wall[data-ready=yes]")
    page.wait_for_function("window.wall.workers.n > 0")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    found = scene()
    fed = [
        frames(len(found.walk.x), copy.deepcopy(found.walk), updates) if with_frames else [],
        deltas(found.board, updates) if with_boards else [],
        PAUSE,
    ]
    page.wait_for_timeout(2000)
    page.evaluate(FEED, fed)
    spent = cost(page, session, updates)
    page.close()
    return spent


def plain(browser: Any, address: str, walk: Walk, updates: int) -> float:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(address)
    page.wait_for_selector(".wall[data-ready=yes]")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(
        PLAIN, [[[int(x), int(y), int(s)] for x, y, s in zip(walk.x, walk.y, walk.state, strict=True)], updates]
    )
    spent = cost(page, session, updates)
    page.close()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description="Main thread of the wall's page for one update.")
    parser.add_argument("--updates", type=int, default=40)
    updates = parser.parse_args().updates
    build()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app, _, scenes = create()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/wall?region="
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        found = {}
        for name, scenario, with_frames, with_boards in (
            ("3,390 workers", "frozen", True, False),
            ("all tiles", "frozen", False, True),
            ("3,390 workers and all tiles", "frozen", True, True),
            ("90,317 workers", "frozenbig", True, False),
        ):  # fmt: skip
            found[name] = measure(
                browser, base + scenario, lambda s=scenario: scenes[s], updates, with_frames, with_boards
            )
            print(f"{name:32} {found[name]:8.2f} ms main thread an update", flush=True)
        whole = plain(browser, base + "frozen", scenes["frozenbig"].walk, 5)
        print(
            f"{'plain: Scattermap of 90,317':32} {whole:8.2f} ms   ratio {whole / found['90,317 workers']:.0f}x",
            flush=True,
        )
        print(json.dumps({**found, "plain 90,317": whole}))
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
