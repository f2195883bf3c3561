"""The real 311 feeds end to end: every row is accounted for, and each region's total is what pandas counts."""

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
import shapely
from sqlalchemy import select

from dashboard.addresses import database_address
from dashboard.base_data import load_base_data
from dashboard.config import load_settings
from dashboard.domain.raster_build import raster_of
from dashboard.feed import MemoryFeed
from dashboard.ingest.clock import ToldClock
from dashboard.ingest.ingest import Ingest
from dashboard.store import open_store, schema
from data_sources.demos import MAPPINGS, demo_sources, prepare_demo
from data_sources.imports.cases import read_cases
from data_sources.imports.mapping import load_mapping
from tests.shared_data import shared_data

pytestmark = pytest.mark.real_data
YEARS_LATER = 1_900_000_000_000


def ingested(name: str, directory: Path) -> tuple[pd.DataFrame, dict[str, int]]:
    """All cases of a demonstration as ingest stored them, and the number of rejected events by reason."""
    prepare_demo(name, shared_data(), directory)
    settings = load_settings(directory)
    store = open_store(database_address(settings, directory))
    base = load_base_data(store.engine, settings)
    running = Ingest(store, MemoryFeed(), settings, ToldClock(YEARS_LATER), lambda: base, lambda b: raster_of(b).locate)
    for source in demo_sources(directory, lambda: YEARS_LATER):
        for batch in source.due():
            running.submit(batch)
    running.close()
    with store.read() as connection:
        cases = pd.DataFrame(connection.execute(select(schema.case)).mappings().all())
        reasons = pd.Series(connection.execute(select(schema.quarantine.c.reason)).scalars().all(), dtype=object)
    store.close()
    return cases, reasons.value_counts().to_dict()


def councils_of(rows: pd.DataFrame) -> list[set[str]]:
    """Codes of the councils that each row's point lies in, found with shapely in the original polygons."""
    file = shared_data("regions", "la_neighborhood_councils_wgs84.geojson.gz")
    features = json.loads(gzip.decompress(file.read_bytes()))["features"]
    tree = shapely.STRtree([shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features])
    points = shapely.points(rows.longitude.astype(float), rows.latitude.astype(float))
    point, polygon = tree.query(points, predicate="within")
    found: list[set[str]] = [set() for _ in range(len(rows))]
    for row, feature in zip(point, polygon, strict=True):
        found[row].add(f"LA-{features[feature]['properties']['nc_id']}")
    return found


def test_los_angeles(tmp_path: Path) -> None:
    rows = pd.read_csv(shared_data("cases", "la311_2020-01.csv.gz"), dtype=str)
    parsed = read_cases(shared_data("cases", "la311_2020-01.csv.gz"), load_mapping(MAPPINGS / "la311.toml"))
    assert (parsed.rows, len(parsed.bad), parsed.rows + len(parsed.bad)) == (9989, 11, len(rows))
    cases, rejected = ingested("la311", tmp_path)
    placed = rows[rows.latitude.notna()].reset_index(drop=True)
    placed["councils"] = councils_of(placed)
    inside = placed[placed.councils.str.len() > 0]
    assert set(cases.id) == set(inside.srnumber)
    assert set(rejected) == {"unknown_region"}
    region = cases.set_index("id").region
    in_one = inside[inside.councils.str.len() == 1].set_index("srnumber").councils.map(min)
    pd.testing.assert_series_equal(
        region[in_one.index].value_counts().sort_index(), in_one.value_counts().sort_index(), check_names=False
    )
    in_two = inside[inside.councils.str.len() > 1].set_index("srnumber").councils
    assert all(region[case] in councils for case, councils in in_two.items())
    assert cases.closed_at.notna().sum() == (inside.status == "Closed").sum()
    assert cases.voided_at.notna().sum() == (inside.status == "Cancelled").sum()
    print(f"LA: {len(rows)} rows, {len(cases)} accepted, {len(placed) - len(inside)} outside every council, "
          f"{len(in_two)} in two, {cases.closed_at.notna().sum()} closed, {cases.voided_at.notna().sum()} void")


def test_new_york_2013(tmp_path: Path) -> None:
    rows = pd.read_csv(shared_data("cases", "nyc311_2013-12-25.csv.gz"), dtype=str)
    cases, rejected = ingested("nyc311", tmp_path)
    codes = {"BRONX": "NYC-BX", "BROOKLYN": "NYC-BK", "MANHATTAN": "NYC-MN", "QUEENS": "NYC-QN",
             "STATEN ISLAND": "NYC-SI"}
    named = rows[rows.Borough.isin(codes)]
    nowhere = rows[~rows.Borough.isin(codes) & rows.Latitude.isna()]
    assert len(named) + len(nowhere) == len(rows)
    assert set(cases.id) == set(named["Unique Key"])
    assert cases.groupby("region").size().to_dict() == named.groupby(named.Borough.map(codes)).size().to_dict()
    done = named[(named.Status == "Closed") & named["Closed Date"].notna()]
    assert cases.closed_at.notna().sum() == len(done)
    due = named[named["Due Date"].notna()]
    assert cases.deadline.notna().sum() == len(due)
    form = "%m/%d/%Y %I:%M:%S %p"
    both = done[done["Due Date"].notna()]
    on_time = pd.to_datetime(both["Closed Date"], format=form) <= pd.to_datetime(both["Due Date"], format=form)
    stored = cases[cases.closed_at.notna() & cases.deadline.notna()]
    assert (stored.handled_at <= stored.deadline).sum() == on_time.sum()
    assert cases.closed_first.sum() == 0  # the one row that was closed before it was opened is Pending by its status
    assert rejected == {}
    print(f"NYC: {len(rows)} rows, {len(cases)} accepted, {len(nowhere)} without a place, {len(done)} closed, "
          f"{len(due)} with a deadline, {on_time.sum()} on time")


def test_new_york_2024_reads_with_its_own_mapping() -> None:
    path = shared_data("cases", "nyc311_2024-04.csv.gz")
    parsed = read_cases(path, load_mapping(MAPPINGS / "nyc311-2024.toml"))
    kinds = pd.Series([json.loads(event.raw)["type"] for event in parsed.events]).value_counts()
    assert [(row.line, row.reason) for row in parsed.bad] == [(25, "neither a region nor coordinates")]
    assert parsed.rows == 999
    assert kinds.to_dict() == {"case.accepted": 999, "case.closed": 292}
    assert parsed.notes == ["1 rows are ended by their status but say not when: they stay open"]
