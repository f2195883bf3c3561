"""``app.py demo`` and ``replay``: the system over what was recorded, by the recording's own time."""

import argparse
from collections.abc import Callable
from pathlib import Path

from commands.places import UserError, add_address, add_data, alone, speed
from commands.run import PROBLEMS, serve
from dashboard.api.serving import listen
from dashboard.ingest.clock import LAST_TICK, Clock, ToldClock
from dashboard.ingest.opening import open_clock, open_place
from data_sources.demo_start import first_replay
from data_sources.demos import DEMOS, demo_city, demo_sources, prepare_demo
from data_sources.file_replay import CASES_AT_ONCE, FIXES_AT_ONCE, AtOnce, ByClock, FileReplay, Progress
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping, load_mapping
from data_sources.replay_files import Timeline, case_timeline, fix_timeline
from data_sources.simulator.first_start import fingerprint
from data_sources.simulator.starting import CITY, first_start

__all__ = ["PROBLEMS", "add_commands"]

TIMELINES: dict[str, Callable[[Path, Mapping | None], Timeline]] = {"cases": case_timeline, "positions": fix_timeline}
AT_ONCE = {"cases": CASES_AT_ONCE, "positions": FIXES_AT_ONCE}


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


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Both commands and their arguments."""
    shower = commands.add_parser("demo", help="start a demonstration over real records")
    shower.add_argument("name", choices=sorted(DEMOS))
    shower.add_argument("--shared", type=Path, required=True, metavar="FOLDER", help="folder of the real records")
    shower.add_argument("--speed", type=speed, default=None, help="seconds of the recording in one real second")
    shower.set_defaults(do=lambda options: alone(demonstrate, options.name, options))
    player = commands.add_parser("replay", help="play a recorded file as the live stream")
    player.add_argument("kind", choices=sorted(TIMELINES))
    player.add_argument("file", type=Path, help="JSON lines, CSV, GPX or Parquet, also .gz")
    player.add_argument("--map", type=Path, default=None, metavar="MAPPING.toml", help="which column is which field")
    player.add_argument("--speed", type=float, default=1.0, help="recorded seconds in one real second; 0: all at once")
    player.set_defaults(do=lambda options: alone(replay, "replay", options))
    for part in (shower, player):
        add_address(part)
        add_data(part)
