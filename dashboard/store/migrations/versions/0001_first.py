"""Every table as the first numbered version had them; what older directories lack is added, nothing is changed.

A copy on purpose: the tables of the program go on, a revision stays as it was.
"""

from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    inspect,
    text,
)
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

Kind = type[TypeEngine[Any]] | TypeEngine[Any]

metadata = MetaData()
Word = Text().with_variant(Text(collation="C"), "postgresql")
Id = BigInteger().with_variant(Integer, "sqlite")
OPEN = text("accepted_at IS NOT NULL AND closed_at IS NULL AND voided_at IS NULL")
UNACCEPTED = text("accepted_at IS NULL AND voided_at IS NULL")
COUNTERS = (
    "accepted closed handled handled_due on_time late closed_due no_deadline ever_handled reworked ever_closed "
    "reopened closed_first escalated voided accepted_flow filed_flow closed_flow reopened_flow voided_flow rated "
    "rated_4 rated_3 rated_2 rated_1 handled_flow failed_check_flow returned_flow"
)


def given(kind: Kind, names: str) -> list[Column[Any]]:
    """Columns that are never empty."""
    return [Column(name, kind, nullable=False) for name in names.split()]


def maybe(kind: Kind, names: str) -> list[Column[Any]]:
    """Columns that may be empty."""
    return [Column(name, kind) for name in names.split()]


Table("case", metadata,
    Column("id", Word, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("region", Word, nullable=False),
    Column("stage", SmallInteger, nullable=False),
    *given(Word, "category channel unit"),
    Column("title", Text, nullable=False),
    *given(Word, "kind urgency"),
    Column("tags", Text, nullable=False),
    *maybe(Double, "lon lat"),
    *maybe(BigInteger, "reported_at accepted_at filed_at dispatched_at handled_at closed_at voided_at deadline"),
    *maybe(BigInteger, "suspended_at supervised_at"),
    Column("last_at", BigInteger, nullable=False),
    Column("score", SmallInteger),
    Column("urged", Integer, nullable=False),
    Column("level", Word, nullable=False),
    *given(SmallInteger, "ever_handled ever_closed reworked reopened closed_first"),
    *maybe(Integer, "natural_minutes work_minutes"),
    Column("fold", LargeBinary, nullable=False),
    Index("case_accepted", "accepted_at"),
    Index("case_open", "accepted_at", "deadline", "region", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("case_seq", "seq"),
    Index("case_unaccepted", "accepted_at", "region", sqlite_where=UNACCEPTED, postgresql_where=UNACCEPTED),
)  # fmt: skip
Table("day_end", metadata,
    Column("day", Integer, nullable=False),
    Column("region", Word, nullable=False),
    *given(Integer, COUNTERS),
    Column("overdue", Integer, nullable=False),
    PrimaryKeyConstraint("day", "region"),
    sqlite_with_rowid=False,
)  # fmt: skip
Table("event", metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", LargeBinary, nullable=False),
    Column("case_id", Word, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("type", Word, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("region", Word, nullable=False),
    Column("raw", Text, nullable=False),
    Index("event_case", "case_id"),
    Index("event_uid", "uid", unique=True),
)  # fmt: skip
Table("histogram", metadata,
    Column("period", Integer, nullable=False),
    *given(Word, "region clock"),
    Column("bin", SmallInteger, nullable=False),
    Column("n", Integer, nullable=False),
    PrimaryKeyConstraint("period", "region", "clock", "bin"),
    sqlite_with_rowid=False,
)  # fmt: skip
Table("inflow", metadata,
    Column("day", Integer, nullable=False),
    *given(Word, "region dimension key"),
    Column("n", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "region", "dimension", "key"),
    Index("inflow_seq", "seq"),
    sqlite_with_rowid=False,
)  # fmt: skip
Table("moment", metadata,
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("counts", LargeBinary, nullable=False),
)  # fmt: skip
Table("moment_regions", metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("codes", Text, nullable=False),
)  # fmt: skip
Table("quarantine", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("received", BigInteger, nullable=False),
    *given(Word, "source reason"),
    Column("detail", Text, nullable=False),
    Column("case_id", Word, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Index("quarantine_case", "case_id"),
)  # fmt: skip
Table("state", metadata,
    Column("key", Word, primary_key=True),
    Column("value", Text, nullable=False),
)  # fmt: skip
Table("tally", metadata,
    Column("period", Integer, nullable=False),
    Column("region", Word, nullable=False),
    Column("seq", BigInteger, nullable=False),
    *given(Integer, COUNTERS),
    PrimaryKeyConstraint("period", "region"),
    Index("tally_seq", "seq"),
    sqlite_with_rowid=False,
)  # fmt: skip
Table("base_version", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)  # fmt: skip
Table("calendar", metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("work", Boolean, nullable=False),
    Column("name", String(200), nullable=False),
)  # fmt: skip
Table("category", metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("parent", String(64)),
    Column("kind", String(64), nullable=False),
    Column("limit_minutes", Integer),
    Column("clock", String(16), nullable=False),
    Column("name_en", String(200), nullable=False),
)  # fmt: skip
Table("import_spool", metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(200), nullable=False),
    Column("events", LargeBinary, nullable=False),
)  # fmt: skip
Table("layer_feature", metadata,
    *given(String(64), "layer id"),
    Column("name", String(200), nullable=False),
    Column("geometry", Text, nullable=False),
    Column("height", Float),
    Column("properties", Text, nullable=False),
    PrimaryKeyConstraint("layer", "id"),
)  # fmt: skip
Table("metric", metadata,
    *given(String(64), "region metric"),
    Column("day", Integer, nullable=False),
    Column("value", Float, nullable=False),
    Column("sample", BigInteger),
    PrimaryKeyConstraint("region", "metric", "day"),
)  # fmt: skip
Table("region", metadata,
    Column("code", String(64), nullable=False),
    *given(Integer, "valid_from valid_to"),
    Column("name", String(200), nullable=False),
    Column("level", Integer, nullable=False),
    Column("parent", String(64)),
    *given(String(64), "kind group"),
    Column("name_en", String(200), nullable=False),
    PrimaryKeyConstraint("code", "valid_from"),
)  # fmt: skip
Table("region_shape", metadata,
    Column("code", String(64), nullable=False),
    Column("valid_from", Integer, nullable=False),
    Column("shape", LargeBinary, nullable=False),
    PrimaryKeyConstraint("code", "valid_from"),
)  # fmt: skip
Table("shift", metadata,
    Column("worker", String(64), nullable=False),
    *given(Integer, "number start end weekdays"),
    Column("workdays", Boolean, nullable=False),
    *given(Integer, "first last"),
    PrimaryKeyConstraint("worker", "number"),
)  # fmt: skip
Table("unit", metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("group", String(64), nullable=False),
    Column("region", String(64)),
    Column("name_en", String(200), nullable=False),
)  # fmt: skip
Table("worker", metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    *given(String(64), "region role phone device"),
)  # fmt: skip
Table("lane", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    *given(BigInteger, "slab upto"),
    Column("columns", LargeBinary, nullable=False),
)  # fmt: skip
Table("slab", metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    *given(BigInteger, "first last received"),
    Column("fixes", Integer, nullable=False),
    Column("columns", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip
Table("worker_key", metadata,
    Column("key", Id, primary_key=True, autoincrement=False),
    Column("id", Word, nullable=False, unique=True),
)  # fmt: skip
Table("lease", metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("until", BigInteger, nullable=False),
)  # fmt: skip
Table("account", metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Word, nullable=False, unique=True),
    Column("display", Text, nullable=False),
    *given(Word, "role region unit"),
    Column("password", Text),
    Column("subject", Word, unique=True),
    *given(SmallInteger, "disabled must_change"),
    Column("password_until", BigInteger),
    Column("generation", Integer, nullable=False),
    *given(BigInteger, "created changed"),
)  # fmt: skip
Table("device", metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    *given(Word, "name region"),
    Column("label", Text, nullable=False),
    Column("approved_by", Word, nullable=False),
    *given(BigInteger, "created seen"),
)  # fmt: skip
Table("guess", metadata,
    Column("hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    *given(BigInteger, "last until"),
    Index("ix_guess_last", "last"),
)  # fmt: skip
Table("pairing", metadata,
    Column("hash", String(64), primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    *given(Word, "name region approved_by"),
)  # fmt: skip
Table("session", metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("account", String(40), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("address", Word, nullable=False),
    Column("agent", Text, nullable=False),
    *given(BigInteger, "created seen"),
    Index("ix_session_account", "account"),
)  # fmt: skip
Table("api_key", metadata,
    Column("hash", String(64), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("scopes", String(100), nullable=False),
    *given(String(64), "region unit"),
    Column("created", BigInteger, nullable=False),
)  # fmt: skip
Table("audit_log", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    *given(Word, "who role address action subject"),
    Column("detail", Text, nullable=False),
    Column("result", Word, nullable=False),
    *given(String(64), "previous hash"),
    Index("ix_audit_log_at", "at"),
)  # fmt: skip
Table("oidc_login", metadata,
    Column("hash", String(64), primary_key=True),
    Column("pending", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)  # fmt: skip
Table("report", metadata,
    Column("id", String(40), primary_key=True),
    Column("question", String(64), nullable=False),
    Column("asked", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("made_by", Word, nullable=False),
    *given(BigInteger, "cut_seq cut_time"),
    Column("hash", String(64), nullable=False),
    *given(Text, "title number"),
    *given(BigInteger, "until frozen issued"),
    Column("issued_by", Word, nullable=False),
    Column("of", String(40), nullable=False),
    Column("corrected", Integer, nullable=False),
    Column("faults", Text, nullable=False),
    *given(LargeBinary, "snapshot document"),
    Index("ix_report_made", "made"),
    Index("report_once", "question", "of", unique=True),
)  # fmt: skip
Table("appeal", metadata,
    Column("id", String(40), primary_key=True),
    Column("report", String(64), nullable=False),
    *given(Word, "case region unit"),
    Column("change", String(20), nullable=False),
    *given(Text, "counts reason evidence"),
    Column("by", Word, nullable=False),
    Column("role", String(20), nullable=False),
    Column("lodged", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided", BigInteger, nullable=False),
    Column("decided_by", Word, nullable=False),
    Column("why", Text, nullable=False),
    Index("ix_appeal_report", "report"),
)  # fmt: skip
Table("patrol_day", metadata,
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)  # fmt: skip
Table("track_look", metadata,
    *given(String(128), "caller worker"),
    Column("purpose", String(200), nullable=False),
    *given(BigInteger, "at until"),
    PrimaryKeyConstraint("caller", "worker"),
)  # fmt: skip


def upgrade() -> None:
    """Create what is not there yet, in a new database all of it."""
    connection = op.get_bind()
    there = set(inspect(connection).get_table_names())
    metadata.create_all(connection, [table for table in metadata.sorted_tables if table.name not in there], False)
    for name in there & metadata.tables.keys():
        for index in metadata.tables[name].indexes:
            index.create(connection, checkfirst=True)
    if "api_key" in there and "unit" not in {column["name"] for column in inspect(connection).get_columns("api_key")}:
        op.add_column("api_key", Column("unit", String(64), nullable=False, server_default=""))
    if "base_version" not in there:
        connection.execute(metadata.tables["base_version"].insert().values(id=1, version=0))
