"""Replays a recorded file: as fast as ingest takes it, at a speed, or as the clock of the data directory goes.

With ``tell`` the file's time becomes the system's: before each batch the clock is told the time of its last item.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Protocol

import msgspec
import numpy as np

from dashboard.ingest.batch import Batch
from data_sources.replay_files import Timeline

CASES_AT_ONCE, FIXES_AT_ONCE = 500, 20_000
LONGEST_WAIT = 0.5
QUIET_WAITS = 4
"""Waits without anything due after which an empty batch says that nothing happened, as a live source would."""


class Pace(Protocol):
    """Decides what of a recording is due."""

    def present(self) -> int:
        """Time of the recording (epoch ms) that has been reached."""
        ...


class AtOnce:
    """Everything is due: ingest alone sets the pace."""

    def present(self) -> int:
        """The end of time."""
        return sys.maxsize


@dataclass(frozen=True)
class ByClock:
    """What the clock of the data directory has reached is due."""

    now: Callable[[], int]

    def present(self) -> int:
        """The clock's present."""
        return self.now()


@dataclass
class AtSpeed:
    """The recording runs from ``first`` at ``speed`` seconds a second of ``read`` (seconds, monotonic)."""

    first: int
    speed: float = 1.0
    read: Callable[[], float] = time.monotonic
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = self.read()

    def present(self) -> int:
        """Where the recording stands."""
        return self.first + int((self.read() - self._since) * 1000 * self.speed)


class Progress:
    """How far a recording was delivered and stored; kept in a file where there is one, so that a restart goes on."""

    def __init__(self, path: Path | None = None, recording: str = "") -> None:
        self._path, self._recording = path, recording
        self.done = self._load()

    def _load(self) -> int:
        if self._path is None or not self._path.exists():
            return 0
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (msgspec.DecodeError, OSError):
            return 0
        return kept.done if kept.recording == self._recording else 0

    def reach(self, done: int) -> None:
        """Everything before ``done`` is stored."""
        self.done = done
        if self._path is not None:
            beside = self._path.with_suffix(".new")
            beside.write_bytes(msgspec.json.encode(_Kept(self._recording, done)))
            os.replace(beside, self._path)


class _Kept(msgspec.Struct):
    recording: str
    done: int


class FileReplay:
    """A recording as a source. It ends at the recording's end; resumed or opened anew it goes on behind what is stored.

    ``now`` gives the arrival time of batches (epoch ms); ``tell`` moves a told clock; ``at_once`` limits a batch.
    While nothing is due it looks every ``wait`` seconds, and from time to time an empty batch says that all is well.
    """

    def __init__(
        self, name: str, timeline: Timeline, pace: Pace, now: Callable[[], int], *,
        tell: Callable[[int], None] | None = None, progress: Progress | None = None, at_once: int = CASES_AT_ONCE,
        wait: float = LONGEST_WAIT,
    ) -> None:
        self.name, self._timeline, self._pace, self._now = name, timeline, pace, now
        self._tell, self._progress, self._at_once, self._wait = tell, progress or Progress(), at_once, wait

    @property
    def begins(self) -> int:
        """Time of the first item (epoch ms); 0 for an empty recording."""
        return int(self._timeline.times[0]) if len(self._timeline.times) else 0

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield what is due until ``stop`` or the end of the recording."""
        waits = 0
        while not stop.is_set() and (first := self._progress.done) < len(self._timeline.times):
            last = max(first, min(self._due(), first + self._at_once))
            if last == first and waits < QUIET_WAITS:
                waits += not stop.wait(self._wait)
                continue
            waits = 0
            yield self._batch(first, last)
            if last > first:
                self._progress.reach(last)

    def due(self) -> Iterator[Batch]:
        """Yield what is due now and end; each batch counts as stored once the generator is resumed."""
        end = self._due()
        while (first := self._progress.done) < end:
            last = min(end, first + self._at_once)
            yield self._batch(first, last)
            self._progress.reach(last)

    def _due(self) -> int:
        """Number of items whose time has come."""
        return int(np.searchsorted(self._timeline.times, self._pace.present(), side="right"))

    def _batch(self, first: int, last: int) -> Batch:
        if self._tell is not None and last > first:
            self._tell(int(self._timeline.times[last - 1]))
        return self._timeline.cut(first, last, self.name, self._now())
