"""Tables of who runs and who watches, written by each process about itself. Instants are real time, epoch ms UTC."""

from sqlalchemy import BigInteger, Column, Float, Integer, MetaData, String, Table

from dashboard.store.schema import Key

metadata = MetaData()

process = Table(
    "process",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("role", String(20), nullable=False),  # run, ingest, web, sockets, scheduler
    Column("place", String(200), nullable=False),  # host:pid
    Column("build", String(64), nullable=False),  # of the browser bundle that it serves
    Column("began", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)
screen = Table(
    "screen",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("process", String(40), nullable=False, index=True),
    Column("name", Key, nullable=False),  # of the wall display; empty: a page of a person
    Column("role", String(20), nullable=False),
    Column("region", Key, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("told", BigInteger),  # when it last told of itself; NULL: never
    Column("build", String(64), nullable=False),
    Column("frame_rate", Float),  # pictures a second
    Column("heap", BigInteger),  # bytes of JavaScript
    Column("nodes", Integer),  # of the document
    Column("uptime", BigInteger),  # seconds since the page was loaded
    Column("faults", Integer),  # of panels and scripts since then
)
