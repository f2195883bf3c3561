"""Rankings that were worked out, for pages that may show one of a few minutes ago."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

MOST = 400
"""Answers kept: a league of a city's hundred streets takes 60 kB."""

Answer = TypeVar("Answer")


class Told(Generic[Answer]):
    """The last answer to each question. Thread-safe; two that ask at once may both work it out."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, tuple[int, Answer]] = OrderedDict()
        self._lock = Lock()

    def of(self, asked: Hashable, now: int, age: int, work_out: Callable[[], Answer]) -> Answer:
        """The answer as of ``now`` (epoch ms), or one up to ``age`` ms older; time that steps back makes it anew."""
        with self._lock:
            found = self._known.get(asked)
        if found is not None and 0 <= now - found[0] < age:
            return found[1]
        made = work_out()
        with self._lock:
            self._known[asked] = now, made
            self._known.move_to_end(asked)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return made
