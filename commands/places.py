"""The data directory that a command works on, and what is said in one line where it cannot."""

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from dashboard.ingest.opening import Place, PlaceError, hold, open_place
from dashboard.queries.score_models import ModelError

ROOT = Path(__file__).parents[1]
LIVE = ROOT / "data" / "live"
"""The data directory where none is named."""


class UserError(Exception):
    """Something the person at the keyboard can put right; shown as one line, without a trace."""


PROBLEMS: tuple[type[Exception], ...] = (UserError, PlaceError, ModelError)
"""What stands in one line for the person at the keyboard, besides those of a command's own module."""


def beside(act: Callable[[argparse.Namespace, Place], int], options: argparse.Namespace) -> int:
    """A command over the database of a data directory, also while the system runs."""
    place = open_place(options.data or LIVE)
    try:
        return act(options, place)
    finally:
        place.store.close()


def alone(act: Callable[[argparse.Namespace], int], name: str, options: argparse.Namespace) -> int:
    """A command that runs the system, with its data directory to itself; ``name`` is that of its own directory."""
    options.data = options.data or ROOT / "data" / name
    with hold(options.data):
        return act(options)


def add_address(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--port", type=int, default=8050)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")


def add_data(parser: argparse.ArgumentParser) -> None:
    """The data directory."""
    parser.add_argument("--data", type=Path, default=None, metavar="DIR", help="data directory")


def speed(text: str) -> float:
    """Seconds of the directory's clock in one real second."""
    found = float(text)
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return found


def instant(text: str) -> int:
    """An ISO instant with its offset from UTC as epoch ms."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} names no offset from UTC")
    return int(moment.timestamp() * 1000)
