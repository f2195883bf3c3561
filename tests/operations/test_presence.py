"""Processes and the pages that watch them, as each process tells the database."""

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import Engine

from dashboard.domain.changes import SourceState
from dashboard.hub.screens import Health, Screen
from dashboard.operations.installation import Installation, Rates
from dashboard.operations.presence import FORGOTTEN, Presence, processes, screens
from dashboard.store.engine import open_engine
from dashboard.store.lease import Lease
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]
NOW = 1_760_000_000_000


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = open_engine(database_url)
    yield made
    made.dispose()


def test_what_each_process_tells_is_seen_by_all(engine: Engine) -> None:
    at = [NOW]
    pages = [Screen("s1", "大厅", "wall", "A", NOW, NOW + 5, Health("b1", 60, 40_000_000, 900, 31, 2)),
             Screen("s2", "", "leader", "", NOW)]
    push = Presence(engine, "sockets", 8061, "b1", lambda: pages, lambda: at[0])
    taker = Presence(engine, "ingest", 8041, now=lambda: at[0])
    push.tell()
    taker.tell()
    assert [(one.role, one.build, one.gone(NOW)) for one in processes(engine)] == [
        ("ingest", "", False), ("sockets", "b1", False),
    ]  # fmt: skip
    assert screens(engine, NOW) == pages
    at[0] += 61_000
    pages.pop()
    push.tell()
    assert [one.gone(at[0]) for one in processes(engine)] == [True, False]
    assert screens(engine, at[0]) == pages
    push.leave()
    assert [one.role for one in processes(engine)] == ["ingest"] and screens(engine, at[0]) == []
    at[0] += FORGOTTEN
    push.tell()
    assert [one.role for one in processes(engine)] == ["sockets"]


def test_pages_of_a_process_that_was_killed_go_with_it(engine: Engine) -> None:
    """It wrote nothing at its end; after a minute its pages are elsewhere, a day later its row goes."""
    Presence(engine, "sockets", 8061, "b1", lambda: [Screen("s1", "x", "wall", "", NOW)], lambda: NOW).tell()
    assert [one.id for one in screens(engine, NOW + 60_000)] == ["s1"]
    assert screens(engine, NOW + 60_001) == [] and [one.role for one in processes(engine)] == ["sockets"]
    Presence(engine, "web", 8051, now=lambda: NOW + FORGOTTEN + 1).tell()
    assert [one.role for one in processes(engine)] == ["web"]


def test_one_that_was_started_in_the_place_of_a_killed_one_takes_its_row(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Presence(engine, "web", 8051, now=lambda: NOW)
    old.tell()
    Presence(engine, "web", 8052, now=lambda: NOW).tell()
    monkeypatch.setattr("os.getpid", lambda: 4_194_303)
    new = Presence(engine, "web", 8051, now=lambda: NOW + 5_000)
    new.tell()
    assert sorted(one.began for one in processes(engine)) == [NOW, NOW + 5_000]
    old.leave()
    assert len(processes(engine)) == 2, "what ended late takes nothing of its successor with it"
    new.leave()
    assert [one.began for one in processes(engine)] == [NOW]


def test_who_holds_what(engine: Engine, tmp_path: object) -> None:
    lease = Lease(engine, "ingest")
    assert lease.take() and Lease(engine, "report 12ab").take(), "a report in the making is no role"
    (held,) = Installation(engine, tmp_path).holders()  # type: ignore[arg-type]
    assert held.role == "ingest" and held.until > held.now > NOW
    assert lease.holder.startswith(held.place) and held.place.count(":") == 1


def test_the_rate_of_a_source_is_of_the_last_minutes() -> None:
    at = [0.0]
    rates, source = Rates(lambda: at[0]), SourceState("12345", "cases", accepted=10)
    assert rates.of(source) is None
    for _ in range(50):
        rates.note([source])
        at[0] += 15
        source = msgspec.structs.replace(source, accepted=source.accepted + 30, rejected={"future": 0})
    assert rates.of(source) == pytest.approx(2.0, rel=0.1)
    assert rates.of(msgspec.structs.replace(source, accepted=1)) is None, "it began anew"
    assert rates.of(SourceState("other", "cases")) is None
