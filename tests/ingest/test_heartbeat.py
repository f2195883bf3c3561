"""The beat notices imports of other processes, and one part that fails leaves the others alone."""

from typing import Any, cast

import pytest

from dashboard.base_data.applying import apply_rows
from dashboard.domain.base import BaseData, Category
from dashboard.domain.changes import Tick
from dashboard.feed import START
from dashboard.ingest.heartbeat import Heartbeat
from dashboard.ingest.positions import PositionLane
from dashboard.ingest.ticker import Ticker
from dashboard.store import StoreError
from tests.ingest.city import NOON, SETTINGS, accepted, base_data
from tests.ingest.lane import Lane


class Positions:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.versions: list[int] = []
        self.ticks: list[int] = []
        self.broken = False

    def base_changed(self, base: BaseData, plane: object) -> None:
        self.versions.append(base.version)

    def tick(self, now: int) -> None:
        if self.broken:
            raise StoreError("away")
        self.ticks.append(now)


@pytest.fixture
def positions() -> Positions:
    return Positions()


def heartbeat(on: Lane, positions: Positions) -> Heartbeat:
    on.base = base_data(0)
    on.ingest.base_changed()
    ticker = Ticker(on.store, on.feed, on.ingest, SETTINGS)
    return Heartbeat(on.store, on.ingest, cast(PositionLane, positions), ticker)


def imported(on: Lane) -> None:
    """What another process does."""
    apply_rows(on.store.engine, "categories", cast(Any, [Category("77", "新类")]))
    on.base = base_data(1)


def ticks(on: Lane) -> int:
    return sum(isinstance(entry, Tick) for _, entry in on.feed.read(START, 0))


def test_an_import_is_noticed_once(on: Lane, positions: Positions) -> None:
    beat = heartbeat(on, positions)
    beat.beat()
    imported(on)
    for _ in range(3):
        beat.beat()
    assert (positions.versions, on.ingest.base.version, len(positions.ticks), ticks(on)) == ([1], 1, 4, 4)


def test_an_import_that_the_writer_met_first_still_reaches_positions(on: Lane, positions: Positions) -> None:
    beat = heartbeat(on, positions)
    imported(on)
    on.ingest.base_changed()
    on.send(accepted("1", NOON))
    beat.beat()
    assert positions.versions == [1]


def test_what_fails_leaves_the_rest_alone(on: Lane, positions: Positions) -> None:
    beat = heartbeat(on, positions)
    positions.broken = True
    beat.beat()
    positions.broken = False
    beat.beat()
    assert (len(positions.ticks), ticks(on)) == (1, 2)
