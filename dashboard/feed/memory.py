"""The feed inside one process."""

from collections import deque
from threading import Condition

from dashboard.domain.changes import Entry
from dashboard.feed.feed import CHANGES, LENGTHS, START


class _Topic:
    def __init__(self, length: int) -> None:
        self.entries: deque[Entry] = deque(maxlen=length)
        self.last = 0

    def after(self, cursor: int, limit: int) -> list[tuple[str, Entry]]:
        first = self.last - len(self.entries) + 1
        skip = max(0, cursor + 1 - first)
        wanted = range(skip, min(skip + limit, len(self.entries)))
        return [(str(first + index), self.entries[index]) for index in wanted]


class MemoryFeed:
    """Entries in bounded deques, handed over as they are (they are immutable); readers wait on a condition."""

    def __init__(self, lengths: dict[str, int] | None = None) -> None:
        self._topics = {topic: _Topic(length) for topic, length in (lengths or LENGTHS).items()}
        self._changed = Condition()
        self._closed = False

    def append(self, entry: Entry, topic: str = CHANGES) -> None:
        """Add an entry."""
        with self._changed:
            found = self._topics[topic]
            found.entries.append(entry)
            found.last += 1
            self._changed.notify_all()

    def read(self, after: str, timeout: float, topic: str = CHANGES, limit: int = 256) -> list[tuple[str, Entry]]:
        """Entries after a cursor, see ``Feed.read``."""
        cursor = 0 if after == START else int(after)
        found = self._topics[topic]
        with self._changed:
            self._changed.wait_for(lambda: self._closed or found.last > cursor, timeout)
            return found.after(cursor, limit)

    def latest(self, topic: str = CHANGES) -> str:
        """The cursor after the newest entry."""
        with self._changed:
            return str(self._topics[topic].last)

    def close(self) -> None:
        """Wake all readers."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
