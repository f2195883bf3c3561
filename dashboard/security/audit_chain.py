"""Whether the audit log is as it was written: every row against the hash it was sealed with, the end against the head.

Who may write to the database can recompute every hash and the head as well; such a forger is found out by an anchor,
one line that was printed or kept elsewhere before.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Engine, select

from dashboard.security.audit import FIRST, AuditRecord, Head, head_of, seal
from dashboard.security.audit_table import audit_log


class Broken(msgspec.Struct, frozen=True):
    """The first row that is not what was written: ``how`` is changed, deleted, inserted or truncated."""

    id: int
    how: str


def verify_chain(engine: Engine, anchors: Sequence[str] = ()) -> Broken | None:
    """The first row that is not as it was written, None where all are. ValueError for a text that is no anchor."""
    known = {head.count: head.hash for head in map(read_anchor, anchors) if head.count}
    with engine.connect() as connection:
        head = head_of(connection)
        rows = connection.execution_options(yield_per=1000).execute(select(audit_log).order_by(audit_log.c.id))
        return _first_broken((AuditRecord(*row) for row in rows), head, known)


def anchor(engine: Engine) -> str:
    """The head as one line to print or to keep elsewhere."""
    with engine.connect() as connection:
        head = head_of(connection)
    return f"yiping-audit {head.count} {head.hash}"


def read_anchor(line: str) -> Head:
    """The head that a line of ``anchor`` speaks of. ValueError for another text."""
    match line.split():
        case ["yiping-audit", count, digest] if count.isdecimal() and len(digest) == len(FIRST):
            return Head(int(count), digest)
    raise ValueError(f"not an anchor of the audit log: {line!r}")


def _first_broken(records: Iterable[AuditRecord], head: Head, anchors: Mapping[int, str]) -> Broken | None:
    last = Head()
    for record in records:
        broken = _misplaced(record, last, head) or _unsealed(record, last)
        if broken or anchors.get(record.id, record.hash) != record.hash:
            return broken or Broken(record.id, "changed")
        last = Head(record.id, record.hash)
    if last.count < max(head.count, *anchors, 0):
        return Broken(last.count + 1, "truncated")
    return None if last.hash == head.hash else Broken(last.count, "changed")


def _misplaced(record: AuditRecord, last: Head, head: Head) -> Broken | None:
    if record.id > head.count or record.id <= last.count:
        return Broken(record.id, "inserted")
    return Broken(last.count + 1, "deleted") if record.id > last.count + 1 else None


def _unsealed(record: AuditRecord, last: Head) -> Broken | None:
    """A row that is sound in itself but was sealed over another one accuses the row before it."""
    content: dict[str, Any] = msgspec.structs.asdict(record)
    if record.previous == last.hash:
        return None if record.hash == seal(content, last.hash) else Broken(record.id, "changed")
    accused = last.count if last.count and record.hash == seal(content, record.previous) else record.id
    return Broken(accused, "changed")
