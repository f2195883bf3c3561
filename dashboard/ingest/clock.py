"""The one clock of a data directory: wall, simulated or told. Instants are epoch ms UTC."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Protocol

LAST_TICK = "tick"
"""Key in ``state`` under which the instant of the last tick is kept."""


class Clock(Protocol):
    """What time it is in the data directory; never goes back."""

    @property
    def speed(self) -> float:
        """Seconds of this clock that pass in one real second."""
        ...

    def now(self) -> int:
        """The present."""
        ...


class WallClock:
    """Real time, but never before ``after``: a machine whose clock was set back waits for the last tick to pass."""

    speed = 1.0

    def __init__(self, after: int = 0, read: Callable[[], float] = time.time) -> None:
        self._latest = after
        self._read = read

    def now(self) -> int:
        """The present."""
        self._latest = max(self._latest, int(self._read() * 1000))
        return self._latest


class SimulatedClock:
    """Starts at an instant and runs ``speed`` times as fast as real time."""

    def __init__(self, start: int, speed: float = 1.0, read: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._start = start
        self._read = read
        self._since = read()

    def now(self) -> int:
        """The present."""
        return self._start + int((self._read() - self._since) * 1000 * self.speed)


class ToldClock:
    """Stands still until told: replayed files and generated history bring their own time."""

    def __init__(self, start: int = 0, speed: float = 1.0) -> None:
        self.speed = speed
        self._now = start
        self._lock = Lock()

    def now(self) -> int:
        """The instant told last."""
        return self._now

    def tell(self, at: int) -> None:
        """Move on; an earlier instant than the present is ignored."""
        with self._lock:
            self._now = max(self._now, at)
