"""An empty database of each kind and a clock that moves when it is told to."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from dashboard.store.engine import open_engine
from tests.servers import database_url, postgres_url

__all__ = ["Clock", "clock", "database_url", "engine", "postgres_url"]


@dataclass
class Clock:
    """Epoch ms UTC."""

    time: int = 1_790_000_000_000

    def __call__(self) -> int:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += int(seconds * 1000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()
