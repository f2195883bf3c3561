import subprocess
import sys
import time
from threading import Event

from sqlalchemy import update

from dashboard.store.engine import open_engine, writing
from dashboard.store.lease import Lease, database_now, lease
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]


def run_out(role: Lease) -> None:
    """As if its holder had been frozen for longer than it holds."""
    with writing(role._engine) as connection:
        connection.execute(update(lease).values(until=lease.c.until - 60_000))


def test_one_of_two_acts(database_url: str) -> None:
    engine = open_engine(database_url)
    first, second = Lease(engine, "ingest"), Lease(engine, "ingest")
    assert first.take() and not second.take()
    assert first.take(), "who holds it may ask again"
    assert Lease(engine, "scheduler").take(), "another role is another lease"
    engine.dispose()


def test_who_comes_back_from_a_pause_finds_its_successor(database_url: str) -> None:
    engine = open_engine(database_url)
    paused, successor = Lease(engine, "ingest", 0.04), Lease(engine, "ingest")
    assert paused.take()
    run_out(paused)
    assert successor.take()
    assert not paused.renew() and not paused.take()
    assert not paused.keep(Event()), "it is told at its next look"
    engine.dispose()


def test_a_lease_that_ran_out_is_kept_where_nobody_took_it(database_url: str) -> None:
    engine = open_engine(database_url)
    only = Lease(engine, "ingest")
    assert only.take()
    run_out(only)
    assert only.renew()
    assert not Lease(engine, "ingest").take(), "renewed, it holds against others"
    engine.dispose()


def test_what_is_given_back_is_free_at_once(database_url: str) -> None:
    engine = open_engine(database_url)
    first, second = Lease(engine, "ingest"), Lease(engine, "ingest")
    assert first.take()
    second.give_back()
    assert not second.take(), "only the holder gives it back"
    first.give_back()
    assert second.wait(Event())
    engine.dispose()


def test_a_holder_that_was_killed_is_not_waited_for(database_url: str) -> None:
    engine = open_engine(database_url)
    with subprocess.Popen([sys.executable, "-c", TAKES, database_url], stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None and killed.stdout.readline() == b"taken\n"
        assert not Lease(engine, "ingest").take(), "it lives"
        killed.kill()
        killed.wait()
        assert Lease(engine, "ingest").take()
    engine.dispose()


TAKES = """
import sys, time
from dashboard.store.engine import open_engine
from dashboard.store.lease import Lease
assert Lease(open_engine(sys.argv[1]), "ingest").take()
print("taken", flush=True)
time.sleep(60)
"""


def test_nobody_waits_after_the_end(database_url: str) -> None:
    engine = open_engine(database_url)
    ended = Event()
    ended.set()
    assert Lease(engine, "ingest").take()
    assert not Lease(engine, "ingest").wait(ended)
    engine.dispose()


def test_the_clock_is_that_of_the_real_time(database_url: str) -> None:
    """Where a database's clock stood still, no lease would ever run out."""
    engine = open_engine(database_url)
    with engine.connect() as connection:
        assert abs(database_now(connection) / 1000 - time.time()) < 60
    engine.dispose()
