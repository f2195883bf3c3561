"""What every source of live data is: a generator of batches whose resumption is the acknowledgement.

``ingest`` stores a batch before it asks the generator for the next one. If storing fails the generator is closed and
opened again later, so a source that resumes knows that everything it has yielded is durable, and one that is opened
anew delivers again from what it knows to be unacknowledged. Duplicates cost nothing: the event's own id removes them.
"""

from collections.abc import Iterator
from threading import Event
from typing import Protocol

from dashboard.ingest.batch import Batch


class Source(Protocol):
    """An outside system: bytes in, batches out. A new one is a file here and a line in ``live.SOURCES``."""

    name: str

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield batches until ``stop`` is set. An exception means: broken, open again after a pause."""
        ...
