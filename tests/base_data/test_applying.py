from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import Engine, create_engine

from dashboard.base_data import apply_rows, base_version, load_base_data, plan_rows, read_layer, read_metrics
from dashboard.base_data.rows import CalendarRow, LayerRow, MetricRow, RegionRow, ShiftRow, WorkerRow
from dashboard.config import Settings
from dashboard.domain.base import Category, Unit
from dashboard.domain.regions import FOREVER, Region
from dashboard.store.base_schema import base_metadata
from tests.servers import postgres_url  # noqa: F401


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'base.db'}")
    else:
        engine = create_engine(request.getfixturevalue("postgres_url"))
        base_metadata.drop_all(engine)
    yield engine
    engine.dispose()


def box(x: float) -> bytes:
    return bytes(shapely.to_wkb(shapely.box(x, 0, x + 1, 1)))


CITY = [
    RegionRow(Region("1", "City", 0)),
    RegionRow(Region("11", "West", 1, "1"), box(0)),
    RegionRow(Region("12", "East", 1, "1"), box(1)),
    RegionRow(Region("1101", "Street", 2, "11")),
]


def test_import_of_the_same_rows_changes_nothing(engine: Engine) -> None:
    first = apply_rows(engine, "regions", CITY)
    second = apply_rows(engine, "regions", CITY)
    assert (first.added, first.changed, first.unchanged, first.version) == (4, 0, 0, 1)
    assert (second.added, second.changed, second.unchanged, second.version) == (0, 0, 4, 1)
    assert base_version(engine) == 1


def test_plan_tells_what_would_change_and_changes_nothing(engine: Engine) -> None:
    plan = plan_rows(engine, "regions", CITY)
    assert (plan.added, plan.version) == (4, 0)
    assert base_version(engine) == 0
    assert len(load_base_data(engine, Settings()).tree) == 0


def test_empty_store_is_read_without_creating_tables(engine: Engine) -> None:
    base = load_base_data(engine, Settings())
    assert base.version == 0
    assert read_metrics(engine) == []


def test_later_border_opens_a_version_and_closes_the_one_before(engine: Engine) -> None:
    apply_rows(engine, "regions", CITY)
    moved = RegionRow(Region("11", "West", 1, "1", valid_from=20260101), box(5))
    applied = apply_rows(engine, "regions", [moved])
    assert (applied.added, applied.changed) == (1, 1)
    base = load_base_data(engine, Settings())
    old, new = base.tree.versions["11"]
    assert base.tree.regions[old].valid_to == 20251231
    assert base.tree.regions[new].valid_to == FOREVER
    assert base.geometry[old][0].points[:, 0].max() == 1
    assert base.geometry[new][0].points[:, 0].max() == 6
    assert apply_rows(engine, "regions", [moved]).effective is False
    assert apply_rows(engine, "regions", CITY).effective is False


def test_later_row_that_says_nothing_new_is_no_version(engine: Engine) -> None:
    apply_rows(engine, "regions", CITY)
    again = [replace(row, region=replace(row.region, valid_from=20260101)) for row in CITY]
    assert apply_rows(engine, "regions", again).effective is False


def test_region_may_change_its_parent_from_a_day_on(engine: Engine) -> None:
    apply_rows(engine, "regions", CITY)
    apply_rows(engine, "regions", [RegionRow(Region("1101", "Street", 2, "12", valid_from=20260101))])
    tree = load_base_data(engine, Settings()).tree
    assert tree.regions[tree.chain(tree.latest["1101"])[1]].code == "12"
    assert tree.regions[tree.chain(tree.node("1101", 20251231) or 0, 20251231)[1]].code == "11"


def test_row_without_border_keeps_the_border(engine: Engine) -> None:
    apply_rows(engine, "regions", CITY)
    apply_rows(engine, "regions", [RegionRow(Region("11", "Renamed", 1, "1"))])
    base = load_base_data(engine, Settings())
    assert base.tree.regions[base.tree.latest["11"]].name == "Renamed"
    assert base.tree.latest["11"] in base.geometry


def test_regions_that_form_no_tree_are_refused_whole(engine: Engine) -> None:
    with pytest.raises(ValueError, match="parent that does not exist: 9"):
        apply_rows(engine, "regions", [*CITY, RegionRow(Region("99", "Lost", 1, "9"))])
    assert base_version(engine) == 0


def test_workers_stand_in_tree_order_with_their_rosters(engine: Engine) -> None:
    apply_rows(engine, "regions", CITY)
    apply_rows(engine, "workers", [WorkerRow("b", "B", "12"), WorkerRow("c", "C", "1101"), WorkerRow("a", "A", "11")])
    rosters = [ShiftRow("b", 480, 720), ShiftRow("b", 840, 1080), ShiftRow("a", 0, 60, workdays=True)]
    apply_rows(engine, "shifts", rosters)
    base = load_base_data(engine, Settings())
    assert base.workers.ids == ("a", "c", "b")
    assert base.workers.inside(base.tree, base.tree.latest["11"]) == slice(0, 2)
    np.testing.assert_array_equal(base.shifts.slot, [0, 2, 2])
    np.testing.assert_array_equal(base.shifts.start, [0, 480, 840])
    np.testing.assert_array_equal(base.shifts.workdays, [True, False, False])


def test_a_device_tells_the_one_worker_who_carries_it(engine: Engine) -> None:
    people = [("b", "12", "T1"), ("c", "1101", "shared"), ("a", "11", "shared"), ("d", "11", ""), ("T1", "11", "T2")]
    apply_rows(engine, "regions", CITY)
    apply_rows(engine, "workers", [WorkerRow(id_, id_, region, device=device) for id_, region, device in people])
    workers = load_base_data(engine, Settings()).workers
    assert workers.devices == {"T1": workers.slots["b"], "T2": workers.slots["T1"]}
    assert workers.senders()["T1"] == workers.slots["T1"]


def test_roster_of_a_worker_is_replaced_as_a_whole(engine: Engine) -> None:
    apply_rows(engine, "shifts", [ShiftRow("b", 480, 720), ShiftRow("b", 840, 1080), ShiftRow("a", 0, 60)])
    applied = apply_rows(engine, "shifts", [ShiftRow("b", 480, 720)])
    assert (applied.added, applied.changed, applied.removed, applied.unchanged) == (0, 0, 1, 1)


def test_imported_calendar_overrides_the_statutory_one(engine: Engine) -> None:
    national_day, make_up_day = 20261001, 20261010
    days = load_base_data(engine, Settings()).workdays
    assert (days[national_day], days[make_up_day]) == (False, True)
    apply_rows(engine, "calendar", [CalendarRow(national_day, True)])
    assert load_base_data(engine, Settings()).workdays[national_day] is True
    plain = load_base_data(engine, Settings(statutory_holidays=False)).workdays
    assert (plain[make_up_day], plain[20261002]) == (False, True)


def test_other_kinds_come_back_as_they_went_in(engine: Engine) -> None:
    category = Category("01", "噪音", None, "event", 120, "work", "Noise")
    unit = Unit("u1", "城管局", "市直", None)
    metric = MetricRow("1", "persons", 20261001, 12.5, 100)
    feature = LayerRow("water", "w1", "湘江", '{"type":"Point","coordinates":[1,2]}', None)
    for kind, row in (("categories", category), ("units", unit), ("metrics", metric), ("layer", feature)):
        assert apply_rows(engine, kind, [row]).added == 1
        assert apply_rows(engine, kind, [row]).effective is False
    base = load_base_data(engine, Settings())
    assert (base.categories["01"], base.units["u1"]) == (category, unit)
    assert (read_metrics(engine), read_layer(engine, "water"), base.version) == ([metric], [feature], 4)


def test_hole_of_a_polygon_is_told_apart(engine: Engine) -> None:
    ring = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    shape = bytes(shapely.to_wkb(shapely.MultiPolygon([ring, shapely.box(9, 9, 10, 10)])))
    apply_rows(engine, "regions", [RegionRow(Region("1", "City", 0), shape)])
    assert [found.hole for found in load_base_data(engine, Settings()).geometry[0]] == [False, True, False]


def test_wrong_kind_is_refused(engine: Engine) -> None:
    with pytest.raises(TypeError, match="Unit among workers"):
        apply_rows(engine, "workers", [Unit("u", "U")])
    with pytest.raises(ValueError, match="not a kind"):
        apply_rows(engine, "people", [])


def test_imports_at_the_same_time_both_count(engine: Engine) -> None:
    apply_rows(engine, "regions", CITY)
    units = [[Unit(f"{n}-{m}", "U") for m in range(20)] for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        versions = [applied.version for applied in pool.map(lambda rows: apply_rows(engine, "units", rows), units)]
    assert sorted(versions) == [2, 3, 4, 5]
    assert len(load_base_data(engine, Settings()).units) == 80
