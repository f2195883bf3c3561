"""Base data that changes what past events mean is followed by all figures, whenever it was changed."""

from pathlib import Path

import pytest

from dashboard.domain.base import BaseData, Category
from dashboard.domain.changes import BaseChanged
from dashboard.domain.regions import Region, RegionTree
from dashboard.domain.tallies import COLUMN
from dashboard.feed import START
from tests.ingest.city import CATEGORIES, DAY, HOUR, NOON, REGIONS, life
from tests.ingest.lane import Lane, figures, lane

EVENTS = [*life("1", NOON - 3 * HOUR, "A111"), *life("2", NOON + DAY, "B111")[:5], *life("3", NOON - 20 * DAY, "A211")]


def changed_base(change: str) -> BaseData:
    tree, categories, workdays = RegionTree(REGIONS), dict(CATEGORIES), {}
    if change == "limit":
        categories["0203"] = Category("0203", "飞线充电", "02", limit_minutes=30)
    if change == "parent":
        categories["0203"] = Category("0203", "飞线充电", "05", limit_minutes=240)
    if change == "border":
        moved = Region("A211", "三格", 4, "B11")
        tree = RegionTree([*(region for region in REGIONS if region.code != "A211"), moved])
    if change == "workdays":
        workdays = {20261017: True}
    return BaseData(2, tree, categories=categories, workdays=workdays)


@pytest.mark.parametrize("change", ["limit", "parent", "border", "workdays"])
@pytest.mark.parametrize("running", [True, False])
def test_figures_are_as_if_it_had_always_been_so(on_both: Lane, tmp_path: Path, change: str, running: bool) -> None:
    on_both.send(*EVENTS)
    before = figures(on_both.store)
    on_both.base = changed_base(change)
    if running:
        on_both.ingest.base_changed()
    else:
        on_both.restart()
        on_both.ingest.open_cases()
    assert BaseChanged(2) in [entry for _, entry in on_both.feed.read(START, 0)]
    found = figures(on_both.store)
    assert found != before
    with lane(f"sqlite:///{tmp_path / 'other.db'}") as other:
        other.base = changed_base(change)
        other.ingest.base_changed()
        other.send(*EVENTS)
        assert found == figures(other.store)
        other.send(*life("2", NOON + DAY, "B111"))
        on_both.send(*life("2", NOON + DAY, "B111"))
        assert figures(on_both.store) == figures(other.store)


def test_additions_count_nothing_again(on: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.ingest import restating

    on.send(*EVENTS)
    monkeypatch.setattr(restating, "count_again", lambda *_: pytest.fail("nothing to count again"))
    more = [*REGIONS, Region("A113", "五格", 4, "A11")]
    on.base = BaseData(2, RegionTree(more), categories={**CATEGORIES, "09": Category("09", "新")})
    on.ingest.base_changed()
    on.send(*life("9", NOON - HOUR, "A113"))
    assert figures(on.store)["tallies"]["A113", 202610][COLUMN["closed"]] == 1


def test_a_process_with_older_base_data_reads_it_again_before_it_writes(on: Lane) -> None:
    on.send(*EVENTS)
    importer = Lane(on.url)
    importer.imported(changed_base("limit"))
    importer.ingest.base_changed()
    importer.close()
    on.base = changed_base("limit")
    on.send(*life("4", NOON, "A111"))
    assert on.ingest.base.version == 2
    assert BaseChanged(2) in [entry for _, entry in on.feed.read(START, 0)]
    assert figures(on.store)["tallies"]["A111", 202610][COLUMN["late"]] == 2
