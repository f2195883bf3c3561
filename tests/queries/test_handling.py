"""How long cases took: what is kept is what would be read."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from dashboard.domain.periods import LocalDays
from dashboard.queries import handling
from dashboard.queries.handling import Handling, HandlingTimes
from dashboard.store import schema
from tests.check.cities import REGIONS, City, city, city_at, raws
from tests.domain.happenings import at, event
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]
CODES = sorted({region.code for region in REGIONS})
MONTHS = (202609, 202610, 202611)
OCTOBER, NOVEMBER = 0, 30_000


def asked(town: City, times: HandlingTimes, regions: Sequence[str] = CODES) -> dict[str, Handling]:
    with town.store.read() as connection:
        return times.of(connection, regions, MONTHS)


STEPS = st.tuples(
    st.integers(0, 2),
    st.sampled_from(["accepted", "closed", "reopened", "cancelled", "corrected"]),
    st.sampled_from([OCTOBER, OCTOBER + 600, NOVEMBER, NOVEMBER + 600]),
    st.sampled_from(["r1", "r2"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=3, max_size=12), st.sampled_from([0, handling.MANY]))
@example([(0, "accepted", NOVEMBER, "r1"), (0, "closed", NOVEMBER + 600, "r1"), (0, "accepted", OCTOBER, "r1")], 9)
@example([(0, "accepted", OCTOBER, "r1"), (0, "closed", OCTOBER + 600, "r1"), (0, "corrected", OCTOBER, "r2")], 9)
def test_what_is_kept_is_what_would_be_read(told: list[tuple[int, str, int, str]], many: int) -> None:
    """Asked after every event; an acceptance told later may take a case to another month, a correction elsewhere."""
    with (
        tempfile.TemporaryDirectory() as directory,
        city(Path(directory), at(60_000)) as town,
        patch("dashboard.queries.handling.MANY", many),
    ):
        times = HandlingTimes(LocalDays())
        for place, (number, step, minute, region) in enumerate(told):
            town.send(raws(number, [event(step, minute, place, region=region)]))
            assert asked(town, times) == asked(town, HandlingTimes(LocalDays()))


def test_only_months_whose_cases_changed_are_read_again(database_url: str) -> None:
    with city_at(database_url, at(60_000)) as town, patch.object(handling, "_read", wraps=handling._read) as read:
        times = HandlingTimes(LocalDays())
        town.send(raws(1, [event("accepted", OCTOBER), event("closed", OCTOBER + 30)]))
        assert asked(town, times)["c"].natural == {30: 1}
        town.send(raws(2, [event("accepted", NOVEMBER), event("closed", NOVEMBER + 20)]))
        assert asked(town, times)["c"].natural == {30: 1, 20: 1}
        assert {month for month, _ in read.call_args.args[1]} == {202611}
        asked(town, times)
        assert read.call_args.args[1] == [], "nothing came in"


def test_a_database_that_was_restored_is_read_again(tmp_path: Path) -> None:
    with city(tmp_path, at(60_000)) as town:
        times = HandlingTimes(LocalDays())
        town.send(raws(1, [event("accepted", OCTOBER), event("closed", OCTOBER + 30)]))
        asked(town, times)
        with town.store.write() as connection:
            connection.execute(update(schema.histogram).values(n=7))
            last = town.store.last_seq(connection)
            connection.execute(update(schema.event).where(schema.event.c.seq == last).values(uid=b"another"))
        town.send(raws(2, [event("accepted", NOVEMBER)]))
        assert asked(town, times)["c"].natural == {30: 7}
