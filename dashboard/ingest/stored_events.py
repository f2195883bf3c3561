"""Case events back out of the store."""

from dashboard.domain.events import CaseEvent, parse
from dashboard.ingest.places import convert
from dashboard.store import EventRow


def stored_event(row: EventRow) -> CaseEvent:
    """A case event as it was when it was accepted; TypeError where the row belongs to no case."""
    event = parse(row.raw.encode())
    if not isinstance(event, CaseEvent):
        raise TypeError(f"event {row.seq} belongs to no case")
    event.region = row.region
    convert([event])
    return event
