"""API keys: 256 random bits each, stored as SHA-256 only (nothing to guess, so no slow hash is needed)."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import BigInteger, Column, Engine, MetaData, String, Table, delete, insert, select

from dashboard.store.engine import writing

SCOPES = ("read", "write")
FILE_NAME = "api-key"

metadata = MetaData()
api_key = Table(
    "api_key",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("scopes", String(100), nullable=False),
    Column("region", String(64), nullable=False, default=""),
    Column("created", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks and what he or she may do. ``region`` is the code whose subtree bounds every row; empty: everything."""

    name: str
    scopes: frozenset[str]
    region: str = ""

    def may(self, scope: str) -> bool:
        """Whether the access covers a scope."""
        return scope in self.scopes


def create_key_table(engine: Engine) -> None:
    """Create the table where it does not exist."""
    metadata.create_all(engine)


def digest(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def create_key(engine: Engine, name: str, scopes: Iterable[str], region: str = "", now: int = 0) -> str:
    """Store a new key and return its text, the only time it is seen. ValueError for an unknown scope."""
    wanted = sorted(set(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise ValueError(f"unknown scope {unknown[0]!r}: use {', '.join(SCOPES)}")
    key = "yp_" + secrets.token_urlsafe(32)
    row = {"hash": digest(key), "name": name, "scopes": " ".join(wanted), "region": region, "created": now}
    create_key_table(engine)
    with writing(engine) as connection:
        connection.execute(insert(api_key), row)
    return key


def find_key(engine: Engine, key: str) -> Access | None:
    """The access a key gives, or None where it is not known."""
    with engine.connect() as connection:
        row = connection.execute(select(api_key).where(api_key.c.hash == digest(key))).one_or_none()
    return None if row is None else Access(row.name, frozenset(row.scopes.split()), row.region)


def revoke_key(engine: Engine, name: str) -> bool:
    """Forget a key by its name; whether there was one."""
    with writing(engine) as connection:
        return connection.execute(delete(api_key).where(api_key.c.name == name)).rowcount > 0


def ensure_first_key(directory: Path, engine: Engine, now: int = 0) -> Path:
    """Write ``DIR/api-key`` (mode 600) with a key of full scope, unless the file is there. Returns its path.

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
