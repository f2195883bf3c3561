"""Composition root and command line: the only place that knows every part."""

import argparse
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from callbacks import create_pages
from dashboard.api.gate import PageKeyPolicy, by_cookie, install_gate
from dashboard.api.keys import ensure_first_key
from dashboard.api.policy import DemoPolicy, Policy
from dashboard.api.routes import install
from dashboard.api.services import LiveWorkers, Services, Vitals
from dashboard.base_data import base_version, load_base_data, read_layer
from dashboard.base_data.maps import MapDocuments, city_plane
from dashboard.boards.build import build as build_board
from dashboard.check.command import check_command
from dashboard.config import Settings, load_settings, write_settings
from dashboard.domain.base import BaseData
from dashboard.domain.changes import Entry, Tick
from dashboard.domain.periods import LocalDays
from dashboard.domain.raster_build import raster_of
from dashboard.feed import Feed, open_feed
from dashboard.hub.access import Authenticate, loopback_only
from dashboard.hub.server import Hub, create_hub
from dashboard.ingest.clock import LAST_TICK, Clock, SimulatedClock, ToldClock, WallClock
from dashboard.ingest.heartbeat import Heartbeat
from dashboard.ingest.housekeeping import Housekeeping
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.positions import PositionLane
from dashboard.ingest.run_source import start_source
from dashboard.ingest.source_book import SourceBook
from dashboard.ingest.ticker import Ticker
from dashboard.queries.queries import Queries
from dashboard.replica.replica import Replica
from dashboard.store import Store, open_store
from dashboard.store.slabs import Slabs
from dashboard.tracks.tracks import Tracks
from data_sources.imports.command import add_import_arguments, import_command
from data_sources.simulator.city import City, build_city
from data_sources.simulator.first_start import demonstration_start, history_start, live_through, settle
from data_sources.simulator.live import live_source
from data_sources.simulator.scales import SCALES
from data_sources.source import Source
from data_sources.spool import SpoolSource

log = logging.getLogger("yiping")
ROOT = Path(__file__).parent
CITY = "simulator"
"""Key in ``state`` under which the simulated city of a data directory is kept, as ``scale:seed``."""


class UserError(Exception):
    """Something the person at the keyboard can put right; shown as one line, without a trace."""


@dataclass(frozen=True)
class Place:
    """A data directory that is open."""

    directory: Path
    settings: Settings
    store: Store
    feed: Feed
    base: Callable[[], BaseData]


@dataclass(frozen=True)
class Writer:
    """What takes batches in, keeps them, and tells the present."""

    ingest: Ingest
    positions: PositionLane
    ticker: Ticker
    beat: Heartbeat
    tracks: Tracks
    housekeeping: Housekeeping


def open_place(directory: Path) -> Place:
    """Open (and where it is new, create) a data directory; ``UserError`` says what is wrong with it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if not os.access(directory, os.W_OK):
            raise PermissionError("no permission to write")
        settings = load_settings(directory)
        store = open_store(settings.database_url(directory))
        return Place(directory, settings, store, open_feed(settings.feed), _base_reader(store, settings))
    except (OSError, ValueError, RuntimeError) as problem:
        raise UserError(f"data directory {directory}: {problem}") from problem


def _base_reader(store: Store, settings: Settings) -> Callable[[], BaseData]:
    """Base data as the database holds it, read again only when its version changed."""
    held: list[BaseData] = []

    def read() -> BaseData:
        if not held or base_version(store.engine) != held[0].version:
            held[:] = [load_base_data(store.engine, settings)]
        return held[0]

    return read


def open_writer(place: Place, clock: Clock) -> Writer:
    """Ingest of both lanes under a clock."""
    store, feed, settings, sources = place.store, place.feed, place.settings, SourceBook()
    base = place.base()
    positions = PositionLane(store, feed, settings, base, city_plane(base), sources)
    ingest = Ingest(
        store, feed, settings, clock, place.base, lambda base: raster_of(base).locate, positions, sources
    )
    ticker = Ticker(store, feed, ingest, settings, positions.presence_counts, slab=lambda: positions.slab)
    slabs = Slabs(store.engine)
    tracks = Tracks(place.directory / "tracks", slabs, ingest.days)
    housekeeping = Housekeeping(slabs, tracks, clock, ingest.days, settings.retention_days)
    return Writer(ingest, positions, ticker, Heartbeat(store.engine, ingest, positions, ticker), tracks, housekeeping)


# ---------------------------------------------------------------------------------------------------- simulator


def simulated_city(place: Place, scale: str, seed: int) -> City:
    """The city of this directory; ``UserError`` where the directory holds something else."""
    wanted, held = f"{scale}:{seed}", place.store.get_state(CITY)
    if held is None and place.store.last_seq():
        raise UserError(f"{place.directory} holds real data: start with --no-simulator or choose another --data")
    if held not in (None, wanted):
        raise UserError(f"{place.directory} holds the city {held}, not {wanted}: choose another --data")
    return build_city(scale, seed)


def first_start(place: Place, city: City, now: int | None) -> Place:
    """Fill an empty directory with a city and its past, telling progress; the place with the city's settings."""
    write_settings(place.directory, city.settings())
    place.store.close()
    place = replace(open_place(place.directory), feed=open_feed("memory://"))
    days = LocalDays(place.settings.zone)
    _tell("base data", 0.0)
    settle(place.store.engine, city, days.day(now or int(time.time() * 1000)))
    begin = now or demonstration_start(days, place.base().workdays, int(time.time() * 1000))
    clock = ToldClock()
    writer = open_writer(place, clock)
    live_through(city, clock, writer.ingest, writer.positions, writer.ticker, begin, _tell)
    writer.positions.tick(begin)
    writer.positions.save()
    writer.ingest.close()
    place.store.set_state(CITY, f"{city.scale.key}:{city.seed}")
    return replace(place, feed=open_feed(place.settings.feed))


def _tell(what: str, share: float) -> None:
    if sys.stderr.isatty() or share >= 1.0:
        print(f"  first start: {what} {share:4.0%}", end="\n" if share >= 1.0 else "\r", file=sys.stderr, flush=True)


# ---------------------------------------------------------------------------------------------------- web


@dataclass(frozen=True)
class Web:
    """The reading half of a process."""

    server: Flask
    hub: Hub
    replica: Replica


def open_web(place: Place, writer: Writer, port: int, demo: bool) -> Web:
    """Pages, push and API over a replica of their own."""
    store, settings, clock = place.store, place.settings, writer.ingest.clock
    server = Flask("yiping", static_folder=None)
    replica = Replica(store, place.feed, settings, clock.speed)
    origins = [f"http://{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]")]
    authenticate: Authenticate = loopback_only if demo else partial(by_cookie, store.engine)
    hub = create_hub(server, replica, origins=origins, authenticate=authenticate, build=build_id())
    policy: Policy = DemoPolicy(store.engine) if demo else PageKeyPolicy(store.engine)
    if not demo:
        install_gate(server, store.engine)
    install(server, services(place, writer, replica, hub, policy))
    create_pages(server, title=f"{settings.city_zh}网格化治理")
    return Web(server, hub, replica)


def services(place: Place, writer: Writer, replica: Replica, hub: Hub, policy: Policy) -> Services:
    """What the API calls, bound to this process."""
    maps, seen = MapDocuments(), _Seen(replica)
    queries = Queries(place.store, place.base, place.settings, writer.ingest.clock.now, writer.tracks.track_of)
    engine = place.store.engine

    def map_document(region: str) -> dict[str, Any]:
        layers = {name: read_layer(engine, name) for name in ("water", "roads")}
        return maps.get(place.base(), region, layers)

    return Services(
        engine=engine, queries=queries, policy=policy, now=writer.ingest.clock.now, base=place.base,
        vitals=lambda: seen.vitals(hub), submit_events=writer.ingest.submit, submit_fixes=writer.ingest.submit,
        snapshot=lambda region: build_board(replica, region), map_document=map_document, live_workers=seen.workers,
    )  # fmt: skip


class _Seen:
    """What the replica has seen, as the API tells it."""

    def __init__(self, replica: Replica) -> None:
        self._replica, self._seq = replica, 0
        self._ticked: float | None = None
        replica.listen(self._hear)

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry, Tick):
            self._ticked, self._seq = time.monotonic(), entry.seq

    def vitals(self, hub: Hub) -> Vitals:
        """How this process is."""
        age = None if self._ticked is None else time.monotonic() - self._ticked
        with self._replica.reading() as state:
            lag = max(0, self._seq - state.seq)
            return Vitals(state.seq, state.workers.slab, age, True, lag, hub.screens, list(state.sources))

    def workers(self) -> LiveWorkers:
        """Where the workers are."""
        with self._replica.reading() as state:
            frame = state.workers
            lon, lat = state.plane.degrees(frame.x, frame.y)
            return LiveWorkers(frame.state.copy(), lon, lat)


def build_id() -> str:
    """Changes whenever the browser bundle does; pages of another build reload themselves."""
    bundle = ROOT / "assets" / "dist" / "wall.js"
    return f"{bundle.stat().st_mtime_ns:x}" if bundle.exists() else ""


# ---------------------------------------------------------------------------------------------------- commands


def run(options: argparse.Namespace) -> int:
    """``app.py run``: everything in one process."""
    listener = _listen(options.host, options.port)
    demo = not options.no_simulator
    place = open_place(options.data or ROOT / "data" / (options.city if demo else "live"))
    city = simulated_city(place, options.city, options.seed) if demo else None
    if city is not None and place.store.get_state(CITY) is None:
        place = first_start(place, city, options.start)
    clock = _clock(place, demo, options.speed)
    writer = open_writer(place, clock)
    sources: list[Source] = [SpoolSource(place.store.engine, clock.now)]
    if city is not None:
        first_day = history_start(LocalDays(place.settings.zone), clock.now())
        base, seen = place.base(), writer.positions.keyframe().frame
        sources.append(live_source(city, clock, base, city_plane(base), seen, first_day))
    web = open_web(place, writer, options.port, demo)
    if not demo:
        log.info("API key of full scope: %s", ensure_first_key(place.directory, place.store.engine, clock.now()))
    return _serve(place, writer, web, sources, make_server(options.host, options.port, web.server, threaded=True,
                  request_handler=_Quiet, fd=listener.fileno()), options)


class _Quiet(WSGIRequestHandler):
    """Requests are not logged one by one."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: /metrics counts them."""


def _listen(host: str, port: int) -> socket.socket:
    """The port, taken before anything slow happens."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as problem:
        raise UserError(f"port {port} of {host} cannot be used ({problem.strerror}): choose another --port") from None
    listener.listen(128)
    return listener


def _clock(place: Place, simulated: bool, speed: float) -> Clock:
    last = int(place.store.get_state(LAST_TICK) or 0)
    return SimulatedClock(last, speed) if simulated else WallClock(after=last)


def _serve(
    place: Place, writer: Writer, web: Web, sources: Sequence[Source], server: BaseWSGIServer, options: Any
) -> int:
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: _end(stop, server))
    writer.beat.beat()
    web.replica.start()
    web.hub.start()
    threads = [Thread(target=writer.beat.run, args=(stop,), name="heartbeat", daemon=True)]
    threads.append(Thread(target=writer.housekeeping.run, args=(stop,), name="housekeeping", daemon=True))
    for thread in threads:
        thread.start()
    threads += [start_source(source, writer.ingest, stop) for source in sources]
    print(f"wall     http://{options.host}:{options.port}/wall\nAPI      http://{options.host}:{options.port}"
          f"/api/v1/openapi.json\ndata     {place.directory}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        log.info("stopping")
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=10)
        web.hub.stop()
        web.replica.stop()
        writer.positions.save()
        writer.ingest.close()
    return 0


def _end(stop: Event, server: BaseWSGIServer) -> None:
    stop.set()
    Thread(target=server.shutdown, daemon=True).start()


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="app.py", description="一屏统览 · one screen over a city's grid governance")
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="start everything in one process")
    runner.add_argument("--port", type=int, default=8050)
    runner.add_argument("--host", default="127.0.0.1", help="address to listen on")
    runner.add_argument("--city", choices=sorted(SCALES), default="zhuzhou", help="scale of the simulated city")
    runner.add_argument("--seed", type=int, default=1)
    runner.add_argument("--speed", type=float, default=1.0, help="seconds of the city in one real second")
    runner.add_argument("--start", type=_instant, default=None, help="time of the first start, 2026-10-20T17:40+08:00")
    runner.add_argument("--no-simulator", action="store_true", help="real data only")
    runner.set_defaults(act=run)
    importer = commands.add_parser("import", help="read base data, historical cases, layers or metrics from a file")
    add_import_arguments(importer)
    importer.set_defaults(act=lambda options: import_command(options, sys.stdout))
    checker = commands.add_parser("check", help="recount every figure from the stored events")
    checker.set_defaults(act=lambda options: check_command(options.data))
    for command in (runner, importer, checker):
        command.add_argument("--data", type=Path, default=None, metavar="DIR", help="data directory")
    return parser


def _instant(text: str) -> int:
    from datetime import datetime

    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} names no offset from UTC")
    return int(moment.timestamp() * 1000)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = not, with the reason on standard error."""
    options = arguments().parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    try:
        result: int = options.act(options)
    except UserError as problem:
        print(f"app.py: {problem}", file=sys.stderr)
        return 1
    return result


if __name__ == "__main__":
    sys.exit(main())
