"""Fixtures of the ingest tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.lane import Lane, lane
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Lane]:
    """A lane on SQLite."""
    with lane(f"sqlite:///{tmp_path / 'case.db'}") as made:
        yield made


@pytest.fixture
def on_both(database_url: str) -> Iterator[Lane]:
    """A lane on SQLite and one on PostgreSQL."""
    with lane(database_url) as made:
        yield made
