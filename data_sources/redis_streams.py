"""Redis Streams: case events from stream ``cases``, fixes from stream ``positions``, each read by a consumer group.

An entry is acknowledged after the generator is resumed, that is after the commit. A consumer that comes back reads
first what it had not acknowledged, then what others left idle, then what is new. Every call has its own timeout above
the longest BLOCK and no retries: a retried read could hang for a minute, and a broken source is opened again anyway.
"""

import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Event
from typing import Any

import numpy as np
import redis

from dashboard.domain.events import BadEvent, cut
from dashboard.domain.fix_formats import decode_each, decode_fixes, decode_packed
from dashboard.domain.fixes import PACKED, Fixes
from dashboard.ingest.batch import Batch
from dashboard.redis_client import open_redis

Entries = Sequence[tuple[bytes, Mapping[bytes, bytes] | None]]
TIMEOUT_SECONDS = 5.0
BLOCK_MS = 1_000
IDLE_MS = 30_000
CLAIM_SECONDS = 5.0
LONGEST_MS = 30 * 86_400_000
"""An entry that seems to have waited longer has a number that is no time."""
FIRST = 32
"""Entries that are asked for before anything is known of their size."""
BYTES = 2_000_000
"""What is taken at once, 83,000 packed fixes: entries of 10,000 each, 500 at a time, held 3 GB and every screen up for
20 s while a city came back from hours without network."""


class StreamReader:
    """Entries of one stream for one consumer of a group; ``consumer`` must be the same after a restart.

    ``waited``: ms that the newest of the entries yielded last had lain in the stream, by the server's own clock; 0 for
    what was taken up again and where senders number entries by something else than time.
    """

    def __init__(
        self, url: str, stream: str, group: str = "yiping", consumer: str = "", count: int = 500,
        idle_ms: int = IDLE_MS, block_ms: int = BLOCK_MS, read: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stream, self._group = stream, group
        self._consumer = consumer or socket.gethostname()
        self._count, self._idle, self._block, self._read = count, idle_ms, block_ms, read
        self._url, self._asked = url, min(FIRST, count)
        self.waited, self._ahead, self._taken_up = 0, 0.0, False

    def entries(self, stop: Event) -> Iterator[Entries]:
        """Yield entries until ``stop``; those of a resumed yield are acknowledged. Redis errors are raised."""
        self._client = open_redis(self._url, TIMEOUT_SECONDS, TIMEOUT_SECONDS)
        try:
            self._create_group()
            yield from self._own_pending(stop)
            claimed = self._read() - CLAIM_SECONDS
            while not stop.is_set():
                found: Entries = []
                if self._read() - claimed >= CLAIM_SECONDS:
                    self._ahead = _seconds(self._client.time()) - time.time()
                    found = self._claimed()
                    claimed = self._read() if len(found) < self._asked else claimed
                self._taken_up = bool(found)
                yield from self._portions(found or self._new())
        finally:
            self._client.close()

    def _create_group(self) -> None:
        """At 0, so that nothing sent before, or while Redis was away, is passed over."""
        try:
            self._client.xgroup_create(self.stream, self._group, id="0", mkstream=True)
        except redis.ResponseError as problem:
            if not str(problem).startswith("BUSYGROUP"):
                raise

    def _own_pending(self, stop: Event) -> Iterator[Entries]:
        after, self._taken_up = b"0", True
        while not stop.is_set():
            found = self._group_read(after, None)
            if not found:
                return
            yield from self._portions(found)
            after = found[-1][0]

    def _portions(self, entries: Entries) -> Iterator[Entries]:
        """Entries in portions of at most ``BYTES`` and one entry, each acknowledged when the generator is resumed."""
        first = weight = 0
        for end, entry in enumerate(entries, 1):
            weight += _weight(entry)
            if weight >= BYTES or end == len(entries):
                self._asked = max(1, min(self._count, BYTES * (end - first) // max(1, weight)))
                self.waited = 0 if self._taken_up else self._age(entry)
                yield entries[first:end]
                self._acknowledge(entries[first:end])
                first, weight = end, 0

    def _age(self, entry: tuple[bytes, object]) -> int:
        """Milliseconds since an entry was added."""
        added = int(entry[0].partition(b"-")[0])
        waited = int((time.time() + self._ahead) * 1000) - added
        return waited if 0 < waited < LONGEST_MS else 0

    def _new(self) -> Entries:
        try:
            return self._group_read(b">", self._block)
        except redis.ResponseError as problem:
            if not str(problem).startswith("NOGROUP"):
                raise
            self._create_group()
            return []

    def _group_read(self, after: bytes, block: int | None) -> Entries:
        answer: Any = self._client.xreadgroup(
            self._group, self._consumer, {self.stream: after}, count=self._asked, block=block
        )
        if not answer:
            return []
        streams = list(answer.values()) if isinstance(answer, dict) else [answer[0][1]]
        return _flat(streams[0])

    def _claimed(self) -> Entries:
        """What other consumers took and did not acknowledge for a long time."""
        try:
            answer: Any = self._client.xautoclaim(
                self.stream, self._group, self._consumer, min_idle_time=self._idle, count=self._asked
            )
        except redis.ResponseError as problem:
            if not str(problem).startswith("NOGROUP"):
                raise
            self._create_group()
            return []
        return _flat(answer[1])

    def _acknowledge(self, entries: Entries) -> None:
        self._client.xack(self.stream, self._group, *(number for number, _fields in entries))


def _seconds(answer: Any) -> float:
    """What TIME answered; a cluster answers for each of its nodes."""
    seconds, micros = next(iter(answer.values())) if isinstance(answer, dict) else answer
    return float(seconds + micros / 1e6)


def _weight(entry: tuple[bytes, Mapping[bytes, bytes] | None]) -> int:
    return sum(map(len, (entry[1] or {}).values()))


def _flat(entries: Any) -> Entries:
    """Entries as pairs, whether or not the client wraps them once more."""
    if entries and isinstance(entries[0], list) and entries[0] and isinstance(entries[0][0], tuple):
        entries = [entry for group in entries for entry in group]
    return [(number, fields) for number, fields in entries]


class RedisCases:
    """Case events: field ``event`` of each entry holds one CloudEvent as JSON, or an array of them."""

    def __init__(self, reader: StreamReader, now: Callable[[], int], name: str = "redis-cases") -> None:
        self.name, self._reader, self._now = name, reader, now

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield batches until ``stop``."""
        for entries in self._reader.entries(stop):
            yield self._batch(entries)

    def _batch(self, entries: Entries) -> Batch:
        batch = Batch(self.name, self._now(), waited=self._reader.waited)
        for _number, fields in entries:
            payload = (fields or {}).get(b"event")
            if payload is None:
                batch.garbage.append((_shown(fields), "no_event_field"))
                continue
            try:
                batch.events.extend(cut(payload))
            except BadEvent as problem:
                batch.garbage.append((payload, problem.reason))
        return batch


class RedisPositions:
    """Fixes: each entry has the field ``fix`` (one), ``fixes`` (an array) or ``packed`` (``PACKED`` records).

    ``crs`` is the system of fixes that name none; ``version`` tells the base data that packed slots must be of.
    """

    lane = "positions"

    def __init__(
        self, reader: StreamReader, now: Callable[[], int], name: str = "redis-positions", crs: str = "wgs84",
        version: Callable[[], int | None] = lambda: None,
    ) -> None:
        self.name, self._reader, self._now, self._crs, self._version = name, reader, now, crs, version

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield batches until ``stop``; fixes of different systems, or by id and by slot, come as separate batches."""
        for entries in self._reader.entries(stop):
            yield from self._batches(entries)

    def _batches(self, entries: Entries) -> Iterator[Batch]:
        single, arrays, packed, garbage = _sorted_out(entries)
        parts: list[tuple[Fixes | None, list[tuple[bytes, str]]]] = []
        parts += [decode_each(single, self._crs).pair()] if single else []
        parts += [self._decoded(array) for array in arrays]
        parts += [self._unpacked(body) for body in _joined_records(packed)]
        found = [fixes for fixes, _unread in parts if fixes is not None and len(fixes)]
        garbage += [item for _fixes, unread in parts for item in unread]
        columns: list[Fixes | None] = [*joined_by_kind(found)]
        columns = columns or ([None] if garbage else [])
        for number, fixes in enumerate(columns):
            unread = garbage if number == 0 else []
            yield Batch(self.name, self._now(), fixes=fixes, garbage=unread, waited=self._reader.waited)

    def _decoded(self, body: bytes) -> tuple[Fixes | None, list[tuple[bytes, str]]]:
        try:
            return decode_fixes(body, crs=self._crs)
        except ValueError:
            return None, [(body, "malformed")]

    def _unpacked(self, body: bytes) -> tuple[Fixes | None, list[tuple[bytes, str]]]:
        try:
            return decode_packed(body, self._crs, self._version()).pair()
        except ValueError:
            return None, [(body[:1000], "malformed")]


def _joined_records(packed: Sequence[bytes]) -> list[bytes]:
    """Records without a header in one piece, all others as they came."""
    whole = [body for body in packed if _bare(body)]
    return [*([b"".join(whole)] if whole else []), *(body for body in packed if not _bare(body))]


def _bare(body: bytes) -> bool:
    return not body.startswith(b"YPF") and len(body) % PACKED.itemsize == 0


def _sorted_out(entries: Entries) -> tuple[list[bytes], list[bytes], list[bytes], list[tuple[bytes, str]]]:
    single: list[bytes] = []
    arrays: list[bytes] = []
    packed: list[bytes] = []
    garbage: list[tuple[bytes, str]] = []
    for _number, fields in entries:
        fields = fields or {}
        if b"fix" in fields:
            single.append(fields[b"fix"])
        elif b"fixes" in fields:
            arrays.append(fields[b"fixes"])
        elif b"packed" in fields:
            packed.append(fields[b"packed"])
        else:
            garbage.append((_shown(fields), "no_fix_field"))
    return single, arrays, packed, garbage


def joined_by_kind(found: Sequence[Fixes]) -> list[Fixes]:
    """Columns joined where they are of one coordinate system and kind of worker."""
    groups: dict[tuple[str, bool], list[Fixes]] = {}
    for fixes in found:
        groups.setdefault((fixes.crs, fixes.slots), []).append(fixes)
    return [joined(group) for group in groups.values()]


def joined(parts: Sequence[Fixes]) -> Fixes:
    """Columns of several parts one after another; all of one coordinate system and kind of worker."""
    if len(parts) == 1:
        return parts[0]
    worker, time_, lon, lat = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("worker", "time", "lon", "lat")
    )
    return Fixes(worker, time_, lon, lat, parts[0].crs, parts[0].slots)


def _shown(fields: Mapping[bytes, bytes] | None) -> bytes:
    return b"trimmed before it was read" if not fields else repr(dict(fields)).encode()[:1000]
