"""What stored figures follow from, so that what was read once can be kept until something else is stored."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from dashboard.store import schema


class Stands(NamedTuple):
    """Number and identity of the last event, and a digest of the rules that it was counted by."""

    seq: int = 0
    mark: bytes | None = None
    counted_by: str | None = None


_event, _state = schema.event.c, schema.state.c
_STANDS = select(
    select(func.max(_event.seq)).scalar_subquery(),
    select(_event.uid).order_by(_event.seq.desc()).limit(1).scalar_subquery(),
    select(_state.value).where(_state.key == schema.COUNTED_BY_DIGEST).scalar_subquery(),
)


def stands(connection: Connection) -> Stands:
    """As the connection's transaction sees it."""
    seq, mark, counted_by = connection.execute(_STANDS).one()
    return Stands(seq or 0, mark, counted_by)


def continues(connection: Connection, before: Stands, now: Stands) -> bool:
    """Whether all that was stored at ``before`` still is, counted alike; not so where a backup was restored between."""
    if before.counted_by != now.counted_by:
        return False
    return before.seq == 0 or before.mark == connection.scalar(select(_event.uid).where(_event.seq == before.seq))
