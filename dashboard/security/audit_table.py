"""The table of the audit log: rows are added, never changed; the database itself refuses the rest."""

from sqlalchemy import BigInteger, Column, Connection, MetaData, String, Table, Text

from dashboard.store.schema import Key

metadata = MetaData()
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 without holes
    Column("at", BigInteger, nullable=False, index=True),
    Column("who", Key, nullable=False),
    Column("role", Key, nullable=False),
    Column("address", Key, nullable=False),
    Column("action", Key, nullable=False),
    Column("subject", Key, nullable=False),
    Column("detail", Text, nullable=False),
    Column("result", Key, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS audit_log_{verb} BEFORE {verb} ON audit_log "
    "BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END"
)
_POSTGRES = (
    "CREATE OR REPLACE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit_log is append-only'; END $$",
    "CREATE OR REPLACE TRIGGER audit_log_rows BEFORE UPDATE OR DELETE ON audit_log "
    "FOR EACH ROW EXECUTE FUNCTION audit_log_refuse()",
    "CREATE OR REPLACE TRIGGER audit_log_whole BEFORE TRUNCATE ON audit_log "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()",
)


def create(connection: Connection) -> None:
    """Create table and triggers where they do not exist."""
    metadata.create_all(connection)
    sqlite = connection.dialect.name == "sqlite"
    for statement in [_SQLITE.format(verb=verb) for verb in ("UPDATE", "DELETE")] if sqlite else _POSTGRES:
        connection.exec_driver_sql(statement)
