"""``app.py run``: everything in one process, on a simulated city or on real data."""

import argparse
import logging
import signal
import socket
from collections.abc import Sequence
from threading import Event, Thread

from werkzeug.serving import BaseWSGIServer, make_server

from callbacks.build import BuildError, build_id
from callbacks.process import Web
from callbacks.roles.parts import greet, report_worker
from callbacks.web import open_web
from commands.places import add_address, add_data, alone, instant, speed
from dashboard.api.serving import PortError, Quiet, listen
from dashboard.ingest.clock import Clock
from dashboard.ingest.opening import Place, Writer, open_clock, open_place, open_writer
from dashboard.ingest.present import written_here
from dashboard.ingest.run_source import start_source
from dashboard.reports.opening import open_reporting
from dashboard.security.keys import ensure_first_key
from data_sources.live import Surroundings, sources_of
from data_sources.simulator.city import City
from data_sources.simulator.first_start import fingerprint
from data_sources.simulator.scales import SCALES
from data_sources.simulator.starting import CITY, first_start, simulated_city
from data_sources.source import Source

log = logging.getLogger("yiping")
PROBLEMS: tuple[type[Exception], ...] = (PortError, BuildError)


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
    """The command and its arguments."""
    runner = commands.add_parser("run", help="start everything in one process")
    runner.add_argument("--city", choices=sorted(SCALES), default="zhuzhou", help="scale of the simulated city")
    runner.add_argument("--seed", type=int, default=1)
    runner.add_argument("--speed", type=speed, default=1.0, help="seconds of the city in one real second")
    runner.add_argument("--start", type=instant, default=None, help="time of the first start, 2026-10-20T17:40+08:00")
    runner.add_argument("--no-simulator", action="store_true", help="real data only")
    runner.set_defaults(do=lambda options: alone(run, "live" if options.no_simulator else options.city, options))
    add_address(runner)
    add_data(runner)
