"""Structured logs: one object a line, nothing of anybody in it."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dashboard.operations.logs import VARIABLE, configure
from dashboard.store import open_store
from tests.ingest.city import NOON, accepted
from tests.ingest.lane import lane

PHONE, NAME = "13812345678", "王为民"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    root, out = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    monkeypatch.setenv(VARIABLE, "json")
    configure(out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)


def told(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_is_an_object(lines: io.StringIO) -> None:
    logging.getLogger("yiping").warning("source %s broke:\nnew line", "cases")
    (one,) = told(lines)
    assert one.keys() == {"time", "level", "logger", "message"}
    assert (one["level"], one["logger"], one["message"]) == ("warning", "yiping", "source cases broke:\nnew line")
    assert str(one["time"]).endswith("+00:00")


def test_numbers_of_people_are_masked_and_values_of_an_exception_not_told(lines: io.StringIO) -> None:
    secret = f"call {PHONE}"
    try:
        raise ValueError(secret)
    except ValueError:
        logging.getLogger("yiping").exception("of %s", PHONE)
    assert PHONE not in lines.getvalue()
    (one,) = told(lines)
    error = one["exception"]
    assert isinstance(error, dict) and error["kind"] == "ValueError" and "test_logs.py" in error["at"][0]


def test_an_event_that_breaks_the_program_is_told_without_what_it_says(
    lines: io.StringIO, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard.ingest import ledger

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    with lane(f"sqlite:///{tmp_path / 'case.db'}") as on:
        monkeypatch.setattr(ledger.CaseGroup, "fold", broken)
        on.send(accepted("K1", NOON, reporter=NAME, phone=PHONE))
    assert any("set aside" in str(one["message"]) for one in told(lines))
    assert NAME not in lines.getvalue() and PHONE not in lines.getvalue()


def test_a_statement_that_fails_does_not_tell_its_values(tmp_path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'case.db'}")
    with pytest.raises(DBAPIError) as problem, store.read() as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": NAME})
    assert NAME not in str(problem.value)
    store.close()
