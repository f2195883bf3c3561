"""The state of a whole installation as one process sees it through the database: what ``/status`` shows."""

import shutil
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import Engine, select, text

from dashboard.api.services import Vitals
from dashboard.domain.changes import SourceState
from dashboard.hub.screens import Screen
from dashboard.operations.presence import EVERY, Process, processes, screens
from dashboard.store.lease import database_now, lease

WINDOW = 300.0
"""Seconds over which the rate of a source is taken, at most."""


class Rates:
    """Items a second of each source, from counts noted now and then. Not thread-safe; one thread notes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._noted: deque[tuple[float, dict[tuple[str, str], int]]] = deque()

    def note(self, sources: Sequence[SourceState]) -> None:
        """Remember the counts of this moment; those older than five minutes go."""
        now = self._clock()
        self._noted.append((now, {(one.name, one.lane): _taken(one) for one in sources}))
        while len(self._noted) > 2 and self._noted[0][0] < now - WINDOW:
            self._noted.popleft()

    def of(self, source: SourceState) -> float | None:
        """Items a second; None before two counts, or where the source began anew in between."""
        if not self._noted:
            return None
        at, counts = self._noted[0]
        seconds, before = self._clock() - at, counts.get((source.name, source.lane))
        if before is None or seconds < 1 or _taken(source) < before:
            return None
        return (_taken(source) - before) / seconds


def _taken(source: SourceState) -> int:
    return source.accepted + source.duplicate + sum(source.rejected.values())


@dataclass(frozen=True)
class Stored:
    """Something that takes space: bytes, and how many of what (events, days, reports)."""

    key: str
    bytes: int
    count: int


@dataclass(frozen=True)
class Holder:
    """Who acts in a role where one may; ``until`` and ``now`` are the database's time, epoch ms."""

    role: str
    place: str
    until: int
    now: int


@dataclass
class Installation:
    """What is asked for a look at everything."""

    engine: Engine
    directory: Path
    vitals: Callable[[], Vitals] = Vitals
    rates: Rates = field(default_factory=Rates)

    def start(self, stop: Event) -> None:
        """Note the counts of sources until stopped, in a thread of its own."""

        def run() -> None:
            while not stop.is_set():
                self.rates.note(self.vitals().sources)
                stop.wait(EVERY)

        Thread(target=run, name="rates", daemon=True).start()

    def processes(self) -> list[Process]:
        """Everybody who runs, and who is gone without having been replaced."""
        return processes(self.engine)

    def screens(self, now: int) -> list[Screen]:
        """Every page that watches a process which runs at ``now``, real time in epoch ms."""
        return screens(self.engine, now)

    def holders(self) -> list[Holder]:
        """Leases of roles, with the host and process that holds each; a report in the making has one of its own."""
        with self.engine.connect() as connection:
            now = database_now(connection)
            roles = select(lease).where(~lease.c.name.contains(" ")).order_by(lease.c.name)
            rows = connection.execute(roles).mappings()
            return [Holder(row["name"], row["holder"].rpartition(":")[0], row["until"], now) for row in rows]

    def storage(self) -> list[Stored]:
        """Database, positions and reports, in bytes."""
        tracks, reports = self.directory / "tracks", self.directory / "reports"
        with self.engine.connect() as connection:
            events = int(connection.scalar(text("SELECT max(seq) FROM event")) or 0)
            slabs = int(connection.scalar(text("SELECT count(*) FROM slab")) or 0)
            issued = int(connection.scalar(text("SELECT count(*) FROM report WHERE issued > 0")) or 0)
        return [
            Stored("database", self._database_bytes(), events),
            Stored("slabs", 0, slabs),
            Stored("tracks", folder_bytes(tracks), sum(path.is_dir() for path in _inside(tracks))),
            Stored("reports", folder_bytes(reports), issued),
        ]

    def free(self) -> tuple[int, int]:
        """Bytes free and in all where the data directory lies."""
        usage = shutil.disk_usage(self.directory)
        return usage.free, usage.total

    def _database_bytes(self) -> int:
        if self.engine.dialect.name == "postgresql":
            with self.engine.connect() as connection:
                return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        path = Path(self.engine.url.database or "")
        return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*") if one.is_file())


def folder_bytes(folder: Path) -> int:
    """Sizes of all files in a folder; what vanishes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []
