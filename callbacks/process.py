"""What a process that reads consists of, whichever pages it has, with a life of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from flask import Flask

from dashboard.config import Settings
from dashboard.hub.server import Hub
from dashboard.memory import start_giving_back
from dashboard.operations.installation import Installation
from dashboard.operations.presence import Presence
from dashboard.replica.replica import Replica

if TYPE_CHECKING:
    from dashboard.extract import Extract


PATIENCE = 10.0
"""Seconds for a thread to end."""
SCREENS_FIRST = 15.0
"""Seconds after a start for which nothing is read or counted ahead: over ten million cases that takes a whole core for
minutes, and screens that come back then waited for 15 s."""


@dataclass(frozen=True)
class Web:
    """What reads, with a life of its own."""

    server: Flask
    hub: Hub
    replica: Replica
    extract: "Extract | None" = None
    presence: Presence | None = None
    installation: Installation | None = None
    works: Mapping[str, Callable[[Event], None]] = field(default_factory=dict)
    """What goes on beside all that until stopped, by name, and may wait for the screens."""
    threads: list[Thread] = field(default_factory=list)

    def start(self, stop: Event) -> None:
        """Begin to follow the store."""
        start_giving_back(stop)
        self.replica.start()
        self.hub.start()
        for part in (self.presence, self.installation):
            if part is not None:
                part.start(stop)
        following = {} if self.extract is None else {"extract": partial(self.extract.run, ahead_after=SCREENS_FIRST)}
        for name, work in (following | {name: _later(work) for name, work in self.works.items()}).items():
            self.threads.append(Thread(target=work, args=(stop,), name=name, daemon=True))
            self.threads[-1].start()

    def close(self) -> None:
        """End what ``start`` began; ``stop`` is set. A file that is closed under whoever writes it ends the process."""
        self.hub.stop()
        self.replica.stop()
        for thread in self.threads:
            thread.join(PATIENCE)
        if self.extract is not None:
            self.extract.close()


def _later(work: Callable[[Event], None]) -> Callable[[Event], None]:
    def wait(stop: Event) -> None:
        if not stop.wait(SCREENS_FIRST):
            work(stop)

    return wait


OWN = ("127.0.0.1", "localhost", "[::1]")
"""Names of the machine itself, from whose pages sockets are opened where the settings name no origins."""


def allowed_origins(settings: Settings, port: int) -> Sequence[str]:
    """Pages that may open sockets: those the settings name, else the names of the machine itself."""
    return settings.origins or [f"http://{host}:{port}" for host in OWN]
