import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from dashboard.security.audit import (
    AuditFilter,
    AuditRow,
    audit_rows,
    create_audit_table,
    read_audit,
    seal,
    write_audit,
)
from dashboard.security.audit_chain import Broken, anchor, verify_chain
from dashboard.store.engine import open_engine, writing
from tests.security.fixtures import database_url, engine, postgres_url
from tests.servers import emptied

__all__ = ["database_url", "engine", "postgres_url"]


def log(engine: Engine, rows: int = 5) -> None:
    create_audit_table(engine)
    for number in range(1, rows + 1):
        write_audit(engine, AuditRow(1000 * number, f"who{number % 2}", "login", f"s{number}", result="ok"))


def forge(engine: Engine, *statements: str) -> None:
    """As somebody would who owns the database: triggers off, then the deed."""
    with writing(engine) as connection:
        _unguard(connection)
        for statement in statements:
            connection.exec_driver_sql(statement)


def _unguard(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_log_{verb}")
    else:
        connection.exec_driver_sql("ALTER TABLE audit_log DISABLE TRIGGER ALL")


def test_rows_are_numbered_and_come_back_newest_first(engine: Engine) -> None:
    log(engine)
    assert [(row.id, row.at, row.subject) for row in read_audit(engine, limit=2)] == [(5, 5000, "s5"), (4, 4000, "s4")]
    assert [row.id for row in read_audit(engine, before=4, limit=2)] == [3, 2]
    assert [row.id for row in audit_rows(engine)] == [1, 2, 3, 4, 5]
    assert verify_chain(engine) is None


def test_filters(engine: Engine) -> None:
    log(engine)
    write_audit(engine, AuditRow(6000, "100%_sure", "export", "cases", result="failed"))

    def ids(**wanted: str | int) -> list[int]:
        return [row.id for row in read_audit(engine, AuditFilter(**wanted))]

    assert ids(who="who1") == [5, 3, 1]
    assert ids(who="%_") == [6]
    assert ids(action="export") == ids(result="failed") == ids(subject="case") == [6]
    assert ids(action="log") == []
    assert ids(since=2000, until=4000) == [3, 2]


def test_a_text_of_any_characters_and_length_is_kept_and_sealed(engine: Engine) -> None:
    log(engine, 0)
    kept = write_audit(engine, AuditRow(1, "刘\0\ud800" + "x" * 500, "login.refused", detail='{"a": "\'"}'))
    assert read_audit(engine) == [kept]
    assert len(kept.who) == 200 and "\0" not in kept.who
    assert verify_chain(engine) is None


@pytest.mark.parametrize("deed", ["UPDATE audit_log SET who = 'x'", "DELETE FROM audit_log WHERE id = 1"])
def test_the_database_refuses_to_change_the_log(engine: Engine, deed: str) -> None:
    log(engine, 2)
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text(deed))
    assert len(read_audit(engine)) == 2


@pytest.mark.postgres
def test_postgresql_refuses_to_empty_the_log(postgres_url: str) -> None:
    engine = open_engine(emptied(postgres_url))
    log(engine, 2)
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text("TRUNCATE audit_log"))
    engine.dispose()


@pytest.mark.parametrize(
    ("deeds", "broken"),
    [
        (["UPDATE audit_log SET who = 'x' WHERE id = 3"], Broken(3, "changed")),
        (["UPDATE audit_log SET at = 1 WHERE id = 1"], Broken(1, "changed")),
        (["UPDATE audit_log SET result = 'refused' WHERE id = 5"], Broken(5, "changed")),
        (["UPDATE audit_log SET hash = previous WHERE id = 2"], Broken(2, "changed")),
        (["UPDATE audit_log SET previous = hash WHERE id = 2"], Broken(2, "changed")),
        (["DELETE FROM audit_log WHERE id = 1"], Broken(1, "deleted")),
        (["DELETE FROM audit_log WHERE id = 3"], Broken(3, "deleted")),
        (["DELETE FROM audit_log WHERE id = 3", "UPDATE audit_log SET id = 3 WHERE id = 4"], Broken(3, "changed")),
        (["DELETE FROM audit_log WHERE id > 3"], Broken(4, "truncated")),
        (["DELETE FROM audit_log"], Broken(1, "truncated")),
        (["DELETE FROM state WHERE key = 'audit_head'"], Broken(1, "inserted")),
        (["INSERT INTO audit_log SELECT 6, at, who, role, address, action, subject, detail, result, hash, hash "
          "FROM audit_log WHERE id = 5"], Broken(6, "inserted")),
        (["INSERT INTO audit_log SELECT 0, at, who, role, address, action, subject, detail, result, hash, hash "
          "FROM audit_log WHERE id = 5"], Broken(0, "inserted")),
    ],
)  # fmt: skip
def test_forgery_is_named(engine: Engine, deeds: list[str], broken: Broken) -> None:
    log(engine)
    forge(engine, *deeds)
    assert verify_chain(engine) == broken


def test_a_row_that_was_changed_and_sealed_again_is_found_out_by_the_next_one(engine: Engine) -> None:
    log(engine)
    third = read_audit(engine)[2]
    content = {name: getattr(third, name) for name in third.__struct_fields__} | {"who": "nobody"}
    forge(engine, f"UPDATE audit_log SET who = 'nobody', hash = '{seal(content, third.previous)}' WHERE id = 3")
    assert verify_chain(engine) == Broken(3, "changed")


@pytest.mark.parametrize(
    ("again", "broken"), [(2, Broken(3, "truncated")), (3, Broken(3, "changed")), (5, Broken(3, "changed"))]
)
def test_an_anchor_finds_out_who_wrote_the_whole_log_anew(engine: Engine, again: int, broken: Broken) -> None:
    log(engine, 3)
    kept = anchor(engine)
    write_audit(engine, AuditRow(4000, "who", "logout"))
    assert verify_chain(engine, [kept]) is None
    forge(engine, "DELETE FROM audit_log", "DELETE FROM state WHERE key = 'audit_head'")
    for number in range(again):
        write_audit(engine, AuditRow(number, "forger", "login"))
    assert verify_chain(engine) is None
    assert verify_chain(engine, [kept]) == broken


@pytest.mark.parametrize("line", ["", "yiping-audit x " + "0" * 64, "yiping-audit 1 00", "audit 1 " + "0" * 64])
def test_what_is_no_anchor_is_refused(engine: Engine, line: str) -> None:
    log(engine, 1)
    with pytest.raises(ValueError, match="not an anchor"):
        verify_chain(engine, [line])


def test_writers_at_the_same_time_make_one_chain(engine: Engine) -> None:
    log(engine, 0)
    gate = threading.Barrier(4)

    def write(who: str) -> Callable[[], None]:
        def rows() -> None:
            gate.wait()
            for number in range(10):
                write_audit(engine, AuditRow(number, who, "login"))

        return rows

    threads = [threading.Thread(target=write(str(number))) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.id for row in audit_rows(engine)] == list(range(1, 41))
    assert verify_chain(engine) is None


def test_rows_of_the_table_without_a_chain_become_its_beginning(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "CREATE TABLE audit (id INTEGER PRIMARY KEY, at BIGINT, who TEXT, action TEXT, subject TEXT, detail TEXT)"
        )
        connection.exec_driver_sql("INSERT INTO audit VALUES (3, 30, 'b', 'worker.track', 'W2', '2026-10-02')")
        connection.exec_driver_sql("INSERT INTO audit VALUES (1, 10, 'a', 'worker.track', 'W1', '2026-10-01')")
    create_audit_table(engine)
    create_audit_table(engine)
    write_audit(engine, AuditRow(40, "c", "login"))
    assert [(row.at, row.who, row.subject, row.detail) for row in audit_rows(engine)] == [
        (10, "a", "W1", "2026-10-01"),
        (30, "b", "W2", "2026-10-02"),
        (40, "c", "", ""),
    ]
    assert verify_chain(engine) is None
