"""The ingest role: whoever holds the lease writes, spare processes stand by, one that lost it ends at once."""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from dashboard.ingest.batch import Batch, Receipt
from dashboard.ingest.opening import Place, Writer, open_clock, open_writer
from dashboard.ingest.run_source import Source, start_source
from dashboard.store import StoreError
from dashboard.store.lease import Lease

log = logging.getLogger(__name__)

ROLE = "ingest"
TAKEN_OVER = 75
"""Exit status of a process in whose place another one writes; whoever supervises it starts it anew, to stand by."""


@dataclass
class Duty:
    """What the process does: nothing while ``writer`` is None."""

    writer: Writer | None = None

    def take(self, batch: Batch) -> Receipt:
        """Store a batch; ``StoreError`` while another process writes, so that senders hear 503 and try again."""
        if self.writer is None:
            raise StoreError("this process stands by: another one takes events in")
        return self.writer.ingest.submit(batch)

    def now(self) -> int:
        """The clock of the data directory, epoch ms; 0 while another process tells it."""
        return self.writer.ingest.clock.now() if self.writer is not None else 0

    def work(self, place: Place, begin: Callable[[Writer], Sequence[Source]], stop: Event) -> None:
        """Wait for the lease, write until told to stop, give it back; ends the process where another one took it.

        ``begin`` is called once, by the one process that writes, and gives the sources it reads.
        """
        lease = Lease(place.store.engine, ROLE)
        if not lease.wait(stop):
            return
        writer = open_writer(place, open_clock(place, None))
        writer.beat.beat()
        threads = _start(writer, begin(writer), stop)
        self.writer = writer
        log.info("on duty")
        if not lease.keep(stop):
            log.error("another process writes in this one's place")
            os._exit(TAKEN_OVER)
        self.writer = None
        _end(writer, threads)
        lease.give_back()


def _start(writer: Writer, sources: Sequence[Source], stop: Event) -> list[Thread]:
    threads = [start_source(source, writer.ingest, stop) for source in sources]
    for run in (writer.beat.run, writer.housekeeping.run):
        threads.append(Thread(target=run, args=(stop,), daemon=True))
        threads[-1].start()
    return threads


def _end(writer: Writer, threads: Sequence[Thread]) -> None:
    """Sources first, then the writer, so that nothing that was taken is left."""
    for thread in threads:
        thread.join(timeout=10)
    writer.positions.save()
    writer.beat.remember()
    writer.ingest.close()
