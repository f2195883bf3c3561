"""What a process that reads consists of, whichever pages it has, with a life of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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
    """What goes on beside all that until stopped, by name."""
    threads: list[Thread] = field(default_factory=list)

    def start(self, stop: Event) -> None:
        """Begin to follow the store."""
        start_giving_back(stop)
        self.replica.start()
        self.hub.start()
        for part in (self.presence, self.installation):
            if part is not None:
                part.start(stop)
        following = {} if self.extract is None else {"extract": self.extract.run}
        for name, work in (following | dict(self.works)).items():
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


OWN = ("127.0.0.1", "localhost", "[::1]")
"""Names of the machine itself, from whose pages sockets are opened where the settings name no origins."""


def allowed_origins(settings: Settings, port: int) -> Sequence[str]:
    """Pages that may open sockets: those the settings name, else the names of the machine itself."""
    return settings.origins or [f"http://{host}:{port}" for host in OWN]
