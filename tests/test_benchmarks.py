"""What benchmarks wait for ends: with what was waited for, or with words that say what was missing."""

import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from benchmarks.start import until_prepared
from tests.program import Program


@pytest.fixture
def answers() -> list[int]:
    """Statuses that ``/prepared`` answers with, the last one for ever."""
    return []


@pytest.fixture
def program(tmp_path: Path, answers: list[int]) -> Iterator[Program]:
    """A process that lives, and something on its port that answers."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Nothing."""

    program = Program(tmp_path / "data")
    with ThreadingHTTPServer(("127.0.0.1", program.port), Door) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        program.process = subprocess.Popen(["sleep", "60"])
        yield program
        program.kill()
        server.shutdown()


def test_a_program_that_becomes_ready_is_waited_for(program: Program, answers: list[int]) -> None:
    answers += [202, 204]
    until_prepared(program, {}, pause=0)


def test_one_that_never_does_is_named_with_what_it_answered(program: Program, answers: list[int]) -> None:
    answers += [202]
    with pytest.raises(TimeoutError, match=r"not prepared after 0 s, /prepared says 202 .*data\.log"):
        until_prepared(program, {}, seconds=0.2, pause=0)


def test_one_that_ended_is_not_waited_for(program: Program, answers: list[int]) -> None:
    answers += [202]
    program.stop()
    with pytest.raises(RuntimeError, match="the program ended before it was prepared"):
        until_prepared(program, {}, pause=0)
