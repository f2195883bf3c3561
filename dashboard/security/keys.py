"""API keys: 256 random bits each, stored as SHA-256 only (nothing to guess, so no slow hash is needed)."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from sqlalchemy import BigInteger, Column, Engine, MetaData, Row, String, Table, delete, insert, inspect, select

from dashboard.security.caller import Caller
from dashboard.security.storable import storable
from dashboard.store.engine import writing

SCOPES: Mapping[str, frozenset[str]] = {
    "read": frozenset({"read", "wall", "map", "tracks", "export", "quarantine"}),
    "write": frozenset({"write"}),
    "personal": frozenset({"personal"}),
}
"""Rights that each scope of a key opens."""
FILE_NAME = "api-key"
ID_LENGTH = 16

metadata = MetaData()
api_key = Table(
    "api_key",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("scopes", String(100), nullable=False),
    Column("region", String(64), nullable=False, default=""),
    Column("unit", String(64), nullable=False, default=""),
    Column("created", BigInteger, nullable=False),
)


class KeyRecord(msgspec.Struct, frozen=True):
    """A stored key without its text. ``created`` is epoch ms UTC."""

    id: str
    name: str
    scopes: tuple[str, ...]
    region: str
    unit: str
    created: int


def create_key_table(engine: Engine) -> None:
    """Create the table where it does not exist; one of an older version gets the column it lacks."""
    with writing(engine) as connection:
        metadata.create_all(connection)
        if "unit" not in {column["name"] for column in inspect(connection).get_columns("api_key")}:
            connection.exec_driver_sql("ALTER TABLE api_key ADD COLUMN unit VARCHAR(64) NOT NULL DEFAULT ''")


def digest(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def create_key(engine: Engine, name: str, scopes: Iterable[str], region: str = "", now: int = 0, unit: str = "") -> str:
    """Store a new key and return its text, the only time it is seen. ValueError for an unknown scope."""
    wanted = sorted(set(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise ValueError(f"unknown scope {unknown[0]!r}: use {', '.join(SCOPES)}")
    key = "yp_" + secrets.token_urlsafe(32)
    row = {"hash": digest(key), "name": storable(name, 100), "scopes": " ".join(wanted), "region": region, "unit": unit}
    create_key_table(engine)
    with writing(engine) as connection:
        connection.execute(insert(api_key), row | {"created": now})
    return key


def find_key(engine: Engine, key: str) -> Caller | None:
    """The caller a key stands for, or None where it is not known."""
    with engine.connect() as connection:
        row = connection.execute(select(api_key).where(api_key.c.hash == digest(key))).one_or_none()
    if row is None:
        return None
    rights = frozenset[str]().union(*(SCOPES.get(scope, ()) for scope in row.scopes.split()))
    return Caller(row.name, "key", rights, row.region, row.unit, "key", key_id(row.hash))


def key_id(hashed: str) -> str:
    """The public id of a stored key: too short a part of its hash to find the key by."""
    return f"key-{hashed[:ID_LENGTH]}"


def list_keys(engine: Engine) -> list[KeyRecord]:
    """All keys by name."""
    with engine.connect() as connection:
        return [_record(row) for row in connection.execute(select(api_key).order_by(api_key.c.name))]


def _record(row: Row[tuple[object, ...]]) -> KeyRecord:
    return KeyRecord(key_id(row.hash), row.name, tuple(row.scopes.split()), row.region, row.unit, row.created)


def revoke_key(engine: Engine, name: str) -> bool:
    """Forget a key by its name; whether there was one."""
    with writing(engine) as connection:
        return connection.execute(delete(api_key).where(api_key.c.name == storable(name, 100))).rowcount > 0


def ensure_first_key(directory: Path, engine: Engine, now: int = 0) -> Path:
    """Write ``DIR/api-key`` (mode 600) with a key of every scope, unless the file is there. Returns its path.

    A file whose key the database does not know is replaced, because it would open nothing.
    """
    create_key_table(engine)
    path = directory / FILE_NAME
    if path.exists() and find_key(engine, path.read_text(encoding="ascii").strip()) is not None:
        return path
    revoke_key(engine, "first")
    path.unlink(missing_ok=True)
    key = create_key(engine, "first", SCOPES, now=now)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key + "\n")
    return path
