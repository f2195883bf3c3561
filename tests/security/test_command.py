import argparse
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.config import SecuritySettings
from dashboard.security.accounts import find_account, verify
from dashboard.security.audit import audit_rows
from dashboard.security.command import account_command, add_account_arguments, add_audit_arguments, audit_command
from dashboard.store.engine import open_engine, writing
from tests.security.fixtures import Clock, clock

__all__ = ["clock"]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_engine(f"sqlite:///{tmp_path / 'case.db'}")


def account(engine: Engine, clock: Clock, *words: str) -> int:
    parser = argparse.ArgumentParser()
    add_account_arguments(parser)
    return account_command(parser.parse_args(words), engine, SecuritySettings(), clock)


def audit(engine: Engine, *words: str) -> int:
    parser = argparse.ArgumentParser()
    add_audit_arguments(parser)
    return audit_command(parser.parse_args(["verify", *words]), engine)


def test_an_account_from_the_command_line(
    engine: Engine, clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert account(engine, clock, "add", "Liu", "--role", "street", "--region", "s1") == 0
    once = capsys.readouterr().out.split()[3]
    found = verify(engine, clock, "liu", once)
    assert found is not None and found.must_change and (found.role, found.region) == ("street", "s1")
    assert account(engine, clock, "password", "liu") == 0
    assert verify(engine, clock, "liu", once) is None
    monkeypatch.setattr("getpass.getpass", lambda prompt: "chosen by a person")
    assert account(engine, clock, "password", "liu", "--ask") == 0
    assert account(engine, clock, "disable", "liu") == 0
    capsys.readouterr()
    assert account(engine, clock, "list") == 0
    assert capsys.readouterr().out.splitlines()[1] == "liu\tstreet\ts1\t*\tLiu\tdisabled"
    assert account(engine, clock, "enable", "liu") == 0
    assert verify(engine, clock, "liu", "chosen by a person") == find_account(engine, "liu")
    assert [(row.who, row.action, row.subject, row.detail) for row in audit_rows(engine)] == [
        ("command line", "account.created", "liu", "street s1"),
        ("command line", "account.password", "liu", "one-time"),
        ("command line", "account.password", "liu", "set"),
        ("command line", "account.changed", "liu", "disabled"),
        ("command line", "account.changed", "liu", "enabled"),
    ]


@pytest.mark.parametrize("words", [("disable", "nobody"), ("add", "two words", "--role", "leader")])
def test_what_cannot_be_done_is_said(
    engine: Engine, clock: Clock, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert account(engine, clock, *words) == 1
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.splitlines()) == 1 and words[1] in said.err


def test_audit_verify(engine: Engine, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(engine) == 0
    account(engine, clock, "add", "liu", "--role", "leader")
    account(engine, clock, "disable", "liu")
    capsys.readouterr()
    assert audit(engine) == 0
    counted, anchor = capsys.readouterr().out.splitlines()
    assert counted == "ok  2 rows"
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_log_DELETE")
        connection.exec_driver_sql("DELETE FROM audit_log")
        connection.exec_driver_sql("DELETE FROM state WHERE key = 'audit_head'")
    assert audit(engine) == 0
    assert audit(engine, "--anchor", anchor) == 1
    assert "row 1 was truncated" in capsys.readouterr().err
    assert audit(engine, "--anchor", "nonsense") == 2
