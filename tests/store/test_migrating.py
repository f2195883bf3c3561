"""Revisions: what they give, that one process applies them, that they only add, and who is refused."""

import ast
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from dashboard.queries import worker_looks
from dashboard.reports import appeals, facts_patrols
from dashboard.reports import store as reports
from dashboard.security import audit_table, keys, oidc_login, tables
from dashboard.store import StoreError, base_schema, lease, open_store, presence_schema, schema, slab_schema
from dashboard.store.engine import open_engine
from dashboard.store.migrating import HERE, migrate, newest
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]

PARTS = (
    schema.metadata, base_schema.base_metadata, slab_schema.slab_metadata, lease.metadata, tables.metadata,
    keys.metadata, audit_table.metadata, oidc_login.metadata, reports.metadata, appeals.metadata,
    facts_patrols._metadata, worker_looks.metadata, presence_schema.metadata,
)  # fmt: skip
LATER = ("process", "screen")
"""Tables that came after the first revision."""
NEXT = '''
import sqlalchemy as sa
from alembic import op
revision = "{number}"
down_revision = "{before}"

def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("event", sa.Column("later", sa.Text))
'''


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The revisions of a program one version ahead."""
    scripts = tmp_path / "newer"
    shutil.copytree(HERE, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    number = f"{int(newest()) + 1:04d}"
    (scripts / "versions" / f"{number}_later.py").write_text(NEXT.format(number=number, before=newest()))
    return scripts


def revision(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def test_revisions_give_the_tables_of_the_program(engine: Engine) -> None:
    everything = [part for part in PARTS if part.tables]
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), everything)  # type: ignore[arg-type]
    assert [change for change in found if "sqlite_sequence" not in str(change)] == []
    assert revision(engine) == newest()


def test_a_directory_from_before_revisions_keeps_what_it_has(database_url: str) -> None:
    """Its tables stay, what it lacks is added, and it is known by the first revision from then on."""
    store = open_store(database_url)
    store.set_state("kept", "yes")
    with store.write() as connection:
        for table in ("alembic_version", "lease", *LATER):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("DROP INDEX case_unaccepted")
        connection.exec_driver_sql("ALTER TABLE api_key DROP COLUMN unit")
    store.set_state("schema", "1")
    store.close()
    again = open_store(database_url)
    assert again.get_state("kept") == "yes" and revision(again.engine) == newest()
    found = inspect(again.engine)
    assert found.has_table("lease") and "unit" in {column["name"] for column in found.get_columns("api_key")}
    assert "case_unaccepted" in {index["name"] for index in found.get_indexes("case")}
    again.close()


def test_a_schema_that_nobody_made_is_refused(database_url: str) -> None:
    store = open_store(database_url)
    with store.write() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    store.set_state("schema", "999")
    store.close()
    with pytest.raises(StoreError, match="999"):
        open_store(database_url)


def test_a_database_of_a_newer_program_is_refused(engine: Engine, newer: Path, database_url: str) -> None:
    migrate(engine, newer)
    with pytest.raises(StoreError, match=rf"newer program \(revision {newest(newer)}, this one knows up to {newest()}"):
        open_engine(database_url)


def test_one_of_many_starts_migrates(database_url: str, newer: Path) -> None:
    engines = [open_engine(database_url) for _ in range(4)]
    with ThreadPoolExecutor(len(engines)) as pool:
        assert set(pool.map(lambda engine: migrate(engine, newer), engines)) == {newest(newer)}
    for engine in engines:
        engine.dispose()


def test_the_older_version_goes_on_while_the_newer_migrates(database_url: str, newer: Path) -> None:
    """A writer and a reader that were open before see no error, and nothing of what they write is missing after it."""
    store, stop, written = open_store(database_url), Event(), [0]

    def work() -> None:
        while not stop.is_set():
            store.set_state("n", str(written[0] + 1))
            written[0] += 1
            store.changes_since(0)

    worker = Thread(target=work)
    worker.start()
    other = open_engine(database_url)
    migrate(other, newer)
    assert revision(other) == newest(newer)
    seen = written[0]
    while written[0] < seen + 5 and worker.is_alive():
        stop.wait(0.01)
    stop.set()
    worker.join()
    assert written[0] >= seen + 5 and store.get_state("n") == str(written[0])
    other.dispose()
    store.close()


REVISIONS = sorted((HERE / "versions").glob("[0-9]*.py"))
ADDING = {"create_table", "create_index", "add_column", "execute", "get_bind", "bulk_insert"}


def narrowing(source: str) -> list[str]:
    """What of a revision could break a program of the version before."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [(call, call.func) for call in calls if isinstance(call.func, ast.Attribute)]
    ops = [(call, func) for call, func in named if isinstance(func.value, ast.Name) and func.value.id == "op"]
    found = [func.attr for _, func in ops if func.attr not in ADDING]
    bare = [call for call, func in ops if func.attr == "add_column" and _refuses_old_writers(ast.unparse(call))]
    words = [word for word in ("DROP ", "RENAME ", "ALTER COLUMN") if word in source.upper()]
    return found + ["add_column without a default"] * len(bare) + words


def _refuses_old_writers(call: str) -> bool:
    return "nullable=False" in call and "server_default" not in call


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem)
def test_revisions_only_add(path: Path) -> None:
    assert narrowing(path.read_text(encoding="utf-8")) == []


def test_what_narrows_is_found() -> None:
    assert narrowing("op.drop_column('a', 'b')") == ["drop_column"]
    assert narrowing("op.add_column('a', Column('b', Text, nullable=False))") == ["add_column without a default"]
    assert narrowing("op.execute('alter table a rename to b')") == ["RENAME "]


def test_file_names_number_the_revisions() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(HERE))
    assert [found.revision for found in script.walk_revisions()] == [path.name[:4] for path in reversed(REVISIONS)]
    assert script.get_current_head() == newest()
