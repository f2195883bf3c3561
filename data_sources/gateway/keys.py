"""Who may send through the gateway: keys with the right to write, looked up once in half a minute."""

import asyncio
import time
from collections.abc import Callable

from dashboard.security.caller import Caller
from dashboard.security.credentials import key_in

KEPT_SECONDS = 30.0
"""A key that is revoked closes the gateway within this time."""
_MOST_KEPT = 10_000


class Keys:
    """``find`` asks the database and may block; it is called in a thread."""

    def __init__(self, find: Callable[[str], Caller | None], read: Callable[[], float] = time.monotonic) -> None:
        self._find, self._read = find, read
        self._known: dict[bytes, tuple[float, Caller | None]] = {}

    async def caller(self, header: bytes) -> Caller | None:
        """The caller of an ``Authorization`` header; None for a stranger. Database errors pass through."""
        until, caller = self._known.get(header, (0.0, None))
        if until > self._read():
            return caller
        key = key_in(header.decode("latin-1"))
        caller = await asyncio.to_thread(self._find, key) if key else None
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[header] = (self._read() + KEPT_SECONDS, caller)
        return caller
