"""``app.py check``: does every figure agree with the stored events?"""

import sys
from pathlib import Path
from typing import TextIO

from sqlalchemy import Engine, make_url, text

from dashboard.addresses import database_address
from dashboard.check.comparing import Comparison, compare
from dashboard.check.facts import read_facts
from dashboard.check.oracle import recount
from dashboard.config import Settings, load_settings
from dashboard.store.engine import StoreError, open_engine

SHOWN = 200
"""Disagreements printed before the rest is only counted."""


def check_command(directory: Path, out: TextIO = sys.stdout) -> int:
    """Recount a data directory and print each disagreement. 0: all agree, 1: some do not, 2: it cannot be read."""
    try:
        settings = load_settings(directory)
        address = database_address(settings, directory)
        url = make_url(address)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
            raise ValueError(f"there is no database at {url.database}")
        engine = open_engine(address)
    except (ValueError, StoreError) as problem:
        print(f"check: {problem}", file=out)
        return 2
    try:
        seq, found = check(engine, settings)
    finally:
        engine.dispose()
    _print(seq, found, out)
    return 1 if found.disagreements else 0


def check(engine: Engine, settings: Settings, now: int | None = None) -> tuple[int, Comparison]:
    """Recount and compare within one snapshot of the database: the last event number, and what was found.

    ``now`` (epoch ms) is the present that stocks are counted at; None: the last tick, else the last arrival.
    """
    facts = read_facts(engine, settings)
    rules = settings.rules
    with engine.begin() as connection:
        seq, received = connection.execute(text("SELECT max(seq), max(received) FROM event")).one()
        tick = connection.scalar(text("SELECT value FROM state WHERE key = 'tick'"))
        at = now if now is not None else int(tick or received or 0)
        told = recount(connection, facts, seq or 0, at, rules.due_soon)
        return seq or 0, compare(connection, facts, told, at, rules.due_soon, rules.satisfied_score)


def _print(seq: int, found: Comparison, out: TextIO) -> None:
    for wrong in found.disagreements[:SHOWN]:
        print(f"{wrong.of}: {wrong.figure} stored {wrong.stored}, recounted {wrong.recounted}", file=out)
    if len(found.disagreements) > SHOWN:
        print(f"... and {len(found.disagreements) - SHOWN} more", file=out)
    verdict = f"{len(found.disagreements)} disagree" if found.disagreements else "all agree"
    print(f"as of event {seq}: {found.compared} figures compared, {verdict}", file=out)
