"""Past cut-offs of figures: a number of an event, and an instant."""

from datetime import datetime

from sqlalchemy import select

from dashboard.queries.answers import AsOf
from dashboard.queries.errors import Refused
from dashboard.store import schema
from dashboard.store.store import Store


def past_cut_off(store: Store, text: str) -> AsOf:
    """Read ``SEQ`` or ``SEQ@INSTANT``; without an instant it is the arrival of that event.

    ``Refused`` where there is no such event or the instant has no offset from UTC.
    """
    number, _, instant = text.partition("@")
    if not number.isdigit():
        raise Refused(f"{text!r} is not SEQ or SEQ@INSTANT", "as_of")
    seq = int(number)
    with store.read() as connection:
        received = connection.scalar(select(schema.event.c.received).where(schema.event.c.seq == seq))
    if received is None:
        raise Refused(f"there is no event number {seq}", "as_of")
    return AsOf(seq, _instant(instant) if instant else int(received))


def _instant(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise Refused(f"{text!r} is not an ISO 8601 instant", "as_of") from problem
    if at.tzinfo is None:
        raise Refused(f"{text!r} needs an offset from UTC, such as +08:00", "as_of")
    return int(at.timestamp() * 1000)
