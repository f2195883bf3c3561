"""A process tells the database that it runs, and which pages watch it: what ``/status`` shows of all processes."""

import hashlib
import logging
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from threading import Event, Thread
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import DBAPIError

from dashboard.hub.screens import Health, Screen
from dashboard.security.clock import real_now
from dashboard.store.engine import writing
from dashboard.store.presence_schema import process, screen

log = logging.getLogger(__name__)

EVERY = 15.0
"""Seconds between two entries."""
GONE = 60_000
"""Milliseconds after which a process that wrote nothing is shown as gone."""
FORGOTTEN = 24 * 3_600_000


class Process(msgspec.Struct, frozen=True):
    """A process of the installation; instants are real time, epoch ms."""

    id: str
    role: str
    place: str
    build: str
    began: int
    seen: int

    def gone(self, now: int) -> bool:
        """Whether nothing was heard of it for a minute."""
        return now - self.seen > GONE


class Presence:
    """One process about itself; ``screens`` gives the pages that watch it.

    Its row is that of its role on this host and port: a process that was killed is no longer told of once another one
    was started in its place, and one that nobody replaced stays as gone for a day.
    """

    def __init__(
        self, engine: Engine, role: str, port: int, build: str = "", screens: Callable[[], Sequence[Screen]] = tuple,
        now: Callable[[], int] = real_now,
    ) -> None:
        self._engine, self._screens, self._now = engine, screens, now
        host = socket.gethostname()
        instance = hashlib.sha256(f"{role} {host} {port}".encode()).hexdigest()
        self._own = {
            "id": f"process-{instance[:16]}", "role": role, "place": f"{host}:{os.getpid()}"[:200],
            "build": build, "began": now(),
        }  # fmt: skip

    def start(self, stop: Event) -> None:
        """Tell it now and every 15 s until stopped, in a thread of its own."""
        Thread(target=self.run, args=(stop,), name="presence", daemon=True).start()

    def run(self, stop: Event, seconds: float = EVERY) -> None:
        """Tell it until stopped; while the database is away others see this process as gone."""
        while not stop.is_set():
            self._tried(self.tell)
            stop.wait(seconds)
        self._tried(self.leave)

    def tell(self) -> None:
        """Write the row of the process and those of its pages; forget what ended long ago."""
        now = self._now()
        rows = [self._row(page) for page in self._screens()]
        with self._write() as connection:
            self._clear(connection)
            connection.execute(insert(process), self._own | {"seen": now})
            if rows:
                connection.execute(insert(screen), rows)
            connection.execute(delete(process).where(process.c.seen < now - FORGOTTEN))
            connection.execute(delete(screen).where(screen.c.process.not_in(select(process.c.id))))

    def leave(self) -> None:
        """The process ends in order; the row of one that was started in its place already is left alone."""
        with self._write() as connection:
            own = select(process.c.place).where(process.c.id == self._own["id"])
            if connection.scalar(own) == self._own["place"]:
                self._clear(connection)

    def _clear(self, connection: Connection) -> None:
        connection.execute(delete(screen).where(screen.c.process == self._own["id"]))
        connection.execute(delete(process).where(process.c.id == self._own["id"]))

    def _row(self, page: Screen) -> dict[str, Any]:
        told = msgspec.structs.asdict(page.health) if page.health else dict.fromkeys(Health.__struct_fields__)
        own = {"id": page.id[:64], "name": page.name, "role": page.role, "region": page.region, "since": page.since}
        return told | own | {"process": self._own["id"], "told": page.told, "build": told["build"] or ""}

    def _write(self) -> AbstractContextManager[Connection]:
        return writing(self._engine) if self._engine.dialect.name == "sqlite" else self._engine.begin()

    def _tried(self, act: Callable[[], None]) -> None:
        try:
            act()
        except DBAPIError as problem:
            log.warning("presence not told: %s", problem.orig)


def processes(engine: Engine) -> list[Process]:
    """Everybody who told of himself within a day, by role and place."""
    with engine.connect() as connection:
        rows = connection.execute(select(process).order_by(process.c.role, process.c.place))
        return [Process(*row) for row in rows]


def screens(engine: Engine, now: int) -> list[Screen]:
    """Every page that watches a process which still runs, walls first."""
    running = select(process.c.id).where(process.c.seen >= now - GONE)
    shown = select(screen).where(screen.c.process.in_(running))
    with engine.connect() as connection:
        rows = connection.execute(shown.order_by(screen.c.name == "", screen.c.name, screen.c.since))
        return [_screen(dict(row)) for row in rows.mappings()]


def _screen(row: dict[str, Any]) -> Screen:
    health = None if row["told"] is None else Health(**{name: row[name] for name in Health.__struct_fields__})
    return Screen(row["id"], row["name"], row["role"], row["region"], row["since"], row["told"], health)
