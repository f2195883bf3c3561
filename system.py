"""Composition root of all commands that run or serve the system: the only place that knows every part."""

import argparse
import logging
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Event, Thread

from werkzeug.serving import BaseWSGIServer, make_server

from callbacks.build import BuildError, build_id
from callbacks.roles import greet, report_worker, take_on
from callbacks.web import Web, open_web
from dashboard.api.serving import PortError, Quiet, listen
from dashboard.check.command import check_command
from dashboard.ingest.clock import LAST_TICK, Clock, ToldClock
from dashboard.ingest.opening import Place, Writer, hold, open_clock, open_place, open_writer
from dashboard.ingest.present import written_here
from dashboard.ingest.run_source import start_source
from dashboard.operations.command import add_operations
from dashboard.reports.opening import open_reporting
from dashboard.security.command import account_command, add_account_arguments, add_audit_arguments, audit_command
from dashboard.security.keys import ensure_first_key
from data_sources.demos import DEMOS, demo_city, demo_sources, prepare_demo
from data_sources.file_replay import CASES_AT_ONCE, FIXES_AT_ONCE, AtOnce, ByClock, FileReplay, Progress
from data_sources.imports.command import add_import_arguments, import_command
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping, load_mapping
from data_sources.live import Surroundings, sources_of
from data_sources.replay_files import Timeline, case_timeline, fix_timeline
from data_sources.simulator.city import City
from data_sources.simulator.first_start import fingerprint
from data_sources.simulator.scales import SCALES
from data_sources.simulator.starting import CITY, first_replay, first_start, simulated_city
from data_sources.source import Source
from reporting import LIVE, UserError, beside

log = logging.getLogger("yiping")
ROOT = Path(__file__).parent
PROBLEMS: tuple[type[Exception], ...] = (PortError, BuildError)
"""What stands in one line for the person at the keyboard, besides those of ``reporting``."""


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


def gateway(options: argparse.Namespace) -> int:
    """``app.py gateway``: takes fixes for a system whose database and Redis ``config.toml`` of the directory names."""
    from data_sources.gateway.command import gateway_command

    try:
        return gateway_command(options.data or LIVE, listen(options.host, options.port))
    except (OSError, ValueError) as problem:
        raise UserError(str(problem)) from problem


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
    reporting = open_reporting(place, clock.now, report_worker(place))
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
    threads = [start_source(source, writer.ingest, stop) for source in sources_of(around)]
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


def _role(options: argparse.Namespace) -> str:
    return "sockets" if getattr(options, "sockets", False) else str(options.command)


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


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """All commands but ``report``, with their arguments."""
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
        apart_role.set_defaults(do=lambda o: take_on(_role(o), o.data, o.host, o.port))
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
    auditor = commands.add_parser("audit", help="check that nothing of the audit log is missing or changed")
    add_audit_arguments(auditor)
    auditor.set_defaults(do=partial(beside, lambda options, at: audit_command(options, at.store.engine)))
    add_operations(commands, LIVE, build_id)
    for part in (runner, shower, player, gate, importer, checker):
        part.add_argument("--data", type=Path, default=None, metavar="DIR", help="data directory")


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
