"""A server whose clock is set forward and back under it (libfaketime), and a sender whose clock is right."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.check import check_command
from tests.browser import town
from tests.program import Program
from tests.roles.cluster import until

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
pytestmark = pytest.mark.skipif(LIBRARY is None, reason="no libfaketime on this machine")
STEP = 600
"""Seconds."""


class Stepped:
    """A program over the town whose clock is that of the machine and ``step`` seconds."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.step(0)
        self.program = Program(folder / "data", "--no-simulator")
        self.program.directory.mkdir()
        (self.program.directory / "config.toml").write_text(town.CONFIG, encoding="utf-8")
        (self.program.directory / "reports.toml").write_text(town.OFFICE, encoding="utf-8")

    def step(self, seconds: int) -> None:
        self._file.write_text(f"{seconds:+d}s\n")

    def start(self) -> None:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("LD_PRELOAD", str(LIBRARY))
            environment.setenv("FAKETIME_TIMESTAMP_FILE", str(self._file))
            environment.setenv("FAKETIME_NO_CACHE", "1")
            environment.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            self.program.start()

    def present(self) -> int:
        """The present of the pages (epoch ms)."""
        told: int = self.program.get("/api/v1/snapshot")["meta"]["time"]
        return told

    def ahead(self) -> float:
        """Seconds by which it is ahead of this test's clock."""
        return self.present() / 1000 - time.time()

    def send(self, case: str) -> None:
        """A case that is accepted, handled and closed now, by a clock that is right."""
        steps = [town.accepted(case, 3), town.event(case, "handled", 2), town.event(case, "closed", 1)]
        receipt = self.program.send("/api/v1/events", steps)
        assert (receipt["accepted"], receipt["rejected"]) == (3, [])


@pytest.fixture
def stepped(tmp_path: Path) -> Iterator[Stepped]:
    made = Stepped(tmp_path)
    made.start()
    try:
        for kind, path in town.write_town(tmp_path / "files").items():
            made.program.read_file(kind, path)
        until(lambda: known(made.program), "the town")
        yield made
    finally:
        made.program.stop()


def known(program: Program) -> bool:
    return bool(program.ask("/api/v1/snapshot")[1].get("tiles", {}).get("workers", {}).get("total") == town.WORKERS)


def test_a_clock_that_is_set_forward_and_back(stepped: Stepped) -> None:
    stepped.send("K1")
    assert abs(stepped.ahead()) < STEP / 4
    stepped.step(STEP)
    until(lambda: stepped.ahead() > STEP * 0.9, "the step forward")
    stepped.send("K2")
    latest = stepped.present()
    stepped.step(-STEP)
    stepped.send("K3")
    assert stepped.present() >= latest, "the present stands still, it does not go back"
    stepped.program.kill()
    stepped.start()
    stepped.send("K4")
    assert stepped.present() >= latest - 2_000, "nor does it after a start"
    until(lambda: accepted(stepped.program) == 4, "all four cases")
    stepped.program.stop()
    assert check_command(stepped.program.directory) == 0, "every figure goes by the time of the events"


def accepted(program: Program) -> int:
    return int(program.get("/api/v1/snapshot")["tiles"]["accepted"]["value"])
