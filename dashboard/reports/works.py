"""One worker for everything about reports that takes long, one thing at a time; requests and screens never wait."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Event, Lock, Thread

import msgspec

from dashboard.reports.jobs import Tell
from dashboard.reports.snapshot import Asked

log = logging.getLogger(__name__)
KEPT = 20
"""Ended works that are still told of."""


class WorkFailed(Exception):  # noqa: N818
    """A work that cannot be done: one English sentence, and the ``key`` that screens translate (``refused``)."""

    def __init__(self, words: str, key: str = "other") -> None:
        super().__init__(words)
        self.key = key


class Work(msgspec.Struct, frozen=True):
    """Something asked for: ``act`` is ``make freeze issue correct``, ``state`` one of ``waiting running done failed``;
    ``report`` the report it is about (of ``make``: once it is done), ``share`` 0 to 1; ``problem`` says in English why
    it failed, ``key`` in a word that screens translate."""

    id: str
    act: str
    asked: Asked
    who: str
    state: str = "waiting"
    share: float = 0.0
    report: str = ""
    problem: str = ""
    key: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in ("done", "failed")


Job = Callable[[Tell], str]
"""Does a work and returns the id of its report. ``WorkFailed`` says why it cannot."""


@dataclass
class Works:
    """The queue and its thread. ``stop`` ends it after the work in hand."""

    _queue: "Queue[tuple[str, Job]]" = field(default_factory=Queue)
    _found: dict[str, Work] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _stopped: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        """Begin to work."""
        self._thread = Thread(target=self.run, name="reports", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 30) -> None:
        """End after the work in hand."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def ask(self, act: str, asked: Asked, who: str, job: Job, report: str = "") -> Work:
        """Put a work into the queue; the same work that has not ended yet is not asked for twice."""
        with self._lock:
            same = (one for one in self._found.values() if not one.ended)
            for one in same:
                if (one.act, one.asked, one.report) == (act, asked, report):
                    return one
            work = Work(secrets.token_urlsafe(8), act, asked, who, report=report)
            self._found[work.id] = work
            self._forget()
        self._queue.put((work.id, job))
        return work

    def seen(self) -> list[Work]:
        """All works, newest first."""
        with self._lock:
            return list(reversed(self._found.values()))

    def run(self) -> None:
        """Work until stopped."""
        while not self._stopped.is_set():
            self.run_one(0.5)

    def run_one(self, seconds: float = 0.0) -> bool:
        """Do the next work, waiting so long for one; whether there was one."""
        try:
            number, job = self._queue.get(timeout=seconds) if seconds else self._queue.get_nowait()
        except Empty:
            return False
        self._put(number, state="running")
        try:
            report = job(lambda share: self._put(number, share=share))
        except WorkFailed as problem:
            self._put(number, state="failed", problem=str(problem), key=problem.key)
        except Exception as problem:
            log.exception("a work about reports failed")
            self._put(number, state="failed", problem=type(problem).__name__, key="other")
        else:
            self._put(number, state="done", share=1.0, report=report)
        return True

    def _put(self, number: str, **changes: object) -> None:
        with self._lock:
            self._found[number] = msgspec.structs.replace(self._found[number], **changes)

    def _forget(self) -> None:
        ended = [number for number, work in self._found.items() if work.ended]
        for number in ended[:-KEPT]:
            del self._found[number]
