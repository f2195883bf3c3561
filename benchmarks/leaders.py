"""Fifty leaders who each click every five seconds, while twenty walls run and the city's stream flows.

    python -m benchmarks.leaders [--leaders 50] [--walls 20] [--seconds 120] [--city zhuzhou] [--reports 10]

A click is the request of Dash's router for another region, period or filter. Every second a case event is posted; a
sample is the time until a wall has a message that holds its title. Walls and leaders are a process each, or they would
wait for one another. The plain way in the same run: the walls alone, before the first leader comes.
"""

import argparse
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import requests
import socketio

from benchmarks.latency import accepted, writing_key
from dashboard.reports.beside import NICE
from tests.program import ROOT, Program

OUTPUT = ".._pages_content.children..._pages_store.data.."
PERIODS = ("", "2026-10-20", "2026-09", "2026-Q4", "2026")
FILTERS = ("", "", "", "&channel=hotline", "&category=02", "&state=overdue")
TITLE = re.compile("测速[0-9]+号")
EVERY = 5.0
SPAWN = multiprocessing.get_context("spawn")


@dataclass
class Seen:
    """Titles and when they left; milliseconds until each wall had them; milliseconds of clicks; what went wrong."""

    sent: dict[str, float] = field(default_factory=dict)
    pushed: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Walls:
    """Screens in a process of their own, until ``arrived`` is asked."""

    def __init__(self, url: str, number: int) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_walls, args=(url, number, theirs), daemon=True)
        self._process.start()
        self._pipe.recv()

    def arrived(self) -> dict[str, list[float]]:
        """Every title with its arrivals (epoch ms)."""
        self._pipe.send("stop")
        found: dict[str, list[float]] = self._pipe.recv()
        self._process.join(30)
        return found


def _walls(url: str, number: int, pipe: Connection) -> None:
    arrived: dict[str, list[float]] = {}
    clients = [_wall(url, arrived) for _ in range(number)]
    pipe.send("connected")
    pipe.recv()
    pipe.send(arrived)
    for client in clients:
        client.disconnect()


def _wall(url: str, arrived: dict[str, list[float]]) -> socketio.Client:
    """A wall that acknowledges every message and notes when a title arrives."""
    client, known = socketio.Client(reconnection=False), set[str]()

    def look(message: dict[str, Any]) -> None:
        now = time.time() * 1000
        client.emit("got", {"edition": message["to"], "slab": 0})
        for title in set(TITLE.findall(json.dumps(message, ensure_ascii=False))) - known:
            known.add(title)
            arrived.setdefault(title, []).append(now)

    client.on("delta", look)
    client.connect(url, transports=["websocket"])
    answer = client.call("subscribe", {"region": "", "positions": False})
    known.update(TITLE.findall(json.dumps(answer, ensure_ascii=False)))
    client.emit("got", {"edition": answer["edition"], "slab": 0})
    return client


class Leaders:
    """Leaders in a process of their own, until ``end``."""

    def __init__(self, url: str, number: int) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_leaders, args=(url, number, theirs), daemon=True)
        self._process.start()

    def end(self) -> Seen:
        """Their clicks and what went wrong."""
        self._pipe.send("stop")
        found: Seen = self._pipe.recv()
        self._process.join(30)
        return found


def _leaders(url: str, number: int, pipe: Connection) -> None:
    seen, stop, regions = Seen(), threading.Event(), addresses(url)
    threads = [
        threading.Thread(target=lead, args=(url, regions, seen, stop, seed), daemon=True) for seed in range(number)
    ]
    for thread in threads:
        thread.start()
    pipe.recv()
    stop.set()
    for thread in threads:
        thread.join(timeout=35)
    pipe.send(seen)


def addresses(url: str) -> list[str]:
    """Regions that leaders look at: the city, its districts and streets."""
    found = requests.get(f"{url}/api/v1/map", timeout=30).json()["regions"]
    return [region["code"] for region in found]


def lead(url: str, regions: list[str], seen: Seen, stop: threading.Event, seed: int) -> None:
    """One leader: a click, then a rest until the next one is due."""
    chance, session = random.Random(seed), requests.Session()
    session.get(f"{url}/region", timeout=30)
    headers = {"Origin": url, "X-CSRFToken": session.cookies["_csrf_token"]}
    stop.wait(chance.uniform(0, EVERY))
    while not stop.is_set():
        begin = time.perf_counter()
        search = f"?region={chance.choice(regions)}&period={chance.choice(PERIODS)}{chance.choice(FILTERS)}"
        try:
            body = click("/region", search)
            answer = session.post(f"{url}/_dash-update-component", json=body, timeout=30, headers=headers)
            if answer.status_code != 200 or "data-part" not in answer.text:
                seen.errors.append(f"{answer.status_code} {search} {answer.text[:200]}")
        except requests.RequestException as problem:
            seen.errors.append(repr(problem))
        seen.clicks.append((time.perf_counter() - begin) * 1000)
        stop.wait(max(0.0, EVERY - (time.perf_counter() - begin)))


def click(path: str, search: str) -> dict[str, Any]:
    """The request of Dash's router for an address."""
    outputs = [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}]
    inputs = [
        {"id": "_pages_location", "property": "pathname", "value": path},
        {"id": "_pages_location", "property": "search", "value": search},
    ]
    return {"output": OUTPUT, "outputs": outputs, "inputs": inputs, "changedPropIds": ["_pages_location.search"]}


def post(program: Program, region: str, seen: Seen, stop: threading.Event, first: int) -> None:
    """One event a second at random moments."""
    behind = time.time() * 1000 - program.get("/api/v1/snapshot")["meta"]["time"]
    chance, number = random.Random(first), first
    while not stop.is_set():
        at = time.time() * 1000
        seen.sent[f"测速{number}号"] = at
        program.send("/api/v1/events", accepted(number, region, int(at - behind)))
        number += 1
        stop.wait(chance.uniform(0.6, 1.4))


def tell(name: str, values: list[float]) -> None:
    p50, p95, p99 = np.percentile(values, [50, 95, 99]) if values else (0, 0, 0)
    print(f"{name:44} n {len(values):5}   p50 {p50:6.0f} ms   p95 {p95:6.0f} ms   p99 {p99:6.0f} ms", flush=True)


def make_reports(program: Program, number: int, seen: Seen, done: threading.Event) -> None:
    """Reports of last month one after another, each in a process of its own and niced, as the queue makes them."""
    for one in range(number):
        words = [sys.executable, str(ROOT / "app.py"), "report", "--month", "2026-09", "--data", str(program.directory)]
        out = ["--out", str(program.directory.with_name(f"report-{one}"))]
        made = subprocess.run([*words, *out], capture_output=True, text=True, preexec_fn=lambda: os.nice(NICE))
        if made.returncode:
            seen.errors.append(made.stderr[-300:])
    done.set()


def beside_reports(program: Program, walls: int, number: int, first: int) -> Seen:
    """One measurement while so many reports are made."""
    done, failed = threading.Event(), Seen()
    threading.Thread(target=make_reports, args=(program, number, failed, done), daemon=True).start()
    seen = run(program, walls, 0, 900, first, done)
    seen.errors += failed.errors
    return seen


def run(
    program: Program, walls: int, leaders: int, seconds: float, first: int, done: threading.Event | None = None
) -> Seen:
    """One measurement with so many walls and leaders, for some seconds or until something else is done."""
    seen, stop = Seen(), threading.Event()
    region = addresses(program.url)[-1]
    screens, people = Walls(program.url, walls), Leaders(program.url, leaders)
    events = threading.Thread(target=post, args=(program, region, seen, stop, first), daemon=True)
    events.start()
    (done or stop).wait(seconds)
    stop.set()
    events.join(35)
    clicked, arrived = people.end(), screens.arrived()
    seen.pushed = [at - seen.sent[title] for title, times in arrived.items() if title in seen.sent for at in times]
    seen.clicks, seen.errors = clicked.clicks, clicked.errors
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description="Leaders beside walls.")
    parser.add_argument("--leaders", type=int, default=50)
    parser.add_argument("--walls", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--city", default="zhuzhou")
    parser.add_argument("--start", default="2026-10-20T09:40+08:00")
    parser.add_argument("--reports", type=int, default=0, help="as many reports of a month, beside the walls alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        program = Program(Path(place) / "city", "--city", options.city, "--start", options.start)
        program.start(seconds=900)
        try:
            program.key = writing_key(program.directory)
            alone = run(program, options.walls, 0, min(60, options.seconds), 10_000)
            made = beside_reports(program, options.walls, options.reports, 30_000) if options.reports else Seen()
            busy = run(program, options.walls, options.leaders, options.seconds, 50_000) if options.leaders else Seen()
        finally:
            program.stop()
    tell(f"{options.walls} walls alone: event -> message", alone.pushed)
    tell(f"beside {options.reports} reports: event -> message", made.pushed)
    tell(f"with {options.leaders} leaders: event -> message", busy.pushed)
    tell("a click: request -> page content", busy.clicks)
    errors = made.errors + busy.errors
    print(f"errors {len(errors)}: {errors[:3]}")


if __name__ == "__main__":
    main()
