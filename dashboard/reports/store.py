"""Table ``report``: one row for each report with its frozen numbers; what is frozen the database itself keeps as it is.

Snapshot and document are canonical JSON, deflated. One report for each question: a second one needs an issued one that
it revises (``of``), which a unique index holds against any number of processes. Instants are of the data directory's
clock, epoch ms UTC.
"""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    select,
    update,
)

from dashboard.reports.archive import FROZEN, ISSUED, Entry
from dashboard.reports.document import Document
from dashboard.reports.snapshot import Asked, Cut, Snapshot, canonical
from dashboard.store.engine import writing
from dashboard.store.schema import Key

metadata = MetaData()
report = Table(
    "report",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("question", String(64), nullable=False),  # of what is asked; see ``question_of``
    Column("asked", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("made", BigInteger, nullable=False, index=True),
    Column("made_by", Key, nullable=False),
    Column("cut_seq", BigInteger, nullable=False),
    Column("cut_time", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("frozen", BigInteger, nullable=False),
    Column("issued", BigInteger, nullable=False),
    Column("issued_by", Key, nullable=False),
    Column("of", String(40), nullable=False),
    Column("corrected", Integer, nullable=False),  # accepted appeals in the snapshot
    Column("faults", Text, nullable=False),  # what the last check found, as JSON
    Column("snapshot", LargeBinary, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index("report_once", "question", "of", unique=True),
)
_ENTRY = [column for column in report.c if column.name not in ("question", "faults", "snapshot", "document")]
_KEPT = ("id", "question", "asked", "made", "made_by", "cut_seq", "cut_time", "hash", "title", "number", "until",
         "frozen", "of", "corrected", "snapshot", "document")  # fmt: skip
"""What of a frozen report is never written again."""
LEVEL = 6
"""Of deflate."""


class ReportBroken(Exception):  # noqa: N818
    """What is stored of a report is not what its hash was made of."""


def create_report_table(engine: Engine) -> None:
    """Create table and triggers where they do not exist."""
    with writing(engine) as connection:
        metadata.create_all(connection)
        for statement in _guards(connection.dialect.name == "sqlite"):
            connection.exec_driver_sql(statement)


def _guards(sqlite: bool) -> list[str]:
    """Triggers: of a frozen report only the issue may change, of an issued one nothing; neither can be deleted."""
    unlike = "IS NOT" if sqlite else "IS DISTINCT FROM"
    changed = " OR ".join(f'NEW."{name}" {unlike} OLD."{name}"' for name in _KEPT)
    more = f"NEW.state NOT IN ('{FROZEN}', '{ISSUED}') OR {changed}"
    wrong = f"OLD.state = '{ISSUED}' OR OLD.state = '{FROZEN}' AND ({more})"
    held = f"OLD.state IN ('{FROZEN}', '{ISSUED}')"
    if sqlite:
        return [
            f"CREATE TRIGGER IF NOT EXISTS report_{verb} BEFORE {verb} ON report WHEN {when} "
            "BEGIN SELECT RAISE(ABORT, 'a frozen report does not change'); END"
            for verb, when in (("UPDATE", wrong), ("DELETE", held))
        ]
    body = "$$ BEGIN RAISE EXCEPTION 'a frozen report does not change'; END $$"
    return [
        f"CREATE OR REPLACE FUNCTION report_refuse() RETURNS trigger LANGUAGE plpgsql AS {body}",
        *(
            f"CREATE OR REPLACE TRIGGER report_{verb} BEFORE {verb} ON report FOR EACH ROW WHEN ({when}) "
            "EXECUTE FUNCTION report_refuse()"
            for verb, when in (("UPDATE", wrong), ("DELETE", held))
        ),
    ]


def question_of(asked: Asked) -> str:
    """The same for what can have one report only: kind, period, region and filters. SHA-256 in hexadecimal."""
    question = (asked.kind, asked.period, asked.region, asked.filters)
    return hashlib.sha256(msgspec.json.encode(question, order="sorted")).hexdigest()


def add(connection: Connection, entry: Entry, snapshot: Snapshot, document: Document, faults: Sequence[Any]) -> None:
    """Store a new report inside a transaction of ``writing``; ``IntegrityError`` where there is one of its question."""
    values = _columns(entry) | _contents(snapshot, document) | {"faults": _text(faults)}
    connection.execute(report.insert().values(question=question_of(entry.asked), **values))


def change(connection: Connection, entry: Entry, known: Entry, **more: Any) -> bool:
    """Write an entry over the one that is ``known``; whether it was still that one.

    ``more`` may hold ``snapshot``, ``document`` and ``faults``.
    """
    values = {name: value for name, value in _columns(entry).items() if value != _columns(known)[name]}
    if "snapshot" in more:
        values |= _contents(more["snapshot"], more["document"])
    elif "document" in more:
        values["document"] = _packed(msgspec.json.encode(more["document"]))
    if "faults" in more:
        values["faults"] = _text(more["faults"])
    still = (report.c.id == known.id) & (report.c.state == known.state) & (report.c.hash == known.hash)
    return connection.execute(update(report).where(still).values(values)).rowcount == 1


def entries(engine: Engine) -> list[Entry]:
    """All reports without their numbers, newest first."""
    with engine.connect() as connection:
        rows = connection.execute(select(*_ENTRY).order_by(report.c.made.desc(), report.c.id)).mappings()
        return [_entry(row) for row in rows]


def entry_of(connection: Connection, id_: str) -> Entry | None:
    """One report without its numbers."""
    row = connection.execute(select(*_ENTRY).where(report.c.id == id_[:40])).mappings().first()
    return None if row is None else _entry(row)


def find(connection: Connection, asked: Asked, of: str = "") -> Entry | None:
    """The report of a question, or its revision of an issued one."""
    same = (report.c.question == question_of(asked)) & (report.c.of == of)
    row = connection.execute(select(*_ENTRY).where(same)).mappings().first()
    return None if row is None else _entry(row)


def snapshot_of(connection: Connection, id_: str) -> Snapshot:
    """The numbers of a report. ``KeyError`` for an unknown one, ``ReportBroken`` where they do not fit the hash."""
    packed, hashed = _stored(connection, id_, "snapshot", "hash")
    try:
        content = zlib.decompress(packed)
        if hashlib.sha256(content).hexdigest() != hashed:
            raise ReportBroken(f"report {id_}: the numbers do not fit their hash")
        return msgspec.json.decode(content, type=Snapshot)
    except (zlib.error, msgspec.DecodeError) as problem:
        raise ReportBroken(f"report {id_}: {problem}") from problem


def document_of(connection: Connection, id_: str) -> Document:
    """What a report says as it was composed last; undated. ``KeyError`` for an unknown one, or ``ReportBroken``."""
    try:
        return msgspec.json.decode(zlib.decompress(_stored(connection, id_, "document")[0]), type=Document)
    except (zlib.error, msgspec.DecodeError) as problem:
        raise ReportBroken(f"report {id_}: {problem}") from problem


def faults_of(connection: Connection, id_: str) -> list[dict[str, str]]:
    """What the last check found; each with ``where`` and ``what``. ``KeyError`` for an unknown report."""
    found: list[dict[str, str]] = msgspec.json.decode(_stored(connection, id_, "faults")[0])
    return found


def settled(snapshot: Snapshot) -> Snapshot:
    """A snapshot as it reads once it was stored: whole numbers of a ``float`` field are floats from then on, so that
    its hash is the same before and after."""
    return msgspec.json.decode(canonical(snapshot), type=Snapshot)


def _stored(connection: Connection, id_: str, *names: str) -> Sequence[Any]:
    row = connection.execute(select(*(report.c[name] for name in names)).where(report.c.id == id_[:40])).first()
    if row is None:
        raise KeyError(id_)
    return row


def _contents(snapshot: Snapshot, document: Document) -> dict[str, bytes]:
    return {"snapshot": _packed(canonical(snapshot)), "document": _packed(msgspec.json.encode(document))}


def _packed(content: bytes) -> bytes:
    return zlib.compress(content, LEVEL)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _columns(entry: Entry) -> dict[str, Any]:
    found = msgspec.structs.asdict(entry) | {"asked": msgspec.json.encode(entry.asked, order="sorted").decode()}
    cut: Cut = found.pop("cut")
    return found | {"cut_seq": cut.seq, "cut_time": cut.time}


def _entry(row: RowMapping | Mapping[str, Any]) -> Entry:
    values = {str(name): value for name, value in row.items()} | {"asked": msgspec.json.decode(row["asked"])}
    values["cut"] = {"seq": values.pop("cut_seq"), "time": values.pop("cut_time")}
    return msgspec.convert(values, Entry)
