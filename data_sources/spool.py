"""Case events that an import command left in the database for whoever ingests: a source like any other.

The command writes whole batches in one transaction and never touches cases itself, so there is one writer of cases
however many commands run. A batch leaves the spool when the source is resumed: stored by then. What a crash leaves
behind is delivered again, and the events' own ids remove what was stored already.
"""

from collections.abc import Callable, Iterator, Sequence
from threading import Event

from sqlalchemy import Engine, delete, func, insert, select

from dashboard.ingest.batch import Batch
from dashboard.store.base_schema import create_base_tables, import_spool
from dashboard.store.engine import writing

BATCH = 500
POLL_SECONDS = 1.0


def spool_events(engine: Engine, source: str, events: Sequence[bytes]) -> int:
    """Leave events (one JSON object each, without line ends) for ingest, all or none; the number of batches."""
    create_base_tables(engine)
    rows = [{"source": source, "events": b"\n".join(some)} for some in _cut(events)]
    if rows:
        with writing(engine) as connection:
            connection.execute(insert(import_spool), rows)
    return len(rows)


def _cut(events: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (events[start : start + BATCH] for start in range(0, len(events), BATCH))


def spooled(engine: Engine) -> int:
    """Number of batches that wait."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(import_spool)) or 0


class SpoolSource:
    """Delivers spooled batches in order and looks for new ones every second; ``now`` gives epoch ms."""

    name = "import"

    def __init__(self, engine: Engine, now: Callable[[], int], poll_seconds: float = POLL_SECONDS) -> None:
        self._engine, self._now, self._poll = engine, now, poll_seconds

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield batches until ``stop``; each is deleted once the generator is resumed."""
        create_base_tables(self._engine)
        while not stop.is_set():
            found = self._next()
            if found is None:
                stop.wait(self._poll)
                continue
            number, _source, events = found
            yield Batch(self.name, self._now(), events.split(b"\n"))
            self._delete(number)

    def drain(self) -> Iterator[Batch]:
        """Yield what waits now and end; each batch is deleted once the generator is resumed."""
        create_base_tables(self._engine)
        while (found := self._next()) is not None:
            yield Batch(self.name, self._now(), found[2].split(b"\n"))
            self._delete(found[0])

    def _next(self) -> tuple[int, str, bytes] | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(import_spool).order_by(import_spool.c.id).limit(1)).first()
        return None if row is None else (row.id, row.source, row.events)

    def _delete(self, number: int) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(import_spool).where(import_spool.c.id == number))
