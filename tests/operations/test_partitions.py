"""The documented parts of table ``event``: the program goes on over them and still counts everything once."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from tests.ingest.city import NOON, life
from tests.ingest.lane import figures, lane
from tests.servers import emptied, postgres_url

__all__ = ["postgres_url"]
pytestmark = pytest.mark.postgres
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "deployment" / "partitions.sql"

COLUMNS = "uid, case_id, time, type, received, region, raw"
SAME_ID = f"INSERT INTO event (seq, {COLUMNS}) SELECT seq + 100, {COLUMNS} FROM event WHERE seq = 1"
"""Into a part that does not hold the first one."""


def parted(url: str, size: int) -> None:
    """Run the script with parts of ``size`` events."""
    text = SCRIPT.read_text(encoding="utf-8").replace("100000000", str(size))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(text.replace("%", "%%"))
    engine.dispose()


def test_events_in_parts_are_stored_and_counted_once(postgres_url: str) -> None:
    url = emptied(postgres_url)
    with lane(url) as on:
        on.send(*life("1", NOON))
    parted(url, 10)
    with lane(url) as on:
        receipt = on.send(*life("1", NOON), *life("2", NOON), *life("3", NOON))
        assert (receipt.duplicate, receipt.accepted, on.store.last_seq()) == (7, 14, 21)
        assert [row.seq for row in on.store.events_of({"1", "2", "3"})] == list(range(1, 22))
        counted = figures(on.store)
        with on.store.engine.connect() as connection:
            parts = connection.exec_driver_sql("SELECT DISTINCT tableoid::regclass::text FROM event").scalars().all()
        assert sorted(parts) == ["event_1", "event_2", "event_first"]
        with pytest.raises(IntegrityError), on.store.engine.begin() as connection:
            connection.exec_driver_sql(SAME_ID)
    with lane(emptied(postgres_url)) as whole:
        whole.send(*life("1", NOON), *life("2", NOON), *life("3", NOON))
        assert figures(whole.store) == counted
