"""What connected pages are and what walls tell of themselves, bounded in size and in how often."""

from threading import Lock
from typing import Annotated, Any

import msgspec

from dashboard.security.caller import Caller

EVERY = 10.0
"""Seconds between two reports of a page that are heeded; pages send one each half minute."""
Text = Annotated[str, msgspec.Meta(max_length=64)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 52)]


class Health(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wall page about itself: pictures a second, bytes of JavaScript heap, nodes of the document, seconds since it
    was loaded, faults of panels and scripts since then."""

    build: Text = ""
    frame_rate: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0
    heap: Count = 0
    nodes: Annotated[int, msgspec.Meta(ge=0, le=1 << 30)] = 0
    uptime: Count = 0
    faults: Annotated[int, msgspec.Meta(ge=0, le=1 << 30)] = 0


class Screen(msgspec.Struct, frozen=True):
    """A connected page. ``name`` is that of a wall display, empty for a person's page; instants are epoch ms."""

    id: str
    name: str
    role: str
    region: str
    since: int
    told: int | None = None
    health: Health | None = None


class ScreenBook:
    """The pages of one process by connection. Thread-safe. ``refused`` counts reports that were not heeded."""

    def __init__(self) -> None:
        self._screens: dict[str, Screen] = {}
        self._next: dict[str, float] = {}
        self._lock = Lock()
        self.refused = 0

    def watches(self, sid: str, caller: Caller, region: str, at: int) -> None:
        """A connection subscribed; ``at`` is real time."""
        name = caller.name if caller.via == "device" else ""
        with self._lock:
            before = self._screens.get(sid)
            since = before.since if before else at
            told = (before.told, before.health) if before else (None, None)
            self._screens[sid] = Screen(sid, name, caller.role, region, since, *told)

    def note(self, sid: str, payload: Any, at: int, clock: float) -> bool:
        """Take a report; False where it is no report, comes too soon, or from a connection that watches nothing.

        ``clock`` is monotonic, in seconds.
        """
        with self._lock:
            screen = self._screens.get(sid)
            if screen is None or clock < self._next.get(sid, clock):
                self.refused += 1
                return False
            self._next[sid] = clock + EVERY
        try:
            health = msgspec.convert(payload, Health)
        except msgspec.ValidationError:
            self.refused += 1
            return False
        with self._lock:
            if sid in self._screens:
                self._screens[sid] = msgspec.structs.replace(self._screens[sid], told=at, health=health)
        return True

    def forget(self, sid: str) -> None:
        """The connection ended."""
        with self._lock:
            self._screens.pop(sid, None)
            self._next.pop(sid, None)

    def all(self) -> list[Screen]:
        """Every page that is subscribed now."""
        with self._lock:
            return list(self._screens.values())
