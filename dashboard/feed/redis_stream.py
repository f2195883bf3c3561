"""The feed between processes: one bounded Redis Stream a topic, tailed by plain XREAD with the reader's own cursor.

No consumer group and no pub/sub: every reader sees every entry, and one that was away continues where it stopped.
In a cluster each topic lies on the node that its key falls to.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import redis

from dashboard.domain.changes import Entry
from dashboard.feed.feed import CHANGES, LENGTHS, FeedError, decode, encode
from dashboard.redis_client import open_redis

BLOCK = 1.0
"""Seconds one XREAD waits at most; below the socket timeout, or waiting would look like an outage."""
READ_TIMEOUT = 3.0
WRITE_TIMEOUT = 1.0
CONNECT_TIMEOUT = 1.0
"""Seconds a command may take; writers hold up ingest, so they wait less."""

PAUSE = 2.0
"""Seconds after a failed append in which further ones fail at once: a frozen Redis must not slow ingest down."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class RedisFeed:
    """Streams ``<prefix>:<topic>`` of one Redis database or cluster; entries have one field ``e``."""

    def __init__(
        self, url: str, prefix: str = "yiping", lengths: dict[str, int] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._prefix = prefix
        self._lengths = lengths or LENGTHS
        self._closed = False
        self._clock = clock
        self._broken_until = clock()
        self._url = url
        self._clients: dict[float, Any] = {}
        self._making = Lock()

    def append(self, entry: Entry, topic: str = CHANGES) -> None:
        """Add an entry; ``FeedError`` where Redis is away, and then it may have been added all the same."""
        if self._clock() < self._broken_until:
            raise FeedError("Redis: away a moment ago")
        key, length = self._key(topic), self._lengths[topic]
        try:
            self._ask(
                lambda: self._client(WRITE_TIMEOUT).xadd(key, {"e": encode(entry)}, maxlen=length, approximate=True)
            )
        except FeedError:
            self._broken_until = self._clock() + PAUSE
            raise

    def read(self, after: str, timeout: float, topic: str = CHANGES, limit: int = 256) -> list[tuple[str, Entry]]:
        """Entries after a cursor, see ``Feed.read``; a cursor beyond a wiped stream starts again at its beginning."""
        key = self._key(topic)
        cursor = after or "0-0"
        remaining = timeout
        while True:
            found = self._xread(key, cursor, limit, min(remaining, BLOCK))
            remaining -= BLOCK
            if found or remaining <= 0 or self._closed:
                break
            cursor = self._continued(key, cursor)
        return found or self._xread(key, self._continued(key, cursor), limit, 0)

    def _xread(self, key: str, cursor: str, limit: int, wait: float) -> list[tuple[str, Entry]]:
        block = max(1, int(wait * 1000)) if wait > 0 else None
        answer = self._ask(lambda: self._client(READ_TIMEOUT).xread({key: cursor}, count=limit, block=block))
        raw = [(at.decode(), fields.get(b"e", b"")) for _, entries in answer or () for at, fields in entries]
        found = list(_readable(raw))
        return found if found or not raw else self._xread(key, raw[-1][0], limit, wait)

    def latest(self, topic: str = CHANGES) -> str:
        """The cursor after the newest entry."""
        return self._last(self._key(topic)) or "0-0"

    def close(self) -> None:
        """Let readers return after their current wait and close the connections."""
        self._closed = True
        for client in list(self._clients.values()):
            client.close()

    def _client(self, seconds: float) -> Any:
        """Made with the first command: a program starts while Redis is away."""
        with self._making:
            if seconds not in self._clients:
                self._clients[seconds] = open_redis(
                    self._url, seconds, CONNECT_TIMEOUT, health_check_interval=0, protocol=2
                )
            return self._clients[seconds]

    def _key(self, topic: str) -> str:
        return f"{self._prefix}:{topic}"

    def _continued(self, key: str, cursor: str) -> str:
        """The cursor, or the beginning where the stream was wiped since the cursor was given."""
        last = self._last(key)
        return cursor if last is not None and _order(last) >= _order(cursor) else "0-0"

    def _last(self, key: str) -> str | None:
        newest: Any = self._ask(lambda: self._client(READ_TIMEOUT).xrevrange(key, count=1))
        return newest[0][0].decode() if newest else None

    def _ask(self, command: Callable[[], T]) -> T:
        try:
            return command()
        except (redis.RedisError, OSError) as problem:
            raise FeedError(f"Redis: {problem}") from problem


def _readable(raw: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Entry]]:
    """Entries without those that a newer program speaks otherwise in: what they tell is read from the store."""
    for at, payload in raw:
        try:
            yield at, decode(payload)
        except FeedError as problem:
            _log.info("%s is left out: %s", at, problem)


def _order(cursor: str) -> tuple[int, int]:
    left, right = cursor.split("-")
    return int(left), int(right)
