"""While the database cannot be written nothing is acknowledged; afterwards everything goes on by itself."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as engine_events

from dashboard.ingest.batch import Batch
from dashboard.store import StoreError
from tests.ingest.city import NOON, accepted, life
from tests.ingest.lane import Lane, figures, lane
from tests.servers import have_postgres, running_postgres


@pytest.mark.postgres
def test_a_crash_of_postgres_between_batches() -> None:
    if not have_postgres():
        pytest.skip("no PostgreSQL 15 on this machine")
    with running_postgres() as server, lane(server.url) as on:
        on.send(*life("1", NOON))
        before = figures(on.store)
        server.stop()
        for _ in range(2):
            with pytest.raises(StoreError):
                on.send(*life("2", NOON))
        server.start()
        assert figures(on.store) == before
        assert on.send(*life("2", NOON)).accepted == 7
        assert on.store.last_seq() == 14


@pytest.mark.postgres
def test_a_crash_of_postgres_inside_a_transaction() -> None:
    if not have_postgres():
        pytest.skip("no PostgreSQL 15 on this machine")
    with running_postgres() as server, lane(server.url) as on:
        on.send(*life("1", NOON))
        on.reach = lambda step: server.stop() if step == "written" else None
        with pytest.raises(StoreError):
            on.send(*life("2", NOON))
        on.reach = lambda step: None
        server.start()
        receipt = on.send(*life("1", NOON), *life("2", NOON))
        assert (receipt.accepted, receipt.duplicate, on.store.last_seq()) == (7, 7, 14)


def test_a_full_disk(on: Lane) -> None:
    on.send(*life("1", NOON))
    full = [True]

    def limit(connection: Any, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] if full[0] else 1_000_000
        connection.execute(f"PRAGMA max_page_count = {pages}")

    engine_events.listen(on.store.engine, "checkout", limit)
    with pytest.raises(StoreError, match="full"):
        on.send(*(accepted(f"c{number}", NOON) for number in range(3000)))
    assert on.store.last_seq() == 7
    full[0] = False
    assert on.send(*(accepted(f"c{number}", NOON) for number in range(3000))).accepted == 3000


def test_after_the_end_nothing_is_taken(tmp_path: Path) -> None:
    with lane(f"sqlite:///{tmp_path / 'a.db'}") as on:
        on.ingest.close()
        with pytest.raises(StoreError, match="closed"):
            on.ingest.submit(Batch("cases", NOON, [accepted("1", NOON)]))
        on.start()
