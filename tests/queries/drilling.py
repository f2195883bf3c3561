"""A small city with an extract and the drill-down over it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.domain.periods import LocalDays
from dashboard.extract import Extract
from dashboard.queries.drill import Drill
from dashboard.queries.queries import Queries
from tests.check.cities import SETTINGS, City, city


class Drilled:
    """``sync`` brings the extract up to the store."""

    def __init__(self, town: City) -> None:
        self.town = town
        self.extract = Extract(town.store, lambda: town.base, LocalDays())
        self.queries = Queries(town.store, lambda: town.base, SETTINGS, town.clock.now)
        self.drill = Drill(town.store, lambda: town.base, SETTINGS, town.clock.now, self.extract, self.queries)

    def send(self, raws: list[bytes]) -> None:
        self.town.send(raws)

    def sync(self) -> int:
        return self.extract.refresh()


@contextmanager
def drilled(directory: Path, now: int) -> Iterator[Drilled]:
    with city(directory, now) as town:
        found = Drilled(town)
        try:
            yield found
        finally:
            found.extract.close()
