"""Totals of crews by hand: rosters, moments and fixes; unknown where nothing was recorded."""

from pathlib import Path

import msgspec
import numpy as np

from benchmarks.position_city import city as gridded
from dashboard.base_data.applying import apply_rows
from dashboard.base_data.loading import load_base_data
from dashboard.base_data.rows import WorkerRow
from dashboard.domain.track import Track
from dashboard.reports.facts_patrols import day_of
from dashboard.reports.facts_view import Books
from dashboard.reports.recount import recount
from dashboard.reports.snapshot import Fact
from dashboard.store.clock_tables import Moment
from dashboard.store.schema import STOCKS
from dashboard.store.slabs import Slabs
from dashboard.tracks.files import write_track
from tests.domain.happenings import at, event
from tests.reports.frozen import Frozen, frozen

DAY = 1440
MINUTE = 60_000


def walk(key: int, start: int, minutes: int, step: float = 0.0005) -> Track:
    """A fix every ten seconds, ``step`` degrees east a minute from 113.2, 27.8."""
    n = minutes * 6
    lon = 113.2 + np.arange(n) * step / 6
    return Track(
        np.full(n, key, np.uint32), start + np.arange(n, dtype=np.int64) * 10_000,
        np.rint(lon * 1e7).astype(np.int32), np.full(n, 278_000_000, np.int32),
    )  # fmt: skip


def test_nothing_recorded_is_unknown_and_rosters_are_counted(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        town.send(1, [event("accepted", 0, category="natural")])
        facts = town.freeze().facts
    crew = {key.removeprefix("crew.c."): fact for key, fact in facts.items() if key.startswith("crew.c.")}
    assert crew == {
        "workers": Fact(2, "people"), "on_duty": Fact(2, "people"), "grids": Fact(2, "number"),
        "hours": Fact(None, "hours"), "metres": Fact(None, "metres"), "coverage": Fact(None, "share"),
    }  # fmt: skip


def test_hours_are_those_online_at_moments_of_the_period_up_to_the_cut_off(tmp_path: Path) -> None:
    counts = np.zeros((2, len(STOCKS)), np.int32)
    counts[:, STOCKS.index("moving")], counts[:, STOCKS.index("still")] = (3, 1), (2, 1)
    with frozen(tmp_path) as town, town.town.store.write() as connection:
        for instant in (at(-30 * DAY), at(0), at(10), at(20), at(30 * DAY)):
            town.town.store.put_moment(connection, Moment(instant, 1, ("c", "d2"), counts))
        connection.commit()
        found = town.freeze()
        facts = found.facts
        assert recount(town.books, found) == []
        wrong = msgspec.structs.replace(found, facts=facts | {"crew.d2.hours": Fact(1.5, "hours")})
        assert [fault.where for fault in recount(town.books, wrong)] == ["crew.d2.hours"]
    assert facts["crew.c.hours"].value == 15 / 6 and facts["crew.d2.hours"].value == 1.0
    assert facts["crew.d1.hours"].value is None


def test_ways_are_summed_by_unit_and_kept_by_day(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        keys = _keys(town, ["W1", "W2", "gone"])
        tracks = tmp_path / "tracks"
        write_track(tracks / "20261012" / "00000001.parquet", walk(keys[0], at(0), 11))
        write_track(tracks / "20261013" / "00000001.parquet", walk(keys[2], at(DAY), 11))
        Slabs(town.town.store.engine).append(walk(keys[1], at(2 * DAY), 21), at(2 * DAY + 21))
        town.books = Books(**{**vars(town.books), "tracks": tracks})
        found = town.freeze()
        first = found.facts
        assert recount(town.books, found) == []
        for key in ("crew.c.metres", "crew.c.workers", "crew.d2.on_duty"):
            wrong = msgspec.structs.replace(first[key], value=(first[key].value or 0) + 7)
            faults = recount(town.books, msgspec.structs.replace(found, facts=first | {key: wrong}))
            assert [fault.where for fault in faults] == [key]
        (tracks / "20261012" / "00000001.parquet").unlink()
        again = town.freeze().facts
    ten = 10 * 0.0005 * 111_195 * np.cos(np.radians(27.8))
    assert abs((first["crew.c.metres"].value or 0) - 3 * ten) < 5
    assert again["crew.c.metres"] == first["crew.c.metres"]
    assert first["crew.c.coverage"].value is None


def test_the_ways_of_a_day_are_walked_again_from_its_fixes(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        keys = _keys(town, ["W1", "W2"])
        tracks = tmp_path / "tracks"
        write_track(tracks / "20261012" / "00000001.parquet", walk(keys[1], at(0), 31))
        town.books = Books(**{**vars(town.books), "tracks": tracks})
        found = town.freeze()
        assert recount(town.books, found) == []
        (tracks / "20261012" / "00000001.parquet").unlink()
        write_track(tracks / "20261012" / "00000001.parquet", walk(keys[1], at(0), 21))
        assert [fault.where for fault in recount(town.books, found)] == ["crew.r2.20261012"]


def _keys(town: Frozen, ids: list[str]) -> list[int]:
    return [int(key) for key in Slabs(town.town.store.engine).keys_of(ids)]


def test_a_new_roster_is_no_fault_of_a_report_that_was_made_before(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        town.send(1, [event("accepted", 0, category="natural")])
        found = town.freeze()
        apply_rows(town.town.store.engine, "workers", [WorkerRow("W3", "赵", "r1")])
        town.town.base = load_base_data(town.town.store.engine, town.books.settings)
        assert town.freeze().facts["crew.c.workers"].value != found.facts["crew.c.workers"].value
        assert recount(town.books, found) == []


def test_standing_still_is_no_way_and_a_visit_takes_five_minutes() -> None:
    base, _ = gridded(workers=2, grids=4)
    home = {1: base.tree.regions[int(base.workers.home[0])].code}
    still = day_of(walk(1, at(0), 30, step=0.00001).take(np.arange(0, 180, 6)), base, home)
    assert list(still.metres.values()) == [0.0]
    assert sum(still.minutes.values()) <= 30 and max(still.minutes.values()) >= 5
    assert day_of(walk(9, at(0), 30), base, home).metres == {}
