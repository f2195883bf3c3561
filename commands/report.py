"""``app.py report``: who reads the data directory and who writes the page. Nothing that serves screens is loaded."""

import argparse

from commands.places import LIVE, UserError, add_data, beside
from dashboard.memory import loading
from dashboard.reports.arguments import add_report_arguments


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


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command and its arguments."""
    reporter = commands.add_parser("report", help="a report of the last complete month, or of another period")
    add_report_arguments(reporter)
    add_data(reporter)
    reporter.set_defaults(do=report)
