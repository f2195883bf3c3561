"""What is known of every source: counts since start, freshness, trouble. Both lanes write, the ticker reads."""

from collections import Counter
from collections.abc import Iterable, Mapping
from threading import Lock

import msgspec

from dashboard.domain.changes import SourceState
from dashboard.store import Store

KEPT = "sources"
"""Key in ``state`` under which the freshness of the sources is kept."""


class SourceBook:
    """Thread-safe. Instants are epoch ms of the data directory's clock."""

    def __init__(self, known: Iterable[SourceState] = ()) -> None:
        self._states = {state.name: state for state in known}
        self._lock = Lock()

    def states(self) -> list[SourceState]:
        """All sources by name."""
        with self._lock:
            return [self._states[name] for name in sorted(self._states)]

    def arrived(
        self, name: str, lane: str, at: int, *, event_time: int | None = None, accepted: int = 0, duplicate: int = 0,
        rejected: Mapping[str, int] | None = None, waited: int = 0,
    ) -> None:
        """Add what a delivery came to; ``event_time`` is its newest event. It also means that the source works."""
        with self._lock:
            before = self._states.get(name) or SourceState(name, lane)
            times = [time for time in (before.event_time, event_time) if time is not None]
            self._states[name] = SourceState(
                name, lane, max(times, default=None), at, before.accepted + accepted, before.duplicate + duplicate,
                dict(Counter(before.rejected) + Counter(rejected or {})), waited=waited,
            )  # fmt: skip

    def failed(self, name: str, lane: str, error: str, retry_at: int) -> None:
        """The source broke and will be opened again at ``retry_at``."""
        with self._lock:
            before = self._states.get(name) or SourceState(name, lane)
            self._states[name] = msgspec.structs.replace(before, error=error, retry_at=retry_at, tries=before.tries + 1)

    def works(self, name: str) -> None:
        """The source is open again, whether or not it has something to deliver; nothing was heard from it by that."""
        with self._lock:
            before = self._states[name]
            if before.error:
                self._states[name] = msgspec.structs.replace(before, error="", retry_at=None, tries=0)

    def expect(self, name: str, lane: str) -> None:
        """A source that has not delivered yet."""
        with self._lock:
            known = self._states.get(name)
            if known is None or known.arrived is None:
                self._states[name] = SourceState(name, lane)


def known_sources(store: Store) -> SourceBook:
    """The sources of a data directory with their newest times, so that a restart does not make them unheard of.

    Counts and troubles begin anew.
    """
    kept = store.get_state(KEPT)
    states = [] if kept is None else msgspec.json.decode(kept, type=list[SourceState])
    return SourceBook(SourceState(state.name, state.lane, state.event_time, state.arrived) for state in states)


def remember_sources(store: Store, book: SourceBook) -> None:
    """Keep the sources as they stand for the next start."""
    store.set_state(KEPT, msgspec.json.encode(book.states()).decode())
