"""The audit log: who did what to whom, when and from where; append-only, each row sealed by the hash of the one before.

A row that was changed, removed or slipped in breaks the chain at its place; rows cut off the end are missed by the head
kept in ``state`` (``audit_chain`` checks).
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Select, insert, inspect, select, text

from dashboard.security.audit_table import audit_log, create
from dashboard.security.storable import storable
from dashboard.store.engine import writing
from dashboard.store.schema import state

ACTIONS = (
    "login", "login.refused", "logout", "session.closed", "account.created", "account.changed", "account.password",
    "device.paired", "device.revoked", "key.created", "key.revoked", "worker.track", "export", "access.refused",
    "audit.read", "report.made", "report.appeals", "appeal.lodged", "appeal.decided", "report.corrected",
    "report.frozen", "report.issued", "report.freeze", "report.issue", "quarantine.replayed", "quarantine.dropped",
)  # fmt: skip
"""What is written down."""
RESULTS = ("ok", "refused", "failed")
HEAD = "audit_head"
FIRST = "0" * 64
"""Stands for the hash before the first row."""
OLD = "audit"
"""The table of version 0.1, which had no chain."""
LONGEST = {"who": 200, "role": 40, "address": 100, "action": 64, "subject": 400, "detail": 4000, "result": 16}
"""Characters kept of each text: a stranger at the login cannot fill the disk with names."""


class AuditRow(msgspec.Struct, frozen=True):
    """What is to be written down. ``at`` is real time, epoch ms UTC; ``who`` the name of the caller; ``subject`` what
    was acted on; ``detail`` JSON or a short text; ``result`` one of ``ok``, ``refused``, ``failed``."""

    at: int
    who: str
    action: str
    subject: str = ""
    detail: str = ""
    role: str = ""
    address: str = ""
    result: str = "ok"


class AuditRecord(msgspec.Struct, frozen=True):
    """A row as it is kept."""

    id: int
    at: int
    who: str
    role: str
    address: str
    action: str
    subject: str
    detail: str
    result: str
    previous: str
    hash: str


class AuditFilter(msgspec.Struct, frozen=True):
    """Which rows: ``who`` and ``subject`` are parts of a text, ``action`` and ``result`` whole words; empty: all.
    ``since`` and ``until`` are epoch ms, the end not included; 0: no limit."""

    who: str = ""
    action: str = ""
    subject: str = ""
    result: str = ""
    since: int = 0
    until: int = 0


EVERYTHING = AuditFilter()


class Head(msgspec.Struct, frozen=True):
    """How many rows there are and the hash of the last one."""

    count: int = 0
    hash: str = FIRST


def create_audit_table(engine: Engine) -> None:
    """Create the table where it does not exist; rows of the old table become the first of the chain."""
    with writing(engine) as connection:
        create(connection)
        if inspect(connection).has_table(OLD):
            rows = connection.execute(text(f"SELECT at, who, action, subject, detail FROM {OLD} ORDER BY id")).all()
            for row in rows:
                append_audit(connection, AuditRow(*row))
            connection.execute(text(f"DROP TABLE {OLD}"))


def write_audit(engine: Engine, row: AuditRow) -> AuditRecord:
    """Store a row in a transaction of its own."""
    with writing(engine) as connection:
        return append_audit(connection, row)


def append_audit(connection: Connection, row: AuditRow) -> AuditRecord:
    """Store a row as part of a transaction of ``writing``, which alone keeps two writers from the same number."""
    head = head_of(connection)
    texts = {name: storable(getattr(row, name), length) for name, length in LONGEST.items()}
    content: dict[str, Any] = {"id": head.count + 1, "at": row.at, **texts}
    sealed = content | {"previous": head.hash, "hash": seal(content, head.hash)}
    record = msgspec.convert(sealed, AuditRecord)
    connection.execute(insert(audit_log), msgspec.structs.asdict(record))
    _put_head(connection, Head(record.id, record.hash))
    return record


def seal(content: dict[str, Any], previous: str) -> str:
    """SHA-256, as hex, over the previous hash and the row as a JSON array in the order of the columns."""
    values = [content[name] for name in AuditRecord.__struct_fields__[:-2]]
    return hashlib.sha256(previous.encode() + b"\n" + msgspec.json.encode(values)).hexdigest()


def read_audit(
    engine: Engine, wanted: AuditFilter = EVERYTHING, before: int = 0, limit: int = 100
) -> list[AuditRecord]:
    """Rows newest first; ``before`` is the last id of the page before, 0 for the first page."""
    question = _asked(select(audit_log), wanted).order_by(audit_log.c.id.desc()).limit(limit)
    if before:
        question = question.where(audit_log.c.id < before)
    with engine.connect() as connection:
        return [AuditRecord(*row) for row in connection.execute(question)]


def audit_rows(engine: Engine, wanted: AuditFilter = EVERYTHING) -> Iterator[AuditRecord]:
    """All rows of a filter, oldest first, streamed: for exports."""
    question = _asked(select(audit_log), wanted).order_by(audit_log.c.id)
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=1000).execute(question):
            yield AuditRecord(*row)


def _asked(question: Select[*tuple[Any, ...]], wanted: AuditFilter) -> Select[*tuple[Any, ...]]:
    for name in ("who", "subject"):
        if part := getattr(wanted, name):
            question = question.where(audit_log.c[name].contains(storable(part, LONGEST[name]), autoescape=True))
    for name in ("action", "result"):
        if word := getattr(wanted, name):
            question = question.where(audit_log.c[name] == storable(word, LONGEST[name]))
    if wanted.since:
        question = question.where(audit_log.c.at >= wanted.since)
    return question.where(audit_log.c.at < wanted.until) if wanted.until else question


def head_of(connection: Connection) -> Head:
    """The head as ``state`` keeps it."""
    found = connection.scalar(select(state.c.value).where(state.c.key == HEAD))
    return Head() if found is None else msgspec.json.decode(found, type=Head)


def _put_head(connection: Connection, head: Head) -> None:
    value = msgspec.json.encode(head).decode()
    if not connection.execute(state.update().where(state.c.key == HEAD).values(value=value)).rowcount:
        connection.execute(state.insert().values(key=HEAD, value=value))
