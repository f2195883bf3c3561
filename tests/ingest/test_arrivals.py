from pathlib import Path

from sqlalchemy import select

from dashboard.ingest.batch import Batch
from dashboard.store import schema
from data_sources.simulator.first_start import arrived
from tests.check.cities import city, raws
from tests.domain.happenings import at, event

END = at(600)


def received(directory: Path, batch: Batch) -> list[int]:
    with city(directory, END) as town:
        town.ingest.submit(batch)
        with town.store.read() as connection:
            return list(connection.scalars(select(schema.event.c.received).order_by(schema.event.c.seq)))


def test_events_came_with_their_batch_unless_the_source_knows_when_each_came(tmp_path: Path) -> None:
    told = raws(1, [event("accepted", 1), event("filed", 2)])
    assert received(tmp_path, Batch("test", END, told)) == [END, END]
    (other := tmp_path / "other").mkdir()
    assert received(other, Batch("test", END, told, arrivals=[at(3), at(4)])) == [at(3), at(4)]


def test_the_past_of_a_simulated_city_came_when_it_happened(tmp_path: Path) -> None:
    told = raws(1, [event("accepted", 1), event("filed", 600)])
    batch = arrived([(at(1), told[0], "cases"), (at(600), told[1], "cases")], END)
    assert received(tmp_path, batch) == [at(1) + 3_000, END]
