"""Many small deliveries become one entry of the stream; each is answered once Redis has taken the entry."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from redis.asyncio import Redis

from dashboard.domain.fix_formats import Unread, decode_each
from dashboard.domain.fixes import Fixes
from data_sources.gateway.entries import Entry, entries
from data_sources.gateway.trimming import trim

log = logging.getLogger(__name__)
TRIM_SECONDS = 10.0


class Busy(Exception):  # noqa: N818 - a state, not a fault
    """More waits than may; the sender keeps what it has and tries again."""


class Away(Exception):  # noqa: N818
    """Redis is away or full: nothing of it was promised."""


def _future() -> "asyncio.Future[tuple[Unread, ...]]":
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True)
class Parcel:
    """One delivery: a body of JSON that was not looked into yet, or what was read of it."""

    body: bytes = b""
    fixes: Fixes | None = None
    packed: bytes = b""
    unread: tuple[Unread, ...] = ()
    count: int = 1
    done: "asyncio.Future[tuple[Unread, ...]]" = field(default_factory=_future)


class Packer:
    """Collects for ``seconds`` or until ``at_once`` fixes are there; at most ``most`` wait. Run it as a task."""

    def __init__(
        self, redis: Redis, stream: str, crs: str = "wgs84", seconds: float = 0.25, at_once: int = 1_000,
        most: int = 20_000, read: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._redis, self._stream, self._crs = redis, stream, crs
        self._seconds, self._at_once, self._most, self._read = seconds, at_once, most, read
        self._parcels: list[Parcel] = []
        self._waiting = 0
        self._some, self._enough = asyncio.Event(), asyncio.Event()
        self._trimmed = read()
        self.batches = self.fixes = self.failures = 0

    @property
    def waiting(self) -> int:
        """Fixes that were not yet written."""
        return self._waiting

    async def put(self, parcel: Parcel) -> tuple[Unread, ...]:
        """What of it is no fix, once all else is durable. ``Busy`` or ``Away``: nothing of it was taken."""
        if self._waiting + parcel.count > self._most:
            raise Busy
        self._parcels.append(parcel)
        self._waiting += parcel.count
        self._some.set()
        if self._waiting >= self._at_once:
            self._enough.set()
        return await parcel.done

    async def run(self) -> None:
        """Write batch after batch until cancelled."""
        while True:
            await self._some.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), self._seconds)
            await self._flush()

    async def _flush(self) -> None:
        parcels, self._parcels = self._parcels, []
        self._some.clear()
        self._enough.clear()
        try:
            found, unread = self._read_all(parcels)
            await self._write(found)
        except Exception as problem:  # whoever waits must hear of it, and the next batch has its own chance
            log.warning("a batch of %d deliveries was not written: %s", len(parcels), problem)
            self.failures += 1
            for parcel in parcels:
                _settle(parcel, Away(str(problem)))
        else:
            self.batches += 1
            for parcel, missed in zip(parcels, unread, strict=True):
                _settle(parcel, missed)
        finally:
            self._waiting -= sum(parcel.count for parcel in parcels)

    def _read_all(self, parcels: list[Parcel]) -> tuple[list[Entry], list[tuple[Unread, ...]]]:
        texts = [place for place, parcel in enumerate(parcels) if parcel.body]
        read = decode_each([parcels[place].body for place in texts], self._crs)
        unread = [parcel.unread for parcel in parcels]
        for item in read.unread:
            unread[texts[item.index]] += (item,)
        columns = [read.fixes, *(parcel.fixes for parcel in parcels if parcel.fixes is not None)]
        self.fixes += sum(map(len, columns))
        raws = [item.raw for items in unread for item in items]
        return entries(columns, [parcel.packed for parcel in parcels if parcel.packed], raws), unread

    async def _write(self, found: list[Entry]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for entry in found:
            pipe.xadd(self._stream, entry)  # type: ignore[arg-type]
        await pipe.execute()
        if self._read() - self._trimmed > TRIM_SECONDS:
            self._trimmed = self._read()
            await trim(self._redis, self._stream)


def _settle(parcel: Parcel, result: tuple[Unread, ...] | Exception) -> None:
    """Whoever has gone away meanwhile has cancelled his future."""
    if parcel.done.done():
        return
    if isinstance(result, Exception):
        parcel.done.set_exception(result)
    else:
        parcel.done.set_result(result)
