"""Tables of base data: what was imported, row by row, and one version number for all of it.

``region`` keeps every version of a region (key: code and first day); its border stands in ``region_shape`` under the
same key, so that reading the tree never touches geometry. Days are local ``YYYYMMDD``.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
)

base_metadata = MetaData()

region = Table(
    "region",
    base_metadata,
    Column("code", String(64), primary_key=True),
    Column("valid_from", Integer, primary_key=True, autoincrement=False),
    Column("valid_to", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("level", Integer, nullable=False),
    Column("parent", String(64)),
    Column("kind", String(64), nullable=False),
    Column("group", String(64), nullable=False),
    Column("name_en", String(200), nullable=False),
)
region_shape = Table(
    "region_shape",
    base_metadata,
    Column("code", String(64), primary_key=True),
    Column("valid_from", Integer, primary_key=True, autoincrement=False),
    Column("shape", LargeBinary, nullable=False),
)
worker = Table(
    "worker",
    base_metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("region", String(64), nullable=False),
    Column("role", String(64), nullable=False),
    Column("phone", String(64), nullable=False),
    Column("device", String(64), nullable=False),
)
shift = Table(
    "shift",
    base_metadata,
    Column("worker", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("weekdays", Integer, nullable=False),
    Column("workdays", Boolean, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
)
unit = Table(
    "unit",
    base_metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("group", String(64), nullable=False),
    Column("region", String(64)),
    Column("name_en", String(200), nullable=False),
)
category = Table(
    "category",
    base_metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("parent", String(64)),
    Column("kind", String(64), nullable=False),
    Column("limit_minutes", Integer),
    Column("clock", String(16), nullable=False),
    Column("name_en", String(200), nullable=False),
)
calendar = Table(
    "calendar",
    base_metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("work", Boolean, nullable=False),
    Column("name", String(200), nullable=False),
)
layer_feature = Table(
    "layer_feature",
    base_metadata,
    Column("layer", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("geometry", Text, nullable=False),
    Column("height", Float),
    Column("properties", Text, nullable=False),
)
metric = Table(
    "metric",
    base_metadata,
    Column("region", String(64), primary_key=True),
    Column("metric", String(64), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("value", Float, nullable=False),
    Column("sample", BigInteger),
)
base_version = Table(
    "base_version",
    base_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
import_spool = Table(
    "import_spool",
    base_metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(200), nullable=False),
    Column("events", LargeBinary, nullable=False),
)
"""Case events handed over by the import command, a batch of JSON lines a row, until ingest has stored them."""


def _first_version(_table: Table, connection: Connection, **_options: Any) -> None:
    connection.execute(base_version.insert().values(id=1, version=0))


event.listen(base_version, "after_create", _first_version)


def create_base_tables(engine: Engine) -> None:
    """Create the tables of base data that do not exist yet."""
    base_metadata.create_all(engine)
