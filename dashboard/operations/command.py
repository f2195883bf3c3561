"""``app.py backup``, ``restore``, ``rebuild`` and ``doctor``: for whoever runs an installation."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import DBAPIError

from dashboard.check.command import check_command
from dashboard.ingest.opening import PlaceError, open_place
from dashboard.operations.backup import back_up, restore
from dashboard.operations.doctor import examine
from dashboard.operations.fault import OperationFault
from dashboard.operations.rebuild import nobody_writes, rebuild
from dashboard.security.clock import real_now
from dashboard.store.engine import StoreError

SHOWN = 50
"""Rows named before the rest is only counted."""


def add_operations(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", default: Path, frontend: Callable[[], object]
) -> None:
    """The commands of this room. ``default`` is the data directory where none is named, ``frontend`` see ``doctor``."""
    saver = commands.add_parser("backup", help="copy database, tracks, reports and settings while the system runs")
    saver.add_argument("target", type=Path, metavar="TO", help="a new folder")
    saver.set_defaults(do=_said(_back_up))
    bringer = commands.add_parser("restore", help="bring a backup back into a new data directory, and recount it")
    bringer.add_argument("source", type=Path, metavar="FROM")
    bringer.add_argument("--no-recount", action="store_true", help="do not recount every figure afterwards")
    bringer.set_defaults(do=_said(_restore))
    maker = commands.add_parser("rebuild", help="make every projection anew from the stored events; nothing may run")
    maker.add_argument("--compare", action="store_true", help="change nothing, tell what differs")
    maker.set_defaults(do=_said(_rebuild))
    looker = commands.add_parser("doctor", help="look at everything an installation needs, a line for each")
    looker.set_defaults(do=_said(partial(_doctor, frontend)))
    for part in (saver, bringer, maker, looker):
        part.add_argument("--data", type=Path, default=default, metavar="DIR", help="data directory")


def _said(act: Callable[[argparse.Namespace, TextIO], int]) -> Callable[[argparse.Namespace], int]:
    def do(options: argparse.Namespace) -> int:
        try:
            return act(options, sys.stdout)
        except (OperationFault, PlaceError, StoreError, DBAPIError, ValueError, OSError) as problem:
            print(f"{options.command}: {problem}", file=sys.stderr)
            return 1

    return do


def _back_up(options: argparse.Namespace, out: TextIO) -> int:
    made = back_up(options.data, options.target, real_now)
    when = datetime.fromtimestamp(made.made / 1000, UTC).isoformat(timespec="seconds")
    print(f"backup   {options.target}: {len(made.files)} files, events to {made.seq} at least, begun {when}", file=out)
    return 0


def _restore(options: argparse.Namespace, out: TextIO) -> int:
    made = restore(options.source, options.data)
    print(f"restored {options.data}: {len(made.files)} files, every one as it was written", file=out)
    return 0 if options.no_recount else check_command(options.data, out)


def _rebuild(options: argparse.Namespace, out: TextIO) -> int:
    """0 where everything was as the events say, 1 where something differed."""
    if not options.data.is_dir():
        raise OperationFault(f"there is no data directory {options.data}")
    place = open_place(options.data)
    try:
        with nobody_writes(place):
            found = rebuild(place, keep=not options.compare)
    finally:
        place.close()
    for difference in found[:SHOWN]:
        print(difference, file=out)
    done = "compared" if options.compare else "made anew"
    print(f"{done}: {len(found) or 'no'} rows differ{' (the first are above)' if len(found) > SHOWN else ''}", file=out)
    return 1 if found else 0


def _doctor(frontend: Callable[[], object], options: argparse.Namespace, out: TextIO) -> int:
    """0 where nothing fails; warnings are no failures."""
    states = []
    for finding in examine(options.data, frontend):
        print(finding, file=out, flush=True)
        states.append(finding.state)
    print(f"{len(states)} looked at, {states.count('warn')} warnings, {states.count('fail')} failures", file=out)
    return 1 if "fail" in states else 0
