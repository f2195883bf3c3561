"""Cities small enough for every test, and one at Zhuzhou's scale."""

from dataclasses import replace

import pytest

from data_sources.simulator.city import City, build_city
from data_sources.simulator.scales import SCALES

SMALL = replace(
    SCALES["zhuzhou"], counts=(("district", 4), ("street", 12), ("community", 40), ("grid", 160)), workers=200,
    cases_per_day=60,
)  # fmt: skip


@pytest.fixture(scope="session")
def small() -> City:
    return build_city(SMALL, seed=5)


@pytest.fixture(scope="session")
def zhuzhou() -> City:
    return build_city("zhuzhou", seed=1)
