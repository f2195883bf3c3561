from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.addresses import database_address
from dashboard.base_data import load_base_data
from dashboard.base_data.maps import city_plane
from dashboard.config import load_settings
from dashboard.domain.fixes import Fixes
from dashboard.domain.raster_build import raster_of
from dashboard.feed import MemoryFeed
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.positions import PositionLane
from dashboard.ingest.source_book import SourceBook
from dashboard.ingest.ticker import Ticker
from dashboard.store import open_store
from data_sources.demo_start import live_through_recordings
from data_sources.demos import DEMOS, demo_city, demo_sources, open_demo, person_days, prepare_demo
from data_sources.imports.errors import ImportFileError
from tests.shared_data import shared_data

DAY = 86_400_000
MIDNIGHT = 1225987200000
"""2008-11-07 in Beijing."""


def test_each_day_of_a_person_becomes_a_worker_of_one_day() -> None:
    time = np.array([MIDNIGHT + 5, MIDNIGHT - 3 * DAY + 7, MIDNIGHT - 1], np.int64)
    fixes = Fixes(np.array(["a", "a", "b"], object), time, np.array([1.0, 2.0, 3.0]), np.zeros(3))
    moved = person_days(fixes, 20081107)
    assert list(moved.worker) == ["a-1107", "a-1104", "b-1106"]
    assert list(moved.time - MIDNIGHT) == [5, 7, DAY - 1]
    assert list(moved.lon) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", sorted(DEMOS))
def test_records_that_are_not_there_are_called_absent(name: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=f"there is no folder {tmp_path / 'nowhere'}"):
        prepare_demo(name, tmp_path / "nowhere", tmp_path / "data")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportFileError, match=f"there is no file {tmp_path / 'empty'}/"):
        prepare_demo(name, tmp_path / "empty", tmp_path / "data")


@pytest.mark.real_data
def test_a_directory_is_prepared_once_and_for_one_demonstration(tmp_path: Path) -> None:
    assert open_demo(tmp_path) is None
    demo = prepare_demo("nyc311", shared_data(), tmp_path)
    written = (tmp_path / "cases.jsonl.gz").stat().st_mtime_ns
    assert prepare_demo("nyc311", shared_data(), tmp_path) == demo == open_demo(tmp_path)
    assert (tmp_path / "cases.jsonl.gz").stat().st_mtime_ns == written
    with pytest.raises(ImportFileError, match="holds the demonstration nyc311"):
        prepare_demo("la311", shared_data(), tmp_path)


@pytest.mark.real_data
def test_people_of_beijing_walk_over_its_districts(tmp_path: Path) -> None:
    demo = prepare_demo("geolife", shared_data(), tmp_path)
    settings = load_settings(tmp_path)
    store = open_store(database_address(settings, tmp_path))
    base = load_base_data(store.engine, settings)
    assert (len(base.workers), len(base.shifts.slot), len(base.tree)) == (586, 2165, 17)
    clock, book, feed = ToldClock(), SourceBook(), MemoryFeed()
    lane = PositionLane(store, feed, settings, base, city_plane(base), book)
    running = Ingest(store, feed, settings, clock, lambda: base, lambda b: raster_of(b).locate, lane, book)
    ticker = Ticker(store, feed, running, settings, lane.presence_counts)
    live_through_recordings(demo, tmp_path, clock, running, ticker, lambda what, share: None)
    lane.tick(demo.start)
    counts = lane.presence_counts(demo.start)
    state = next(state for state in book.states() if state.name == "positions")
    running.close()
    store.close()
    assert clock.now() == demo.start
    local = pd.to_datetime(pd.read_csv(shared_data("gps", "geolife_beijing_2008-11_10s.csv.gz")).time_utc)
    due = (local.dt.tz_convert("Asia/Shanghai").dt.strftime("%H:%M:%S") <= "17:30:00").sum()
    assert state.accepted + state.duplicate + sum(state.rejected.values()) == due
    print("GeoLife until 17:30:", state.accepted, state.duplicate, state.rejected, counts)


@pytest.mark.real_data
def test_real_districts_of_zhengzhou_with_generated_streets(tmp_path: Path) -> None:
    demo = prepare_demo("zhengzhou", shared_data(), tmp_path)
    city = demo_city(tmp_path)
    assert demo.simulated
    assert demo_sources(tmp_path, lambda: 0) == []
    names = [region.name for region in city.levels[1]]
    assert len(names) == 12
    assert "二七区" in names
    assert set(DEMOS) == {"geolife", "la311", "nyc311", "zhengzhou"}
