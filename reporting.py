"""Composition root of ``app.py report``: who reads the data directory and who writes the page."""

import argparse
from collections.abc import Callable
from pathlib import Path

from dashboard.ingest.opening import Place, PlaceError, open_place
from dashboard.memory import loading
from dashboard.reports.arguments import add_report_arguments

LIVE = Path(__file__).parent / "data" / "live"
"""The data directory where none is named."""


class UserError(Exception):
    """Something the person at the keyboard can put right; shown as one line, without a trace."""


PROBLEMS: tuple[type[Exception], ...] = (UserError, PlaceError)


def beside(act: Callable[[argparse.Namespace, Place], int], options: argparse.Namespace) -> int:
    """A command over the database of a data directory, also while the system runs."""
    place = open_place(options.data or LIVE)
    try:
        return act(options, place)
    finally:
        place.store.close()


def report(options: argparse.Namespace) -> int:
    """``app.py report``: beside the system that runs over the directory, or without one.

    What writes documents is imported here: a process that serves screens never needs it.
    """
    with loading():
        from dashboard.reports.command import report_command
        from layouts.sheets.report_html import report_html

    options.data = options.data or LIVE
    if not options.data.is_dir():
        raise UserError(f"there is no data directory {options.data}")
    return beside(lambda options, place: report_command(options, place, report_html), options)


def add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command and its arguments."""
    reporter = commands.add_parser("report", help="a report of the last complete month, or of another period")
    add_report_arguments(reporter)
    reporter.add_argument("--data", type=Path, default=None, metavar="DIR", help="data directory")
    reporter.set_defaults(do=report)
