"""Who looked at a person's movements, and when: written before anything is read, never changed afterwards."""

import msgspec
from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table, insert, select

from dashboard.store.engine import writing

metadata = MetaData()
audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("who", String(100), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(256), nullable=False),
    Column("detail", String(256), nullable=False),
)


class AuditRow(msgspec.Struct, frozen=True):
    """One look: ``at`` epoch ms UTC, ``who`` the name of the key or login, ``subject`` what was looked at."""

    at: int
    who: str
    action: str
    subject: str
    detail: str


def create_audit_table(engine: Engine) -> None:
    """Create the table where it does not exist."""
    metadata.create_all(engine)


def write_audit(engine: Engine, row: AuditRow) -> None:
    """Store a row in a transaction of its own."""
    with writing(engine) as connection:
        connection.execute(insert(audit), msgspec.structs.asdict(row))


def read_audit(engine: Engine, limit: int = 100) -> list[AuditRow]:
    """The newest rows, newest first."""
    columns = [audit.c[name] for name in AuditRow.__struct_fields__]
    with engine.connect() as connection:
        return [AuditRow(*row) for row in connection.execute(select(*columns).order_by(audit.c.id.desc()).limit(limit))]
