"""Leagues that were told, for pages that may show one of a few minutes ago."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from dashboard.queries.score_answers import League

MOST = 400
"""Leagues kept; a city's hundred streets take 60 kB."""


class Told:
    """The last league for each question. Thread-safe; two that ask at once may both work it out."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, League] = OrderedDict()
        self._lock = Lock()

    def of(self, asked: Hashable, now: int, age: int, work_out: Callable[[], League]) -> League:
        """The answer as of ``now`` (epoch ms), or one up to ``age`` ms older; time that steps back makes it anew."""
        with self._lock:
            found = self._known.get(asked)
        if found is not None and 0 <= now - found.as_of.time < age:
            return found
        made = work_out()
        with self._lock:
            self._known[asked] = made
            self._known.move_to_end(asked)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return made
