"""Who acts on a report, when and from where; every act is written to the audit log where it happens."""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from dashboard.security.audit import AuditRow, append_audit
from dashboard.security.caller import Caller

OFFICE = Caller("command line", "system", frozenset({"read", "reports", "export"}), via="key", id="command")
"""Whoever has the data directory and calls ``app.py report``."""
SCHEDULE = Caller("schedule", "system", frozenset({"read", "reports"}), via="key", id="schedule")
"""The schedule as an actor: it makes drafts and nothing else."""


@dataclass(frozen=True)
class Actor:
    """``now`` is the clock of the data directory, ``real`` the machine's (both epoch ms UTC); ``address`` the network
    address of the request, empty for the schedule."""

    caller: Caller
    now: int
    real: int
    address: str = ""

    def note(self, connection: Connection, action: str, report: str, result: str = "ok", **detail: Any) -> None:
        """Write an act down, in the transaction that does it."""
        told = msgspec.json.encode(detail).decode() if detail else ""
        row = AuditRow(self.real, self.caller.name, action, report, told, self.caller.role, self.address, result)
        append_audit(connection, row)
