"""How much one key may send: a token bucket per key, and a size limit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

MAX_BODY = 16 * 1024 * 1024
"""Largest accepted body in bytes."""


@dataclass
class TokenBuckets:
    """``rate`` requests a second on average and ``burst`` at once, for each name. ``clock`` gives seconds."""

    rate: float = 500.0
    burst: float = 1000.0
    clock: Callable[[], float] = monotonic
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def take(self, name: str) -> float:
        """Take one token. Returns 0 where there was one, else the seconds until there will be."""
        now = self.clock()
        with self._lock:
            level, then = self._levels.get(name, (self.burst, now))
            level = min(self.burst, level + (now - then) * self.rate)
            if level < 1:
                self._levels[name] = (level, now)
                return (1 - level) / self.rate
            self._levels[name] = (level - 1, now)
            return 0.0
