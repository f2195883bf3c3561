"""Jobs in a process of their own: the job goes in as one line of JSON, progress and outcome come out as lines.

A process that makes reports may take its time without holding the interpreter that serves screens, and gives its memory
back when it ends.
"""

import logging
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import BinaryIO, NoReturn

import msgspec

from dashboard.reports.jobs import Doing, Job, Tell
from dashboard.reports.works import WorkFailed

log = logging.getLogger(__name__)
NICE = 10


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of output: progress (``share``), or the outcome: ``report``, or ``problem`` with its ``key``."""

    share: float = 0.0
    report: str = ""
    problem: str = ""
    key: str = ""


@dataclass
class Beside:
    """Runs ``command`` for each job and follows what it says."""

    command: Sequence[str]
    _running: "set[subprocess.Popen[bytes]]" = field(default_factory=set)

    def __call__(self, job: Job, tell: Tell) -> str:
        """Do a job there. ``WorkFailed`` also where the process ends without an outcome."""
        with subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            self._running.add(process)
            try:
                return _outcome(process, job, tell)
            finally:
                self._running.discard(process)

    def stop(self) -> None:
        """End what runs: nothing half done remains of it."""
        for process in list(self._running):
            process.terminate()


def _outcome(process: "subprocess.Popen[bytes]", job: Job, tell: Tell) -> str:
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(msgspec.json.encode(job) + b"\n")
        process.stdin.close()
    except BrokenPipeError:
        log.warning("the process for reports did not take its job")
    for text in process.stdout:
        line = msgspec.json.decode(text, type=Line)
        if line.report:
            return line.report
        if line.problem:
            raise WorkFailed(line.problem, line.key)
        tell(line.share)
    raise WorkFailed(f"the process ended with {process.wait()} before it was done", "other")


def end_in_order(number: int, _frame: FrameType | None) -> NoReturn:
    """Take a signal to end as an exit: what is held is given back, what is half written removed."""
    raise SystemExit(128 + number)


def serve_job(given: BinaryIO, said: BinaryIO, doing: Doing) -> int:
    """The other end: do the job on the first line of ``given``, tell on ``said``; the exit code."""
    os.nice(NICE)
    signal.signal(signal.SIGTERM, end_in_order)
    job = msgspec.json.decode(given.readline(), type=Job)

    def tell(line: Line) -> None:
        said.write(msgspec.json.encode(line) + b"\n")
        said.flush()

    try:
        report = doing(job, lambda share: tell(Line(share)))
    except WorkFailed as problem:
        tell(Line(problem=str(problem) or "refused", key=problem.key))
        return 1
    tell(Line(1.0, report))
    return 0
