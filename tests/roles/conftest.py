from collections.abc import Iterator

import pytest

from tests.browser.town import write_town
from tests.roles.cluster import Cluster
from tests.servers import RedisServer, emptied, postgres_url, redis_running

__all__ = ["postgres_url", "redis_running"]


@pytest.fixture(scope="package")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, redis_running: RedisServer
) -> Iterator[Cluster]:
    """A town's data directory with one role of each kind, all ready."""
    folder = tmp_path_factory.mktemp("roles")
    made = Cluster(folder / "data", emptied(postgres_url), redis_running.url)
    made.read_file("regions", write_town(folder / "town")["regions"])
    try:
        made.begin()
        yield made
    finally:
        made.end()
