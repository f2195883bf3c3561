"""Projections made anew from the events are what stood there, and what was damaged is told and put right."""

import random
from pathlib import Path

import pytest

import app
from dashboard.check import check
from dashboard.ingest.duty import ROLE
from dashboard.ingest.opening import Place, hold, open_place
from dashboard.operations.fault import OperationFault
from dashboard.operations.rebuild import nobody_writes, rebuild
from dashboard.store.lease import Lease
from tests.check.cities import SETTINGS, city_at, raws
from tests.domain.happenings import at, event
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]
NOW = at(40_000)
LIVES = (
    [event("accepted", 0), event("handled", 20), event("closed", 30), event("reopened", 50), event("handled", 90)],
    [event("reported", 0), event("accepted", 5), event("dispatched", 9), event("suspended", 20), event("resumed", 400)],
    [event("accepted", 7), event("cancelled", 60)],
    [event("reported", 3)],
)


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    """Forty cases whose events came late, twice and in any order."""
    told = [raw for number in range(40) for raw in raws(number, LIVES[number % 4])]
    told += told[::5]
    random.Random(3).shuffle(told)
    with city_at(database_url, NOW) as town:
        for start in range(0, len(told), 17):
            town.send(told[start : start + 17])
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "config.toml").write_text(f'database = "{database_url}"\n')
    return open_place(directory)


def test_nothing_differs_and_it_may_be_done_again(place: Place) -> None:
    for _ in range(2):
        assert [str(difference) for difference in rebuild(place)] == []
    assert check(place.store.engine, SETTINGS, NOW)[1].disagreements == []
    place.close()


DAMAGE = (
    "UPDATE tally SET closed_flow = 7 WHERE region = 'd1' AND period = 202610",
    "DELETE FROM inflow WHERE region = 'c' AND dimension = 'hour'",
    "UPDATE \"case\" SET title = 'other' WHERE id = 'C4'",
    "DELETE FROM \"case\" WHERE id = 'C8'",
    "INSERT INTO histogram (period, region, clock, bin, n) VALUES (202610, 'c', 'work', 90, 1)",
)


def test_what_was_damaged_is_told_and_put_right(place: Place) -> None:
    with place.store.write() as connection:
        for statement in DAMAGE:
            connection.exec_driver_sql(statement)
    told = [str(difference) for difference in rebuild(place, keep=False)]
    assert told == [str(difference) for difference in rebuild(place)], "comparing changed something"
    assert any(line.startswith("case C4: title other -> ") for line in told)
    assert {"case C8: was missing", "histogram 202610 c work 90: belongs to no event"} <= set(told)
    assert any(line.startswith("tally 202610 d1: closed_flow 7 -> ") for line in told)
    assert any(line.startswith("inflow 20") and line.endswith("was missing") for line in told)
    assert rebuild(place) == [] and check(place.store.engine, SETTINGS, NOW)[1].disagreements == []
    place.close()


def test_while_somebody_writes_it_does_not(place: Place) -> None:
    writer = Lease(place.store.engine, ROLE)
    assert writer.take()
    with pytest.raises(OperationFault, match="an ingest role writes"), nobody_writes(place):
        pass
    writer.give_back()
    with nobody_writes(place):
        assert not writer.take(), "no writer begins meanwhile"
    assert writer.take()
    place.close()


def test_the_command(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["rebuild", "--data", str(place.directory)]
    assert app.main(command) == 0 and "made anew: no rows differ" in capsys.readouterr().out
    with place.store.write() as connection:
        connection.exec_driver_sql(DAMAGE[0])
    assert app.main([*command, "--compare"]) == 1 and "compared: 1 rows differ" in capsys.readouterr().out
    with hold(place.directory):
        assert app.main(command) == 1 and "in use by another process" in capsys.readouterr().err
    place.close()
