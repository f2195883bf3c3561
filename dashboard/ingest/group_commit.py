"""Many deliverers, one writer: what waits while a transaction commits goes into the next one together.

So the price of a commit is shared by all who wait for it, and each gets the answer to its own items only after it.
"""

from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Event, Lock, Thread

from dashboard.ingest.items import Item, Outcome
from dashboard.store import StoreError

GROUP = 5_000
"""Items in one transaction, about."""

Commit = Callable[[Sequence[Item]], tuple[list[Outcome], int]]
"""Stores items; their outcomes in the same order, and the number of the last event stored so far."""


class Delivery:
    """Items that somebody waits for."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self._done = Event()
        self._outcomes: Sequence[Outcome] = ()
        self._error: Exception | None = None
        self.seq = 0

    def wait(self) -> Sequence[Outcome]:
        """Outcomes of the items once they are durable; raises what kept them from being stored."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._outcomes

    def settle(self, outcomes: Sequence[Outcome], seq: int) -> None:
        """Say what became of the items."""
        self._outcomes, self.seq = outcomes, seq
        self._done.set()

    def fail(self, error: Exception) -> None:
        """Say why nothing became of them."""
        self._error = error
        self._done.set()


class GroupCommit:
    """A thread that commits deliveries in the order they came. ``close`` it to stop the thread."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._closed = False
        self._gate = Lock()
        self._queue: SimpleQueue[Delivery | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="ingest-writer", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the writer runs."""
        return self._thread.is_alive()

    def put(self, items: Sequence[Item]) -> Delivery:
        """Queue items; ``StoreError`` after ``close``."""
        delivery = Delivery(items)
        with self._gate:
            if self._closed:
                raise StoreError("ingest is closed")
            self._queue.put(delivery)
        return delivery

    def close(self) -> None:
        """Commit what waits, then stop."""
        with self._gate:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        ended = False
        while not ended and (first := self._queue.get()) is not None:
            group, size = [first], len(first.items)
            while size < GROUP and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    ended = True
                    break
                group.append(following)
                size += len(following.items)
            self._write(group)

    def _write(self, group: Sequence[Delivery]) -> None:
        try:
            outcomes, seq = self._commit([item for delivery in group for item in delivery.items])
        except Exception as problem:  # it is raised again where the delivery is waited for
            for delivery in group:
                delivery.fail(problem)
            return
        start = 0
        for delivery in group:
            delivery.settle(outcomes[start : start + len(delivery.items)], seq)
            start += len(delivery.items)
