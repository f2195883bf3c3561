"""Tables of people, sessions, wall devices and guesses. Instants are real time, epoch ms UTC; flags are 0 or 1.

Of tokens and secrets only the SHA-256 is stored: they are 256 random bits, so there is nothing to guess.
"""

import hashlib
import secrets

from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, SmallInteger, String, Table, Text

from dashboard.security.audit import create_audit_table
from dashboard.security.keys import create_key_table
from dashboard.store.engine import writing
from dashboard.store.schema import Key

metadata = MetaData()

account = Table(
    "account",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Key, nullable=False, unique=True),  # as accounts.folded makes it
    Column("display", Text, nullable=False),
    Column("role", Key, nullable=False),
    Column("region", Key, nullable=False),
    Column("unit", Key, nullable=False),
    Column("password", Text),  # argon2id; NULL: by OpenID only
    Column("subject", Key, unique=True),  # issuer and subject at the OpenID provider
    Column("disabled", SmallInteger, nullable=False),
    Column("must_change", SmallInteger, nullable=False),
    Column("password_until", BigInteger),  # a one-time password ends
    Column("generation", Integer, nullable=False),  # grows with every change that ends sessions
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("account", String(40), nullable=False, index=True),
    Column("generation", Integer, nullable=False),  # of the account when the session was opened
    Column("csrf", String(64), nullable=False),
    Column("address", Key, nullable=False),
    Column("agent", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

device = Table(
    "device",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("name", Key, nullable=False),
    Column("region", Key, nullable=False),
    Column("label", Text, nullable=False),
    Column("approved_by", Key, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

pairing = Table(
    "pairing",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("name", Key, nullable=False),
    Column("region", Key, nullable=False),
    Column("approved_by", Key, nullable=False),  # empty: nobody yet
)

guess = Table(
    "guess",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", BigInteger, nullable=False, index=True),
    Column("until", BigInteger, nullable=False),
)
"""Wrong guesses by what was guessed at or from where; no text, since people type passwords into the wrong field."""


def create_security_tables(engine: Engine) -> None:
    """Create what does not exist: these, the keys and the audit log."""
    with writing(engine) as connection:
        metadata.create_all(connection)
    create_key_table(engine)
    create_audit_table(engine)


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def new_id(kind: str) -> str:
    """A public id: ``session-…``, ``device-…``, ``account-…``."""
    return f"{kind}-{secrets.token_hex(8)}"


def hashed(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
