"""``app.py ingest``, ``web``, ``scheduler`` and ``gateway``: the roles of an installation whose roles are apart."""

import argparse
from pathlib import Path

from callbacks.build import BuildError
from callbacks.roles import take_on
from commands.places import LIVE, UserError, add_address, add_data
from dashboard.api.serving import PortError, listen

PROBLEMS: tuple[type[Exception], ...] = (PortError, BuildError)


def gateway(options: argparse.Namespace) -> int:
    """``app.py gateway``: takes fixes for a system whose database and Redis ``config.toml`` of the directory names."""
    from data_sources.gateway.command import gateway_command

    try:
        return gateway_command(options.data or LIVE, listen(options.host, options.port))
    except (OSError, ValueError) as problem:
        raise UserError(str(problem)) from problem


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands and their arguments."""
    gate = commands.add_parser("gateway", help="pack small deliveries of fixes by HTTP and MQTT onto a Redis stream")
    gate.set_defaults(do=gateway)
    add_data(gate)
    taker = commands.add_parser("ingest", help="the role that takes events and positions in; spare ones stand by")
    pager = commands.add_parser("web", help="the role that serves pages, API and screens; any number")
    pager.add_argument("--sockets", action="store_true", help="screens alone, for thousands of them")
    planner = commands.add_parser("scheduler", help="the role that makes reports by their schedule")
    for role in (taker, pager, planner):
        role.add_argument("--data", type=Path, required=True, metavar="DIR", help="data directory")
        role.set_defaults(do=lambda o: take_on(_role(o), o.data, o.host, o.port))
    for part in (gate, taker, pager, planner):
        add_address(part)


def _role(options: argparse.Namespace) -> str:
    return "sockets" if getattr(options, "sockets", False) else str(options.command)
