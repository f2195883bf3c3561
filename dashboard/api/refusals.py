"""Refusals in the audit log, without giving a scanner a way to fill it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from dashboard.security.audit import AuditRow
from dashboard.security.caller import Caller

MINUTE = 60_000
MOST = 60
"""Rows a minute in all; the first ones say what is going on."""


@dataclass
class Refusals:
    """``write`` stores a row, ``now`` is real time in epoch ms UTC."""

    write: Callable[[AuditRow], object]
    now: Callable[[], int]
    _minute: int = field(default=0, init=False)
    _told: set[tuple[str, str]] = field(default_factory=set, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def tell(self, caller: Caller, path: str, address: str = "", detail: str = "") -> None:
        """Write one refusal down; a caller's repeated ones at the same first part of a path once a minute."""
        now = self.now()
        if self._first(now // MINUTE, (caller.name, path[1:].partition("/")[0])):
            row = AuditRow(now, caller.name, "access.refused", path, detail, caller.role, address, "refused")
            self.write(row)

    def _first(self, minute: int, what: tuple[str, str]) -> bool:
        with self._lock:
            if minute != self._minute:
                self._minute, self._told = minute, set()
            if what in self._told or len(self._told) >= MOST:
                return False
            self._told.add(what)
            return True
