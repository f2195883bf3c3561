"""The command line. A command loads what it needs: a report is made without what serves screens (2 s, 90 MB)."""

import sys

if "--sockets" in sys.argv:  # gevent, which holds the screens, changes the standard library before anything else
    from gevent import monkey

    monkey.patch_all()

import argparse
from collections.abc import Sequence
from importlib import import_module

from commands import HOMES
from dashboard.memory import loading


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = not, with the reason on standard error."""
    with loading():
        parser, problems = _command_line(list(sys.argv[1:] if words is None else words))
    options = parser.parse_args(words)
    try:
        result: int = options.do(options)
    except problems as problem:
        print(f"app.py: {problem}", file=sys.stderr)
        return 1
    return result


def _command_line(words: Sequence[str]) -> tuple[argparse.ArgumentParser, tuple[type[Exception], ...]]:
    """The parser for some words, and what is said in one line; what other commands need is not imported."""
    from commands.places import PROBLEMS
    from dashboard.operations import logs

    logs.configure()
    parser = argparse.ArgumentParser(prog="app.py", description="一屏统览 · one screen over a city's grid governance")
    commands, problems = parser.add_subparsers(dest="command", required=True), PROBLEMS
    named = HOMES.get(next(iter(words), ""))
    for home in [named] if named else sorted(set(HOMES.values())):
        module = import_module(f"commands.{home}")
        module.add_commands(commands)
        problems += getattr(module, "PROBLEMS", ())
    return parser, problems


if __name__ == "__main__":
    sys.exit(main())
