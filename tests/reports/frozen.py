"""A small city with a store, an extract and the books that reports are frozen from."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from dashboard.config import Settings
from dashboard.domain.events import CaseEvent
from dashboard.domain.periods import LocalDays
from dashboard.domain.ranking import DEFAULT, Model
from dashboard.extract import Extract
from dashboard.reports.facts_view import Books
from dashboard.reports.freezing import close_period, freeze
from dashboard.reports.snapshot import Asked, Snapshot
from tests.check.cities import SETTINGS, City, city_at, raws
from tests.domain.happenings import at

MONTH = Asked("month", "2026-10")
NOVEMBER = at(60 * 24 * 25)
"""An instant after the end of October."""


class Frozen:
    """``books`` over a city; ``send`` numbers cases as it is told."""

    def __init__(self, town: City, settings: Settings, models: dict[str, Model]) -> None:
        self.town = town
        self.extract = Extract(town.store, lambda: town.base, LocalDays())
        self.books = Books(
            town.store.engine,
            lambda: town.base,
            settings,
            town.clock.now,
            self.extract,
            models or {DEFAULT.key: DEFAULT},
        )

    def send(self, number: int, stream: Sequence[CaseEvent]) -> None:
        receipt = self.town.send(raws(number, stream))
        assert not receipt.rejected, receipt

    def freeze(self, asked: Asked = MONTH, **options: object) -> Snapshot:
        return freeze(self.books, asked, close_period(self.books), **options)  # type: ignore[arg-type]


@contextmanager
def frozen_at(
    url: str, now: int = NOVEMBER, models: dict[str, Model] | None = None, **changes: object
) -> Iterator[Frozen]:
    settings = msgspec.structs.replace(SETTINGS, **changes)
    with city_at(url, now) as town:
        found = Frozen(town, settings, models or {})
        try:
            yield found
        finally:
            found.extract.close()


@contextmanager
def frozen(directory: Path, now: int = NOVEMBER, **changes: object) -> Iterator[Frozen]:
    with frozen_at(f"sqlite:///{directory / 'yiping.db'}", now, **changes) as found:  # type: ignore[arg-type]
        yield found
