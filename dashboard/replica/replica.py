"""The live state of a web process, kept up to date by threads that tail the feed."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, RLock, Thread

from sqlalchemy.exc import DBAPIError

from dashboard.base_data.loading import load_base_data
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.changes import BaseChanged, Changes, Entry, Positions, Tick
from dashboard.domain.frames import FrameError, decode
from dashboard.domain.periods import plus_days
from dashboard.feed import CHANGES, POSITIONS, START, Feed, FeedError
from dashboard.replica.loading import last_tick, load_day_ends, load_moments, load_state, load_watched
from dashboard.replica.state import State
from dashboard.store import Store, StoreError

Listener = Callable[[Entry], None]

_log = logging.getLogger(__name__)
_READ_TIMEOUT = 0.25
_PAUSE = 1.0
_MOMENT_STEP = 600_000


class Replica:
    """State of the store at some ``seq`` plus the tail of the feed; every web process has its own.

    Readers take ``with replica.reading() as state`` and see one moment; listeners are called after an entry was taken
    over, on the tailing thread and outside the lock. ``start`` and ``stop`` run the threads; ``take`` works
    without. ``speed`` is that of the clock of the data directory, for the board; ``base`` gives the base data in
    force (default: read from the store).
    """

    def __init__(
        self, store: Store, feed: Feed, settings: Settings, speed: float = 1.0,
        base: Callable[[], BaseData] | None = None,
    ) -> None:  # fmt: skip
        self._store, self._feed, self._settings = store, feed, settings
        self._base = base or partial(load_base_data, store.engine, settings)
        self._lock = RLock()
        self._stopping = Event()
        self._listeners: list[Listener] = []
        self._threads: list[Thread] = []
        self._after = {CHANGES: feed.latest(CHANGES), POSITIONS: START}
        self._state = load_state(store, self._base(), settings, last_tick(store))
        self._state.speed = speed

    @contextmanager
    def reading(self) -> Iterator[State]:
        """The state, held still."""
        with self._lock:
            yield self._state

    def listen(self, listener: Listener) -> None:
        """Call ``listener(entry)`` after each entry that was taken over."""
        self._listeners.append(listener)

    def watch(self, code: str) -> None:
        """Keep steps and inflow of a region from now on; read from the store the first time."""
        with self._lock:
            known = self._state.watched.pop(code, None)
            self._state.watch(known or load_watched(self._state, self._store, code))

    def start(self) -> None:
        """Tail both topics until ``stop``."""
        for topic in (CHANGES, POSITIONS):
            thread = Thread(target=self._tail, args=(topic,), name=f"replica-{topic}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End the threads; returns when they have ended."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def catch_up(self) -> None:
        """Take over everything the feed holds now; not beside running threads. ``FeedError`` passes through."""
        for topic in (CHANGES, POSITIONS):
            while self._take_next(topic, 0.0):
                pass

    def _take_next(self, topic: str, timeout: float) -> bool:
        entries = self._feed.read(self._after[topic], timeout, topic)
        for cursor, entry in entries:
            self.take(entry)
            self._after[topic] = cursor
        return bool(entries)

    def take(self, entry: Entry) -> None:
        """Take over one entry of the feed, filling a hole from the store first. Database errors pass through.

        What is older than the state is left out: a network that repeats may bring an entry after its successors.
        """
        if self._starts_over(entry):
            self._reload(entry.time if isinstance(entry, Tick) else self._state.time)
        with self._lock:
            taken = self._apply(entry)
        if taken:
            for listener in self._listeners:
                listener(entry)

    def _apply(self, entry: Entry) -> bool:
        match entry:
            case Changes():
                return self._change(entry)
            case Tick():
                if entry.time < self._state.time:
                    return False
                self._tick(entry)
            case Positions():
                return self._move(entry)
            case BaseChanged():
                pass
        return True

    def _change(self, changes: Changes) -> bool:
        """Take changes over unless they are known: of what the store gave already they hold older values."""
        known = self._state.seq
        self._fill(changes.first - 1)
        if changes.first > changes.last or changes.last > self._state.seq:
            self._state.apply(changes)
            return True
        return self._state.seq > known

    def _starts_over(self, entry: Entry) -> bool:
        """Whether the state is of no use any more: other base data, or a time whose periods were never read."""
        if isinstance(entry, Tick):
            today, late = self._state.today, entry.time < self._state.time
            return not late and self._state.days.day(entry.time) not in (today, plus_days(today, 1))
        return isinstance(entry, BaseChanged)

    def _move(self, positions: Positions) -> bool:
        """Take a frame over; one that does not build on the known slab waits for the next keyframe."""
        try:
            self._state.workers.apply(decode(positions.frame))
        except FrameError as problem:
            _log.info("frame %d is left out: %s", positions.slab, problem)
            return False
        return True

    def _tail(self, topic: str) -> None:
        while not self._stopping.is_set():
            try:
                self._take_next(topic, _READ_TIMEOUT)
            except (FeedError, DBAPIError, StoreError) as problem:
                _log.warning("%s cannot be followed, trying again: %s", topic, problem)
                self._stopping.wait(_PAUSE)

    def _fill(self, seq: int) -> None:
        """Read from the store what the feed did not bring, up to ``seq``."""
        while self._state.seq < seq:
            changes = self._store.changes_since(self._state.seq)
            if changes.last <= self._state.seq:
                return
            self._state.apply(changes)

    def _tick(self, tick: Tick) -> None:
        self._fill(tick.seq)
        state = self._state
        due = state.days.day(tick.time) != state.today or tick.time >= state.ranked().next
        state.apply(tick)
        self._refresh(tick, due)

    def _refresh(self, tick: Tick, due: bool) -> None:
        """Read what ingest wrote by the clock: moments, and midnights until they are there."""
        state = self._state
        last = state.moments.last
        if last is None or tick.time - last >= _MOMENT_STEP:
            load_moments(state, self._store)
        if due:
            load_day_ends(state, self._store)

    def _reload(self, time: int) -> None:
        """Read everything again while readers go on with the old state; only who tails the changes does this."""
        state = load_state(self._store, self._base(), self._settings, time)
        with self._lock:
            old, self._state = self._state, state
            state.sources, state.workers, state.speed = old.sources, old.workers, old.speed
            for code in old.watched:
                if code in state.base.tree.latest:
                    state.watch(load_watched(state, self._store, code))
