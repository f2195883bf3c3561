"""Brings a database to the tables of this program: numbered revisions, forward only, one process at a time.

Everything happens in one transaction under a lock of its own, so that a database is of one version or of the next.
Revisions only add (``tests/store/test_migrating.py`` holds them to it): what runs with an older version goes on while
a newer one migrates. A directory from before revisions were numbered takes the first one, which creates only what is
missing.
"""

import logging
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

from dashboard.store.writing import LOCK, StoreError, writing

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

log = logging.getLogger(__name__)
# Its plugins report their set-up while they are imported, to everybody who starts a command.
logging.getLogger("alembic").setLevel(logging.WARNING)

HERE = Path(__file__).parent / "migrations"
MIGRATION = LOCK + 2
"""Advisory lock of whoever migrates; writers of an older version do not wait for it."""
PATIENCE = "20s"
"""On PostgreSQL a change waits so long for a table that others use, and they behind it; after that the start fails."""
ALONE = Lock()
"""Alembic keeps its context for the whole process."""
TABLE = "alembic_version"
OLD_SCHEMA = "1"
"""Of the only schema before revisions were numbered, kept in ``state``."""


def migrate(engine: Engine, scripts: Path = HERE) -> str:
    """Apply what is missing; the revision the database has now. ``StoreError`` for a database of a newer program."""
    wanted = newest(scripts)
    with engine.connect() as connection:
        if checked(found(connection), scripts) == wanted:
            return wanted
    with writing(engine, MIGRATION) as connection:
        before = checked(found(connection), scripts)
        if before != wanted:
            _upgrade(connection, scripts)
            log.info("database: revision %s, before: %s", wanted, before or "none")
    return wanted


def newest(scripts: Path = HERE) -> str:
    """The revision of this program: the number that the last file's name begins with."""
    return max(_known(scripts))


def found(connection: Connection) -> str:
    """The revision of a database, empty where it has none; ``StoreError`` for a schema that nobody knows."""
    tables = inspect(connection)
    if tables.has_table(TABLE):
        return str(connection.exec_driver_sql(f"SELECT version_num FROM {TABLE}").scalar() or "")
    if tables.has_table("state"):
        old = connection.exec_driver_sql("SELECT value FROM state WHERE key = 'schema'").scalar()
        if old not in (None, OLD_SCHEMA):
            raise StoreError(f"the database has schema {old}, which no version of this program made")
    return ""


def _known(scripts: Path) -> set[str]:
    return {path.name[:4] for path in (scripts / "versions").glob("[0-9]*.py")}


def checked(revision: str, scripts: Path = HERE) -> str:
    """A revision that this program knows, or none; ``StoreError`` for one of a newer program."""
    if revision and revision not in _known(scripts):
        raise StoreError(
            f"the database is of a newer program (revision {revision}, this one knows up to {newest(scripts)}): "
            "start that version, or restore the backup made before it"
        )
    return revision


def _upgrade(connection: Connection, scripts: Path) -> None:
    """Alembic is imported only where there is something to do: it costs a start 0.2 s."""
    from alembic.runtime.environment import EnvironmentContext

    config, directory = _revisions(scripts)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    with ALONE, EnvironmentContext(config, directory, fn=lambda before, _: directory._upgrade_revs("head", before)):
        config.attributes["connection"] = connection
        directory.run_env()


@cache
def _revisions(scripts: Path) -> "tuple[Config, ScriptDirectory]":
    """What ``alembic.command.upgrade`` makes each time, read once."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config, ScriptDirectory.from_config(config)
