"""Composition root and command line: the only place that knows every part."""

import argparse
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from callbacks.sockets import open_sockets
from callbacks.web import Web, open_web
from dashboard.api.gunicorn_hooks import CLOSE
from dashboard.api.receiving import receiving_server, watched_server
from dashboard.api.served import become, command
from dashboard.api.serving import PortError, Quiet, listen
from dashboard.base_data.maps import city_plane
from dashboard.check.command import check_command
from dashboard.config import write_settings
from dashboard.domain.periods import LocalDays
from dashboard.feed import open_feed
from dashboard.ingest.clock import LAST_TICK, Clock, ToldClock
from dashboard.ingest.duty import Duty
from dashboard.ingest.opening import (
    Place,
    PlaceError,
    Writer,
    apart,
    hold,
    open_clock,
    open_place,
    open_writer,
)  # fmt: skip
from dashboard.ingest.present import written_elsewhere, written_here
from dashboard.ingest.run_source import start_source
from dashboard.reports.arguments import add_report_arguments
from dashboard.reports.opening import open_reporting
from dashboard.security.accounts import ADMIN, ensure_first_admin
from dashboard.security.clock import real_now
from dashboard.security.command import account_command, add_account_arguments, add_audit_arguments, audit_command
from dashboard.security.keys import ensure_first_key
from data_sources.configured import configured_sources
from data_sources.demo_start import live_through_recordings
from data_sources.demos import DEMOS, Demo, demo_city, demo_sources, prepare_demo
from data_sources.file_replay import CASES_AT_ONCE, FIXES_AT_ONCE, AtOnce, ByClock, FileReplay, Progress
from data_sources.imports.command import add_import_arguments, import_command
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping, load_mapping
from data_sources.replay_files import Timeline, case_timeline, fix_timeline
from data_sources.simulator.city import City, build_city
from data_sources.simulator.first_start import demonstration_start, fingerprint, history_start, live_through, settle
from data_sources.simulator.live import live_source
from data_sources.simulator.scales import SCALES
from data_sources.source import Source
from data_sources.spool import SpoolSource

log = logging.getLogger("yiping")
ROOT = Path(__file__).parent
CITY = "simulator"
"""Key in ``state`` under which the simulated city of a data directory is kept, by its fingerprint."""
FILLING = " filling"
"""Behind the fingerprint while the first start runs: one that was interrupted is done again, its events are known."""


class UserError(Exception):
    """Something the person at the keyboard can put right; shown as one line, without a trace."""



def simulated_city(place: Place, scale: str, seed: int) -> City:
    """The city of this directory; ``UserError`` where the directory holds something else."""
    city, held = build_city(scale, seed), place.store.get_state(CITY)
    wanted = fingerprint(city)
    if held is None and place.store.last_seq():
        raise UserError(f"{place.directory} holds real data: start with --no-simulator or choose another --data")
    if held not in (None, wanted, wanted + FILLING):
        raise UserError(f"{place.directory} holds the city {held}, not {wanted}: choose another --data")
    return city


def first_start(place: Place, city: City, now: int | None) -> Place:
    """Fill an empty directory with a city and its past, telling progress; the place with the city's settings."""
    write_settings(place.directory, city.settings())
    place.store.close()
    place = replace(open_place(place.directory), feed=open_feed("memory://"))
    place.store.set_state(CITY, fingerprint(city) + FILLING)
    days = LocalDays(place.settings.zone)
    _tell("base data", 0.0)
    settle(place.store.engine, city)
    begin = now or demonstration_start(days, place.base().workdays, int(time.time() * 1000))
    clock = ToldClock()
    writer = open_writer(place, clock)
    lanes = (writer.ingest, writer.positions, writer.ticker)
    live_through(place.store.engine, city, clock, lanes, begin, _tell)
    writer.positions.tick(begin)
    writer.positions.save()
    writer.ingest.close()
    place.store.set_state(CITY, fingerprint(city))
    return replace(place, feed=open_feed(place.settings.feed))


def first_replay(place: Place, demo: Demo) -> Place:
    """Fill a directory with what its recordings hold up to the demonstration's start."""
    quiet, clock = replace(place, feed=open_feed("memory://")), ToldClock()
    writer = open_writer(quiet, clock)
    live_through_recordings(demo, place.directory, clock, writer.ingest, writer.ticker, _tell)
    writer.positions.tick(demo.start)
    writer.positions.save()
    writer.ingest.close()
    place.store.set_state(CITY, demo.name)
    return place


def _tell(what: str, share: float) -> None:
    if sys.stderr.isatty() or share >= 1.0:
        print(f"  first start: {what} {share:4.0%}", end="\n" if share >= 1.0 else "\r", file=sys.stderr, flush=True)



def build_id() -> str:
    """Changes whenever the browser bundle does. ``UserError`` where bundle or fonts were not built."""
    built = ROOT / "assets" / "dist"
    if not (built / "wall.js").exists() or not any((built / "fonts").glob("*.woff2")):
        raise UserError(f"the browser bundle and its fonts are not in {built}: run scripts/build_frontend.py")
    return f"{(built / 'wall.js').stat().st_mtime_ns:x}"



def alone(act: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """A command that runs the system, with its data directory to itself."""
    own = {"run": getattr(options, "city", ""), "demo": getattr(options, "name", ""), "replay": "replay"}
    name = "live" if getattr(options, "no_simulator", False) else own[options.command]
    options.data = options.data or ROOT / "data" / name
    with hold(options.data):
        return act(options)


def run(options: argparse.Namespace) -> int:
    """``app.py run``: everything in one process, on a simulated city or on real data."""
    listener = listen(options.host, options.port)
    simulated = not options.no_simulator
    place = open_place(options.data)
    city = simulated_city(place, options.city, options.seed) if simulated else None
    if city is not None and place.store.get_state(CITY) != fingerprint(city):
        place = first_start(place, city, options.start)
    clock = open_clock(place, options.speed if simulated else None)
    if city is None:
        key = ensure_first_key(place.directory, place.store.engine, clock.now())
        print(f"API key  {key}", flush=True)
        greet(place)
    return serve(place, clock, listener, demo=simulated, city=city)


def beside(act: Callable[[argparse.Namespace, Place], int], options: argparse.Namespace) -> int:
    """A command over the database of a data directory, also while the system runs."""
    place = open_place(options.data or ROOT / "data" / "live")
    try:
        return act(options, place)
    finally:
        place.store.close()


def report(options: argparse.Namespace) -> int:
    """``app.py report``: beside the system that runs over the directory, or without one.

    What writes documents is imported here: a process that serves screens never needs it.
    """
    from layouts.sheets.report_html import report_html

    from dashboard.reports.command import report_command

    directory: Path = options.data or ROOT / "data" / "live"
    if not directory.is_dir():
        raise UserError(f"there is no data directory {directory}")
    options.data = directory
    return beside(lambda options, place: report_command(options, place, report_html), options)


def gateway(options: argparse.Namespace) -> int:
    """``app.py gateway``: takes fixes for a system whose database and Redis ``config.toml`` of the directory names."""
    from data_sources.gateway.command import gateway_command

    try:
        return gateway_command(options.data or ROOT / "data" / "live", listen(options.host, options.port))
    except (OSError, ValueError) as problem:
        raise UserError(str(problem)) from problem


def greet(place: Place) -> None:
    """Outside the demonstration somebody must be able to come in: the first start makes an administrator."""
    password = ensure_first_admin(place.store.engine, real_now, place.settings.security)
    if password is not None:
        print(f"login    {ADMIN} with the one-time password {password}", flush=True)


def demonstrate(options: argparse.Namespace) -> int:
    """``app.py demo``: a demonstration over real records."""
    listener = listen(options.host, options.port)
    directory: Path = options.data
    try:
        demo = prepare_demo(options.name, options.shared, directory)
    except ImportFileError as problem:
        raise UserError(str(problem)) from problem
    place = open_place(directory)
    city = demo_city(directory) if demo.simulated else None
    if place.store.get_state(CITY) != (fingerprint(city) if city else demo.name):
        place = first_start(place, city, demo.start) if city else first_replay(place, demo)
    clock = open_clock(place, options.speed or demo.speed)
    return serve(place, clock, listener, demo=True, city=city, recordings=demo_sources(directory, clock.now))


def replay(options: argparse.Namespace) -> int:
    """``app.py replay``: a recorded file becomes the live stream, and its time the time of the directory."""
    listener = listen(options.host, options.port)
    place = open_place(options.data)
    try:
        mapping = load_mapping(options.map) if options.map else None
        timeline = TIMELINES[options.kind](options.file, mapping)
    except ImportFileError as problem:
        raise UserError(str(problem)) from problem
    first = int(timeline.times[0]) if len(timeline.times) else 0
    if place.store.get_state(LAST_TICK) is None:
        place.store.set_state(LAST_TICK, str(first))
    clock: Clock = open_clock(place, options.speed) if options.speed else ToldClock(first)
    progress = Progress(place.directory / f"{options.kind}.progress", str(options.file.resolve()))
    recording = FileReplay(
        options.kind, timeline, ByClock(clock.now) if options.speed else AtOnce(), clock.now, progress=progress,
        tell=clock.tell if isinstance(clock, ToldClock) else None, at_once=AT_ONCE[options.kind],
    )  # fmt: skip
    return serve(place, clock, listener, demo=True, recordings=[recording])


TIMELINES: dict[str, Callable[[Path, Mapping | None], Timeline]] = {"cases": case_timeline, "positions": fix_timeline}
AT_ONCE = {"cases": CASES_AT_ONCE, "positions": FIXES_AT_ONCE}


def serve(
    place: Place, clock: Clock, listener: socket.socket, demo: bool, city: City | None = None,
    recordings: Sequence[Source] = (),
) -> int:
    """Run everything until the process is told to end."""
    host, port = listener.getsockname()[:2]
    writer = open_writer(place, clock)
    reporting = open_reporting(place, clock.now, _report_worker(place))
    web = open_web(place, written_here(writer), reporting.reports, port, demo, build_id())
    server = make_server(
        host, port, web.server, threaded=True, request_handler=Quiet, fd=listener.fileno()
    )
    writer.beat.beat()
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: _end(stop, server))
    web.start(stop)
    reporting.start(stop)
    around = Surroundings(place, writer, city, recordings)
    threads = [start_source(source, writer.ingest, stop) for sources in SOURCES for source in sources(around)]
    for work in (writer.beat.run, writer.housekeeping.run):
        threads.append(Thread(target=work, args=(stop,), daemon=True))
        threads[-1].start()
    url = f"http://{host}:{port}"
    print(f"wall     {url}/wall\nAPI      {url}/api/v1/openapi.json\ndata     {place.directory}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        log.info("stopping")
    finally:
        stop.set()
        reporting.close()
        _close(writer, web, threads)
    return 0


def role(options: argparse.Namespace) -> int:
    """``app.py ingest``, ``app.py web``: one role of an installation whose roles are apart; becomes its web server."""
    directory: Path = options.data.resolve()
    with closing(apart(directory)):
        build_id()
    sockets = getattr(options, "sockets", False)
    factory = "sockets" if sockets else options.command
    made = f"app:{factory}_application({str(directory)!r}, {options.port})"
    os.chdir(ROOT)
    become(command("gevent" if sockets else "gthread", made, options.host, options.port))


def ingest_application(directory: str, _port: int) -> Flask:
    """What gunicorn serves for ``app.py ingest``; the process writes once it holds the lease."""
    place, duty, stop = open_place(Path(directory)), Duty(), Event()
    server = receiving_server(place, duty)

    def begin(writer: Writer) -> Sequence[Source]:
        ensure_first_key(place.directory, place.store.engine, real_now())
        greet(place)
        around = Surroundings(place, writer, None, ())
        return [source for made in SOURCES for source in made(around)]

    worker = Thread(target=duty.work, args=(place, begin, stop), name="duty", daemon=True)
    worker.start()

    def close() -> None:
        stop.set()
        worker.join(30)

    server.extensions[CLOSE] = close
    return server


def web_application(directory: str, port: int) -> Flask:
    """What gunicorn serves for ``app.py web``: pages, API and sockets of one process that only reads."""
    place = open_place(Path(directory))
    present = written_elsewhere(place)
    reporting = open_reporting(place, present.clock.now, _report_worker(place))
    web = open_web(place, present, reporting.reports, port, False, build_id(), extract=f"extract-{port}")
    reporting.start(Event(), scheduled=False)
    return _begun(web, reporting.close)


def sockets_application(directory: str, port: int) -> Flask:
    """What gunicorn serves for ``app.py web --sockets``."""
    place = open_place(Path(directory))
    return _begun(open_sockets(place, written_elsewhere(place), port, build_id()))


def scheduler_application(directory: str, _port: int) -> Flask:
    """What gunicorn serves for ``app.py scheduler``: health; drafts are made by their schedule, each once."""
    place, stop = open_place(Path(directory)), Event()

    def now() -> int:
        return int(place.store.get_state(LAST_TICK) or 0)

    reporting = open_reporting(place, now, _report_worker(place))
    reporting.start(stop)
    server = watched_server(place, now)

    def close() -> None:
        stop.set()
        reporting.close()

    server.extensions[CLOSE] = close
    return server


def _report_worker(place: Place) -> Sequence[str]:
    return sys.executable, str(ROOT / "app.py"), "report", "--work", "--data", str(place.directory)


def _begun(web: Web, end: Callable[[], None] = lambda: None) -> Flask:
    stop = Event()
    web.start(stop)

    def close() -> None:
        stop.set()
        end()
        web.close()

    web.server.extensions[CLOSE] = close
    return web.server


@dataclass(frozen=True)
class Surroundings:
    """What a source may need of the process it runs in."""

    place: Place
    writer: Writer
    city: City | None
    recordings: Sequence[Source]


def imported_cases(around: Surroundings) -> Sequence[Source]:
    """Historical cases that ``app.py import`` left in the database."""
    return [SpoolSource(around.place.store.engine, around.writer.ingest.clock.now)]


def configured(around: Surroundings) -> Sequence[Source]:
    """Redis Streams and recordings that the settings name."""
    ingest, place = around.writer.ingest, around.place
    return configured_sources(place.settings, place.directory, ingest.clock.now, lambda: ingest.base.version)


def recorded(around: Surroundings) -> Sequence[Source]:
    """Files that are replayed."""
    return around.recordings


def simulator(around: Surroundings) -> Sequence[Source]:
    """The simulated city, going on from where its directory stands."""
    if around.city is None:
        return []
    ingest, base = around.writer.ingest, around.place.base()
    frame, first_day = around.writer.positions.keyframe().frame, history_start(ingest.days, ingest.clock.now())
    return [live_source(around.city, ingest.clock, base, city_plane(base), frame, first_day)]


SOURCES: tuple[Callable[[Surroundings], Sequence[Source]], ...] = (
    imported_cases, configured, recorded, simulator,
)  # fmt: skip
"""Everything that delivers by itself; HTTP delivers when it is called. A new source is a file and a line here."""


def _close(writer: Writer, web: Web, threads: Sequence[Thread]) -> None:
    """Sources first, then the pages, then the writer, so that nothing that was taken is left."""
    for thread in threads:
        thread.join(timeout=10)
    web.close()
    writer.positions.save()
    writer.beat.remember()
    writer.ingest.close()


def _end(stop: Event, server: BaseWSGIServer) -> None:
    """Stop in order. A second signal would interrupt ``stop.set()`` and wait for ever for the lock it holds."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stop.set()
    Thread(target=server.shutdown, daemon=True).start()


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="app.py", description="一屏统览 · one screen over a city's grid governance")
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="start everything in one process")
    runner.add_argument("--city", choices=sorted(SCALES), default="zhuzhou", help="scale of the simulated city")
    runner.add_argument("--seed", type=int, default=1)
    runner.add_argument("--speed", type=_speed, default=1.0, help="seconds of the city in one real second")
    runner.add_argument("--start", type=_instant, default=None, help="time of the first start, 2026-10-20T17:40+08:00")
    runner.add_argument("--no-simulator", action="store_true", help="real data only")
    runner.set_defaults(do=partial(alone, run))
    shower = commands.add_parser("demo", help="start a demonstration over real records")
    shower.add_argument("name", choices=sorted(DEMOS))
    shower.add_argument("--shared", type=Path, required=True, metavar="FOLDER", help="folder of the real records")
    shower.add_argument("--speed", type=_speed, default=None, help="seconds of the recording in one real second")
    shower.set_defaults(do=partial(alone, demonstrate))
    player = commands.add_parser("replay", help="play a recorded file as the live stream")
    player.add_argument("kind", choices=sorted(TIMELINES))
    player.add_argument("file", type=Path, help="JSON lines, CSV, GPX or Parquet, also .gz")
    player.add_argument("--map", type=Path, default=None, metavar="MAPPING.toml", help="which column is which field")
    player.add_argument("--speed", type=float, default=1.0, help="recorded seconds in one real second; 0: all at once")
    player.set_defaults(do=partial(alone, replay))
    gate = commands.add_parser("gateway", help="pack small deliveries of fixes by HTTP and MQTT onto a Redis stream")
    gate.set_defaults(do=gateway)
    taker = commands.add_parser("ingest", help="the role that takes events and positions in; spare ones stand by")
    pager = commands.add_parser("web", help="the role that serves pages, API and screens; any number")
    pager.add_argument("--sockets", action="store_true", help="screens alone, for thousands of them")
    planner = commands.add_parser("scheduler", help="the role that makes reports by their schedule")
    for apart_role in (taker, pager, planner):
        apart_role.add_argument("--data", type=Path, required=True, metavar="DIR", help="data directory")
        apart_role.set_defaults(do=role)
    for part in (runner, shower, player, gate, taker, pager, planner):
        part.add_argument("--port", type=int, default=8050)
        part.add_argument("--host", default="127.0.0.1", help="address to listen on")
    importer = commands.add_parser("import", help="read base data, historical cases, layers or metrics from a file")
    add_import_arguments(importer)
    importer.set_defaults(do=lambda options: import_command(options, sys.stdout))
    checker = commands.add_parser("check", help="recount every figure from the stored events")
    checker.set_defaults(do=lambda options: check_command(options.data))
    people = commands.add_parser("account", help="people who may sign in")
    add_account_arguments(people)
    people.set_defaults(do=partial(beside, lambda o, at: account_command(o, at.store.engine, at.settings.security)))
    reporter = commands.add_parser("report", help="a report of the last complete month, or of another period")
    add_report_arguments(reporter)
    reporter.set_defaults(do=report)
    auditor = commands.add_parser("audit", help="check that nothing of the audit log is missing or changed")
    add_audit_arguments(auditor)
    auditor.set_defaults(do=partial(beside, lambda options, at: audit_command(options, at.store.engine)))
    for part in (runner, shower, player, gate, importer, checker, reporter):
        part.add_argument("--data", type=Path, default=None, metavar="DIR", help="data directory")
    return parser


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return speed


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
        result: int = options.do(options)
    except (UserError, PlaceError, PortError) as problem:
        print(f"app.py: {problem}", file=sys.stderr)
        return 1
    return result


if __name__ == "__main__":
    sys.exit(main())
