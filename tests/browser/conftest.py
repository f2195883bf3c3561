"""One town, started twice, for all journeys: the second start is the one a person waits for."""

import time
from collections.abc import Iterator
from threading import Event

import pytest

from scripts.build_frontend import build
from tests.browser import town
from tests.browser.wall_page import WallPage
from tests.chromium import browser, started_chromium
from tests.program import Program

__all__ = ["browser"]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The town with its past, stopped once in the ordinary way and not started again yet."""
    build()
    folder = tmp_path_factory.mktemp("town")
    running = Program(folder / "data", "--no-simulator")
    running.directory.mkdir()
    (running.directory / "config.toml").write_text(town.CONFIG, encoding="utf-8")
    (running.directory / "reports.toml").write_text(town.OFFICE, encoding="utf-8")
    running.start()
    try:
        for kind, path in town.write_town(folder / "files").items():
            running.read_file(kind, path)
        _until_known(running)
        assert running.send("/api/v1/events", town.past())["rejected"] == []
        assert running.send("/api/v1/positions", town.fixes(ago=30))["rejected"] == []
        running.stop()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def served(program: Program) -> Program:
    """The running town after its second start (how soon: ``benchmarks/start.py``), its numbers on the wall."""
    program.start()
    with started_chromium() as ready:
        WallPage(ready, program).until(
            "document.getElementById('tile-on_time-value').textContent === '100.00'", seconds=60
        )
    return program


def _until_known(running: Program) -> None:
    """Return once regions and workers have come through to the board."""
    end, pause = time.monotonic() + 30, Event()
    while running.ask("/api/v1/snapshot")[1].get("tiles", {}).get("workers", {}).get("total") != town.WORKERS:
        assert time.monotonic() < end, "imports are not seen"
        pause.wait(0.1)
