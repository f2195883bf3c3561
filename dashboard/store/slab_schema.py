"""Tables of the position lane, the same on SQLite and PostgreSQL.

``slab`` holds fixes as they came, one blob for each commit, until they are compacted to Parquet; ``lane`` the newest
fix of every worker, written now and then so that a start need not read a day of slabs.
"""

from sqlalchemy import BigInteger, Column, Engine, Integer, LargeBinary, MetaData, Table, Text

from dashboard.store.engine import writing

slab_metadata = MetaData()

_Id = BigInteger().with_variant(Integer, "sqlite")
_Text = Text().with_variant(Text(collation="C"), "postgresql")

worker_key = Table(
    "worker_key",
    slab_metadata,
    Column("key", _Id, primary_key=True, autoincrement=False),
    Column("id", _Text, nullable=False, unique=True),
)
slab = Table(
    "slab",
    slab_metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("first", BigInteger, nullable=False),  # oldest and newest fix, epoch ms
    Column("last", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("fixes", Integer, nullable=False),
    Column("columns", LargeBinary, nullable=False),  # domain.track.Track
    sqlite_autoincrement=True,  # an id is never used twice: compaction goes by it
)
lane = Table(
    "lane",
    slab_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("slab", BigInteger, nullable=False),  # number of the last frame
    Column("upto", BigInteger, nullable=False),  # the last row of ``slab`` in it
    Column("columns", LargeBinary, nullable=False),  # newest fix of every worker, domain.track.Track
)


def create_slab_tables(engine: Engine) -> None:
    """Create what is missing."""
    with writing(engine) as connection:
        slab_metadata.create_all(connection)
