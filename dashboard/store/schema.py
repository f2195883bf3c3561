"""Tables of the case lane, the same on SQLite and PostgreSQL. ``docs/architecture.md`` says what each is for.

Instants are epoch ms UTC, days ``YYYYMMDD``, months ``YYYYMM``; flags are 0 or 1 so that they can be summed. Text
compares by code point on both engines. A change here needs a revision in ``migrations/versions``.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from dashboard.domain.tallies import COUNTERS

STOCKS = ("open", "suspended", "overdue", "due_soon", "supervised", "on_duty", "moving", "still", "silent")
"""Columns of a moment's array."""

metadata = MetaData()

Key = Text().with_variant(Text(collation="C"), "postgresql")
Count = Integer
Instant = BigInteger

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", LargeBinary, nullable=False),  # blake2b-16(source NUL id)
    Column("case_id", Key, nullable=False),
    Column("time", Instant, nullable=False),
    Column("type", Key, nullable=False),
    Column("received", Instant, nullable=False),
    Column("region", Key, nullable=False),  # its code or the place of its point when it came; or empty
    Column("raw", Text, nullable=False),  # the CloudEvent as it came, JSON
    Index("event_uid", "uid", unique=True),
    Index("event_case", "case_id"),
    sqlite_with_rowid=True,
)

case = Table(
    "case",
    metadata,
    Column("id", Key, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("region", Key, nullable=False),
    Column("stage", SmallInteger, nullable=False),
    Column("category", Key, nullable=False),
    Column("channel", Key, nullable=False),
    Column("unit", Key, nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", Key, nullable=False),
    Column("urgency", Key, nullable=False),
    Column("tags", Text, nullable=False),
    Column("lon", Double),
    Column("lat", Double),
    Column("reported_at", Instant),
    Column("accepted_at", Instant),
    Column("filed_at", Instant),
    Column("dispatched_at", Instant),
    Column("handled_at", Instant),
    Column("closed_at", Instant),
    Column("voided_at", Instant),
    Column("deadline", Instant),
    Column("suspended_at", Instant),
    Column("supervised_at", Instant),
    Column("last_at", Instant, nullable=False),
    Column("score", SmallInteger),
    Column("urged", Integer, nullable=False),
    Column("level", Key, nullable=False),
    Column("ever_handled", SmallInteger, nullable=False),
    Column("ever_closed", SmallInteger, nullable=False),
    Column("reworked", SmallInteger, nullable=False),
    Column("reopened", SmallInteger, nullable=False),
    Column("closed_first", SmallInteger, nullable=False),
    Column("natural_minutes", Integer),
    Column("work_minutes", Integer),
    Column("fold", LargeBinary, nullable=False),  # domain.life_cycle.Case as counted in the tallies, MessagePack
)
"""One row for each case: the columns of ``domain.changes.CaseRow`` and the state that the next event is applied to.

The name is a reserved word: quote it in plain SQL.
"""

OPEN = "accepted_at IS NOT NULL AND closed_at IS NULL AND voided_at IS NULL"
"""Condition of an open case (suspended included), the same text as its partial index."""

Index("case_seq", case.c.seq)
Index("case_accepted", case.c.accepted_at)
Index(  # a ranking asks for the overdue ones of a cohort by region
    "case_open",
    *(case.c[name] for name in ("accepted_at", "deadline", "region")),
    sqlite_where=text(OPEN),
    postgresql_where=text(OPEN),
)
COUNTED_BY, COUNTED_BY_DIGEST = "counted_by", "counted_by_digest"
"""Keys in ``state``: the rules that stored figures follow (``ingest.restating.Meaning``), and a digest of them."""

UNACCEPTED = "accepted_at IS NULL AND voided_at IS NULL"
"""Condition of a case that waits for its acceptance, the same text as its partial index."""

Index(  # every page counts them; without it all reports that were ever rejected would be looked at
    "case_unaccepted",
    *(case.c[name] for name in ("accepted_at", "region")),  # SQLite would not choose it over case_accepted otherwise
    sqlite_where=text(UNACCEPTED),
    postgresql_where=text(UNACCEPTED),
)

tally = Table(
    "tally",
    metadata,
    Column("period", Integer, nullable=False),  # month for every level; day down to the street
    Column("region", Key, nullable=False),
    Column("seq", BigInteger, nullable=False),
    *(Column(name, Count, nullable=False) for name in COUNTERS),
    PrimaryKeyConstraint("period", "region"),
    Index("tally_seq", "seq"),
    sqlite_with_rowid=False,
)

inflow = Table(
    "inflow",
    metadata,
    Column("day", Integer, nullable=False),
    Column("region", Key, nullable=False),  # city, districts, streets
    Column("dimension", Key, nullable=False),  # category, channel, kind, hour
    Column("key", Key, nullable=False),
    Column("n", Count, nullable=False),
    Column("seq", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "region", "dimension", "key"),
    Index("inflow_seq", "seq"),
    sqlite_with_rowid=False,
)

histogram = Table(
    "histogram",
    metadata,
    Column("period", Integer, nullable=False),  # month of acceptance
    Column("region", Key, nullable=False),  # every level
    Column("clock", Key, nullable=False),  # natural, work
    Column("bin", SmallInteger, nullable=False),
    Column("n", Count, nullable=False),
    PrimaryKeyConstraint("period", "region", "clock", "bin"),
    sqlite_with_rowid=False,
)
"""Handling durations of handled cases, in the fixed bins of ``domain``."""

moment = Table(
    "moment",
    metadata,
    Column("time", Instant, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),  # of the regions, see moment_regions
    Column("counts", LargeBinary, nullable=False),  # zlib of int32 little endian, regions x STOCKS
)

moment_regions = Table(
    "moment_regions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("codes", Text, nullable=False),  # region codes of the rows of a moment, one a line
)

day_end = Table(
    "day_end",
    metadata,
    Column("day", Integer, nullable=False),  # the day that ended
    Column("region", Key, nullable=False),  # city, districts, streets
    *(Column(name, Count, nullable=False) for name in COUNTERS),  # month to date
    Column("overdue", Count, nullable=False),  # of the month's cohort
    PrimaryKeyConstraint("day", "region"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("digest", LargeBinary, nullable=False, unique=True),  # blake2b-16(reason NUL raw): told twice, kept once
    Column("received", Instant, nullable=False),
    Column("source", Key, nullable=False),
    Column("reason", Key, nullable=False),
    Column("detail", Text, nullable=False),
    Column("case_id", Key, nullable=False),  # empty where unknown
    Column("raw", LargeBinary, nullable=False),
    Index("quarantine_case", "case_id"),
)

state = Table("state", metadata, Column("key", Key, primary_key=True), Column("value", Text, nullable=False))
