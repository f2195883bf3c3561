"""How long a fact takes from its way in to the screen, at Zhuzhou's scale in real time, in Chromium.

    python -m benchmarks.latency [--samples 120] [--plain-samples 40]

Starts the simulated city (3,390 workers walking, its own cases flowing) with one wall open. Case events and fixes of
one silent worker are posted over HTTP at random moments. A sample ends when the page's text has changed to the event's
title, and when the dots are first drawn from a buffer that holds the fix; both ends read the same machine's clock. The
plain way in the same run: a page that asks the API every two seconds, as a ``dcc.Interval`` does, without the cost of
drawing anything.
"""

import argparse
import json
import random
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from sqlalchemy import create_engine

from dashboard.addresses import database_address
from dashboard.config import load_settings
from dashboard.domain.plane import Plane
from dashboard.security.keys import create_key
from tests.chromium import started_chromium
from tests.program import Program

STEP = 6
"""Metres north between the fixes of two samples: slower than any vehicle, wider than a rounding."""
PAUSE = (0.9, 1.7)
"""Seconds between two samples, evenly spread, so that they fall anywhere between two frames."""
WATCH = """slot => {
  window.texts = {}; window.places = [];
  const body = document.getElementById('ticker-body');
  new MutationObserver(() => {
    for (const [title] of body.textContent.matchAll(/测速[0-9]+号/g)) window.texts[title] ??= Date.now();
  }).observe(body, {subtree: true, childList: true, characterData: true});
  const {map, workers} = window.wall, moved = map.moved.bind(map);
  let last = workers.y[slot];
  map.moved = () => {
    moved();
    const y = workers.y[slot];
    if (y !== last) requestAnimationFrame(() => window.places.push([y, Date.now()]));
    last = y;
  };
}"""
SLOT = """([x, y]) => {
  const {workers} = window.wall;
  for (let i = 0; i < workers.n; i++) if (workers.x[i] === x && workers.y[i] === y) return [i];
}"""
POLL = """([worker, every]) => {
  window.texts = {}; window.places = [];
  const list = document.body.appendChild(document.createElement('div'));
  const ask = path => fetch(path).then(answer => answer.json());
  setInterval(async () => {
    list.textContent = (await ask('/api/v1/snapshot')).ticker.rows.map(row => row.title).join(' ');
    for (const [title] of list.textContent.matchAll(/测速[0-9]+号/g)) window.texts[title] ??= Date.now();
  }, every);
  let last = null;
  setInterval(async () => {
    const {lat} = (await ask('/api/v1/workers')).workers.find(row => row.id === worker);
    if (lat !== last) window.places.push([lat, Date.now()]);
    last = lat;
  }, every);
}"""


@dataclass
class Person:
    """A worker whose fixes only this program sends; place in metres on the city's plane."""

    id: str
    plane: Plane
    x: int
    y: int

    def fix(self, now: int) -> dict[str, object]:
        """The next fix, one step further north."""
        self.y += STEP
        lon, lat = self.plane.degrees(self.x, self.y)
        return {"worker_id": self.id, "time": iso(now), "lon": float(lon), "lat": float(lat)}


@dataclass
class Sent:
    """When each event title and each place left, epoch ms."""

    titles: dict[str, float] = field(default_factory=dict)
    places: dict[int, float] = field(default_factory=dict)


def iso(instant: float) -> str:
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat()


def accepted(number: int, region: str, now: int) -> dict[str, object]:
    data = {"region": region, "category": "01", "channel": "hotline", "title": f"测速{number}号"}
    return {"specversion": "1.0", "id": f"latency-{number}", "source": "/latency", "type": "case.accepted",
            "subject": f"LATENCY-{number}", "time": iso(now), "data": data}  # fmt: skip


def silent_person(program: Program) -> tuple[Person, str]:
    """Somebody on duty whom the simulator leaves silent, and the code of his region."""
    rows = program.get("/api/v1/workers")["workers"]
    row = next(row for row in rows if row["state"] == "silent" and row["lon"] is not None)
    middle = program.get("/api/v1/map")["plane"]
    plane = Plane(middle["lon"], middle["lat"])
    x, y = plane.metres(row["lon"], row["lat"])
    return Person(row["id"], plane, int(x), int(y)), row["region"]


def post_samples(program: Program, person: Person, region: str, first: int, count: int) -> Sent:
    """One event and one fix at a time, at random moments. The city's clock runs beside the machine's."""
    sent, pause, chance = Sent(), Event(), random.Random(first)
    behind = time.time() * 1000 - program.get("/api/v1/snapshot")["meta"]["time"]
    for number in range(first, first + count):
        at = time.time() * 1000
        program.send("/api/v1/events", accepted(number, region, int(at - behind)))
        sent.titles[f"测速{number}号"] = at
        pause.wait(chance.uniform(*PAUSE) / 2)
        fix, at = person.fix(int(time.time() * 1000 - behind)), time.time() * 1000
        program.send("/api/v1/positions", [fix])
        sent.places[person.y] = at
        pause.wait(chance.uniform(*PAUSE) / 2)
    return sent


def delays(page: Any, sent: Sent, metres: Any) -> tuple[list[float], list[float]]:
    """Milliseconds of both kinds; a place that was passed over counts until a later one was seen."""
    texts, places = page.evaluate("[window.texts, window.places]")
    shown = [(metres(place), at) for place, at in places]
    cases = [texts[title] - at for title, at in sent.titles.items()]
    fixes = [min(seen for place, seen in shown if place >= y) - at for y, at in sent.places.items()]
    return cases, fixes


def tell(name: str, values: list[float], plain: list[float] | None = None) -> None:
    p50, p99 = np.percentile(values, [50, 99])
    ratio = "" if plain is None else f"   plain way / this way {np.median(plain) / p50:.1f}x"
    print(f"{name:44} n {len(values):4}   p50 {p50:6.0f} ms   p99 {p99:6.0f} ms{ratio}", flush=True)


def pushed(browser: Any, program: Program, person: Person, region: str, count: int) -> tuple[list[float], list[float]]:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(program.url + "/wall")
    page.wait_for_function("window.wall?.workers.n > 0", timeout=60_000)
    now = program.get("/api/v1/snapshot")["meta"]["time"]
    program.send("/api/v1/positions", [person.fix(now)])
    slot = page.wait_for_function(SLOT, arg=[person.x, person.y]).json_value()[0]
    page.evaluate(WATCH, slot)
    sent = post_samples(program, person, region, 1000, count)
    page.wait_for_timeout(4000)
    found = delays(page, sent, lambda y: y)
    page.close()
    return found


def polled(browser: Any, program: Program, person: Person, region: str, count: int) -> tuple[list[float], list[float]]:
    page = browser.new_page()
    page.goto(program.url + "/healthz")
    page.evaluate(POLL, [person.id, 2000])
    sent = post_samples(program, person, region, 5000, count)
    page.wait_for_timeout(6000)
    found = delays(page, sent, lambda lat: int(person.plane.metres(person.plane.lon0, lat)[1]))
    page.close()
    return found


def writing_key(directory: Path) -> str:
    """A key for the demonstration, which asks for one where somebody sends."""
    engine = create_engine(database_address(load_settings(directory), directory))
    try:
        return create_key(engine, "latency", ("read", "write"))
    finally:
        engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description="Latency from the way in to the screen.")
    parser.add_argument("--samples", type=int, default=120)
    parser.add_argument("--plain-samples", type=int, default=40)
    parser.add_argument("--start", default="2026-10-20T09:40+08:00")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, started_chromium() as browser:
        program = Program(Path(place) / "city", "--start", options.start)
        program.start(seconds=600)
        try:
            program.key = writing_key(program.directory)
            person, region = silent_person(program)
            cases, fixes = pushed(browser, program, person, region, options.samples)
            late_cases, late_fixes = polled(browser, program, person, region, options.plain_samples)
        finally:
            program.stop()
    tell("plain: event, page polls every 2 s", late_cases)
    tell("plain: fix, page polls every 2 s", late_fixes)
    tell("event posted -> text changed", cases, late_cases)
    tell("fix posted -> dots drawn from it", fixes, late_fixes)
    print(json.dumps({"event_ms": [round(v) for v in sorted(cases)], "fix_ms": [round(v) for v in sorted(fixes)]}))


if __name__ == "__main__":
    main()
