"""The largest city in real time on the production engines: 90,317 workers, a fix each in ten seconds, cases, screens.

    python -m benchmarks.baoding [--seconds 120] [--walls 20] [--leaders 200] [--overload] [--city baoding]

Redis, PostgreSQL and the roles ingest, web and sockets run as ``docs/deployment.md`` starts them; everybody is on duty,
half of them walk. Fixes and case events come by Redis Streams. CPU is that of each server's processes in the time
measured; the load and the screens are processes of their own and do not count. ``--overload`` afterwards: the whole
city comes back from hours without network, 500,000 fixes a second for a minute in packed batches beside the live ones;
in the end every fix that was sent since the start is looked for, in what ingest counted and in what is stored.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle, groupby
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import numpy as np
import psutil
import redis
from sqlalchemy import create_engine

from benchmarks.accounts import Peak, counted, held, kept
from benchmarks.latency import accepted, tell
from dashboard.base_data import apply_rows, load_base_data
from dashboard.base_data.maps import city_plane
from dashboard.base_data.rows import ShiftRow
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.fix_packing import encode_packed
from dashboard.domain.fixes import Fixes
from dashboard.domain.plane import Plane
from dashboard.security.clock import real_now
from dashboard.security.devices import approve, ask_to_pair, claim
from dashboard.security.doorman import DEVICE
from dashboard.store import open_store
from data_sources.simulator.city import City, build_city
from data_sources.simulator.first_start import KINDS
from tests.roles.cluster import Role
from tests.servers import redis_server, running_postgres

EVERY = 10
"""Seconds between two fixes of a worker."""
PARTS = 10
"""Batches a second."""
CASES_A_SECOND = 3.0
STEP = 6
"""Metres north between two fixes of the probe."""
BACKLOG = 10_000
"""Fixes in one packed batch of those who were without network."""
LONG_AGO = 100
"""Turns of ``EVERY`` that those fixes end before the present: of none of these seconds has anybody sent another one."""
AFTERWARDS = 75
"""Seconds after which freed memory has been given back: every minute it is."""


@dataclass
class Bed:
    """Everything that runs, by name; ``people`` is where everybody stands."""

    directory: Path
    redis_url: str
    database: str
    base: BaseData
    processes: dict[str, int] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    cookie: str = ""


@contextmanager
def bed(city: City) -> Iterator[Bed]:
    """The servers with the city's base data and nobody off duty."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(running_postgres())
        (folder / "redis").mkdir()
        stream = stack.enter_context(redis_server(folder / "redis"))
        made = Bed(folder / "data", stream.url, postgres.url, _base(postgres.url, city))
        made.directory.mkdir()
        _settings(made, postgres.url)
        assert postgres.process is not None and stream.process is not None
        made.processes = {"PostgreSQL": postgres.process.pid, "Redis": stream.process.pid}
        made.cookie = f"{DEVICE}={screen_token(postgres.url)}"
        for name, words in (("ingest", ["ingest"]), ("web", ["web"]), ("sockets", ["web", "--sockets"])):
            made.roles[name] = Role(made.directory, *words)
            stack.callback(made.roles[name].kill)
            made.roles[name].ready()
            process = made.roles[name].process
            assert process is not None
            made.processes[name] = process.pid
        yield made


def _base(url: str, city: City) -> BaseData:
    store = open_store(url)
    rows = [row for row in city.base_rows() if not isinstance(row, ShiftRow)]
    for kind, some in groupby(rows, key=lambda row: KINDS[type(row)]):
        apply_rows(store.engine, kind, list(some))
    base = load_base_data(store.engine, Settings())
    store.close()
    return base


def _settings(made: Bed, database: str) -> None:
    lines = f'database = "{database}"\nfeed = "{made.redis_url}"\n[redis_input]\nurl = "{made.redis_url}"\n'
    (made.directory / "config.toml").write_text(lines, encoding="utf-8")
    (made.directory / "reports.toml").write_text("[schedule]\nkinds = []\n", encoding="utf-8")


def screen_token(database: str) -> str:
    """The token of a screen that was let in."""
    engine = create_engine(database)
    asked = ask_to_pair(engine, real_now)
    assert approve(engine, real_now, asked.code, "", "bench", "bench")
    token = claim(engine, real_now, asked.secret)
    engine.dispose()
    assert token is not None
    return token


class People:
    """Where everybody stands: half of them walk at 1.2 m/s, the receivers err by a metre. Slot 0 is the probe."""

    def __init__(self, base: BaseData) -> None:
        self.random = np.random.default_rng(1)
        points = {node: np.concatenate([ring.points for ring in rings]) for node, rings in base.geometry.items()}
        middle = {node: corners.mean(0) for node, corners in points.items()}
        self.lon, self.lat = np.array([middle[node] for node in base.workers.home.tolist()]).T
        self.heading = self.random.uniform(0, 2 * np.pi, len(self.lon))
        self.pace = np.where(self.random.random(len(self.lon)) < 0.5, 1.2 * EVERY, 0.0) / 111_195

    def fixes(self, slots: np.ndarray[Any, Any], now: int) -> Fixes:
        """The next fix of some of them."""
        self.heading[slots] += self.random.normal(0, 0.35, len(slots))
        self.lon[slots] += self.pace[slots] * np.cos(self.heading[slots]) / np.cos(np.radians(self.lat[slots]))
        self.lat[slots] += self.pace[slots] * np.sin(self.heading[slots])
        noise = self.random.normal(0, 1 / 111_195, (2, len(slots)))
        time_ = np.full(len(slots), now, np.int64)
        return Fixes(slots.astype(np.int32), time_, self.lon[slots] + noise[0], self.lat[slots] + noise[1], slots=True)


class Load:
    """What the city sends, by Redis Streams, until stopped."""

    def __init__(self, made: Bed) -> None:
        self.client, self.base = redis.Redis.from_url(made.redis_url), made.base
        self.plane: Plane = city_plane(made.base)
        self.people, self.stop = People(made.base), Event()
        self.titles: dict[str, float] = {}
        self.places: dict[int, float] = {}
        self.sent = self.probed = 0
        self.threads = [Thread(target=work, daemon=True) for work in (self._walk, self._probe, self._report)]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Nothing more is sent when this returns."""
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _walk(self) -> None:
        """A tenth of the city a second, in ten batches."""
        slots, due = np.arange(1, len(self.people.lon)), time.monotonic()
        for part in cycle(range(EVERY * PARTS)):
            if self.stop.wait(max(0.0, due - time.monotonic())):
                return
            chosen = slots[slots % (EVERY * PARTS) == part]
            packed = encode_packed(self.people.fixes(chosen, int(time.time() * 1000)), self.base.version)
            self.client.xadd("positions", {"packed": packed}, maxlen=20_000)
            self.sent += len(chosen)
            due += 1 / PARTS

    def _probe(self) -> None:
        """Slot 0 goes north step by step at random moments."""
        chance = Random(1)
        x, y = self.plane.metres(self.people.lon[0], self.people.lat[0])
        step = int(y)
        while not self.stop.wait(chance.uniform(1.2, 2.4)):
            step, now = step + STEP, time.time() * 1000
            lon, lat = self.plane.degrees(np.array([x]), np.array([step]))
            one = Fixes(np.zeros(1, np.int32), np.array([int(now)]), lon, lat, slots=True)
            self.client.xadd("positions", {"packed": encode_packed(one, self.base.version)}, maxlen=20_000)
            self.places[step] = now
            self.probed += 1

    def _report(self) -> None:
        """Cases: accepted, and the one of a minute ago closed."""
        chance, leaves = Random(2), [region.code for region in self.base.tree.regions if region.level >= 4]
        number = 0
        while not self.stop.wait(chance.uniform(0.6, 1.4) / CASES_A_SECOND):
            number += 1
            now = time.time() * 1000
            events = [accepted(number, chance.choice(leaves), int(now))]
            if number > 60 * CASES_A_SECOND:
                events.append(_closed(number - int(60 * CASES_A_SECOND), int(now)))
            self.titles[f"测速{number}号"] = now
            self.client.xadd("cases", {"event": json.dumps(events)}, maxlen=20_000)


def _closed(number: int, now: int) -> dict[str, object]:
    whole = accepted(number, "", now)
    return {**whole, "id": f"closed-{number}", "type": "case.closed", "data": {}}


def backlog(made: Bed, people: People, seconds: int, rate: int, stop: Event) -> int:
    """Fixes of the past hours at a rate; how many were sent. Every worker's come in order."""
    client, everybody = redis.Redis.from_url(made.redis_url), np.arange(1, len(people.lon))
    rounds = seconds * rate // len(everybody) + 1
    start = int(time.time() * 1000) - (rounds + LONG_AGO) * EVERY * 1000
    began, sent = time.monotonic(), 0
    for number in range(rounds):
        fixes = people.fixes(everybody, start + number * EVERY * 1000)
        for first in range(0, len(everybody), BACKLOG):
            part = slice(first, first + BACKLOG)
            some = Fixes(fixes.worker[part], fixes.time[part], fixes.lon[part], fixes.lat[part], slots=True)
            client.xadd("positions", {"packed": encode_packed(some, made.base.version)})
            sent += len(some)
            if stop.wait(max(0.0, began + sent / rate - time.monotonic())) or time.monotonic() - began > seconds:
                return sent
    return sent


def cpu(made: Bed) -> dict[str, float]:
    """CPU seconds of each server with its children, ended ones included."""
    return {name: _spent(psutil.Process(pid)) for name, pid in made.processes.items()}


def _spent(process: psutil.Process) -> float:
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        times = one.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


def memory(made: Bed) -> dict[str, float]:
    """Megabytes of its own (USS) of each server with its children."""
    return {name: held(pid) for name, pid in made.processes.items()}


def followers(made: Bed, screens: Sequence[tuple[str, bool]], seconds: float) -> "subprocess.Popen[str]":
    """Screens on the sockets role, all subscribed when this returns."""
    words = [sys.executable, "-m", "benchmarks.followers", str(made.roles["sockets"].port)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    asked = {"cookie": made.cookie, "screens": list(screens), "seconds": seconds, "probe": 0}
    process.stdin.write(json.dumps(asked))
    process.stdin.close()
    if process.stdout.readline() != "ready\n":
        raise SystemExit(f"screens ended: {process.stdout.read()}")
    return process


def watched(made: Bed, load: Load, screens: Sequence[tuple[str, bool]], seconds: float, title: str) -> dict[str, float]:
    """Let the screens look for so long and tell what everything took; CPU by server."""
    process = followers(made, screens, seconds)
    load.titles.clear()
    load.places.clear()
    before, own, began = cpu(made), memory(made), time.monotonic()
    assert process.stdout is not None
    seen = json.loads(process.stdout.read())
    spent, after = time.monotonic() - began, cpu(made)
    cores = {name: (after[name] - before[name]) / spent for name in after}
    print(
        f"{title}: {spent:.0f} s, {len(screens)} screens, {seen['frames']} frames, {seen['deltas']} deltas, "
        f"{seen['again']} asked again, {seen['lost']} lost, longest pause {seen['silent_ms']:.0f} ms"
    )
    for fault in seen["faults"][:5]:
        print("   fault:", fault)
    grown = memory(made)
    for name, share in cores.items():
        print(f"   {name:12} {share:6.3f} cores   {grown[name]:6.0f} MB ({grown[name] - own[name]:+.0f})")
    print(f"   {'together':12} {sum(cores.values()):6.3f} cores", flush=True)
    _delays(load, seen, len(screens))
    return cores


def _delays(load: Load, seen: dict[str, Any], screens: int) -> None:
    """Every screen counts: a title that one screen never had counts as missing."""
    wide, last = [], time.time() * 1000 - 6_000
    titles = {title: at for title, at in load.titles.items() if at < last}
    for title, at in titles.items():
        wide += [max(0.0, found - at) for found in seen["titles"].get(title, [])]
    if wide:
        tell("   case in -> screen has it", wide)
    shown = seen["places"]
    fixes = [
        min((at for y, at in shown if y >= place and at >= sent), default=None)
        for place, sent in load.places.items()
        if sent < last
    ]
    delays = [at - sent for at, sent in zip(fixes, load.places.values(), strict=False) if at is not None]
    if delays:
        tell("   fix in -> frame on the screen", delays)
        print(f"   probes {len(fixes)}, not seen {fixes.count(None)}")


def drained(made: Bed) -> float:
    """Seconds until the group has read and acknowledged everything."""
    client, began, pause = redis.Redis.from_url(made.redis_url), time.monotonic(), Event()
    while True:
        (group,) = client.xinfo_groups("positions")
        if not group["lag"] and not group["pending"]:
            return time.monotonic() - began
        pause.wait(0.1)


def account(made: Bed, sent: int) -> str:
    """Every fix: sent, counted by ingest, stored. Ingest ends here."""
    key = (made.directory / "api-key").read_text(encoding="ascii").strip()
    answer = made.roles["ingest"].ask("/metrics", key=key)
    assert answer is not None and answer.status_code == 200
    results = counted(answer.text)
    made.roles["ingest"].stop()
    found = kept(made.database, made.directory / "tracks")
    by_result = ", ".join(f"{n:,} {result}" for result, n in sorted(results.items()))
    gone = f"{sent - results.total():,} not counted, {results['accepted'] - found:,} accepted and not stored"
    return f"   {sent:,} fixes sent since the start: {by_result}; {found:,} stored; {gone}"


def overload(made: Bed, load: Load, screens: Sequence[tuple[str, bool]], seconds: int, rate: int) -> None:
    """The backlog beside the live stream, then every fix since the start is looked for."""
    sent: list[int] = []
    before, peak = held(made.processes["ingest"]), Peak(made.processes["ingest"])
    sender = Thread(target=lambda: sent.append(backlog(made, People(made.base), seconds, rate, load.stop)), daemon=True)
    sender.start()
    watched(made, load, screens, seconds + 5, f"overload, {rate:,} fixes/s")
    sender.join()
    load.end()
    lag = drained(made)
    print(f"   {sent[0]:,} fixes of the past sent, drained {lag:.1f} s after the last", flush=True)
    most = peak.stop()
    Event().wait(AFTERWARDS)
    print(f"   memory of ingest: {before:.0f} MB, at most {most:.0f}, {AFTERWARDS} s later", end=" ")
    print(f"{held(made.processes['ingest']):.0f}")
    print(account(made, load.sent + load.probed + sent[0]), flush=True)


def main() -> None:
    """Bring the city up, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("seconds", 120), ("walls", 20), ("leaders", 200), ("rate", 500_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--city", default="baoding")
    parser.add_argument("--overload", action="store_true")
    options = parser.parse_args()
    with bed(build_city(options.city)) as made, Load(made) as load:
        regions = [region.code for region in made.base.tree.regions if region.level in (1, 2)]
        walls = [("", True)] * options.walls
        screens = walls + [(code, True) for code, _ in zip(cycle(regions), range(options.leaders), strict=False)]
        Event().wait(3 * EVERY)
        watched(made, load, screens[:1], options.seconds / 2, "one wall")
        watched(made, load, screens, options.seconds, f"{options.walls} walls and {options.leaders} leaders")
        if options.overload:
            overload(made, load, walls, 60, options.rate)


if __name__ == "__main__":
    main()
