"""Demonstrations over real records: each prepares a data directory once, then plays its recordings by its clock.

``prepare_demo`` writes settings, base data and recordings; ``demo_sources`` opens the recordings as sources. What a
first start finds in the past arrives at once, and everything later when the clock reaches it.
"""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine

from dashboard.addresses import database_address
from dashboard.base_data import apply_rows, load_base_data
from dashboard.base_data.rows import Row, ShiftRow, WorkerRow
from dashboard.config import load_settings
from dashboard.domain.fixes import Fixes
from dashboard.domain.periods import LocalDays
from dashboard.domain.raster_build import raster_of
from dashboard.store.engine import open_engine
from data_sources.file_replay import FIXES_AT_ONCE, ByClock, FileReplay, Progress
from data_sources.imports.cases import in_order, read_cases
from data_sources.imports.command import read_file
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping, load_mapping
from data_sources.replay_files import case_timeline, fix_timeline
from data_sources.simulator.city import City, District, build_city
from data_sources.simulator.scales import SCALES

MAPPINGS = Path(__file__).resolve().parents[1] / "docs" / "mappings"
PLAN, CASES, FIXES, DISTRICTS = "demo.json", "cases.jsonl.gz", "fixes.parquet", "districts.geojson.gz"
BEIJING, LOS_ANGELES, NEW_YORK = "Asia/Shanghai", "America/Los_Angeles", "America/New_York"
PERSON_DAY = 20081107
HOLE = 15
"""Minutes without a fix after which a recording counts as interrupted."""


class Demo(msgspec.Struct, frozen=True):
    """What a prepared directory plays: from when (epoch ms), how fast, and whether the simulator adds to it."""

    name: str
    start: int
    speed: float
    simulated: bool = False


def prepare_demo(name: str, shared: Path, directory: Path) -> Demo:
    """Fill a data directory with a demonstration; one that is prepared already is left as it is.

    ``shared`` is the folder of real records. ``ImportFileError`` where it or a record is missing or the directory holds
    another demonstration; KeyError for a name that is not in ``DEMOS``.
    """
    found = open_demo(directory)
    if found is not None:
        if found.name != name:
            raise ImportFileError(f"{directory} holds the demonstration {found.name}; give {name} another --data")
        return found
    if not shared.is_dir():
        raise ImportFileError(f"there is no folder {shared}")
    directory.mkdir(parents=True, exist_ok=True)
    demo = DEMOS[name](shared, directory)
    (directory / PLAN).write_bytes(msgspec.json.encode(demo))
    return demo


def open_demo(directory: Path) -> Demo | None:
    """The demonstration that a directory was prepared for, or None."""
    path = directory / PLAN
    return msgspec.json.decode(path.read_bytes(), type=Demo) if path.exists() else None


def demo_sources(directory: Path, now: Callable[[], int]) -> list[FileReplay]:
    """The recordings of a prepared directory, paced by its clock (``now`` gives epoch ms).

    How far each was delivered is kept beside it, so that a restart goes on where the last run stopped.
    """
    sources: list[FileReplay] = []
    if (directory / CASES).exists():
        progress = Progress(directory / "cases.progress", CASES)
        sources.append(FileReplay("cases", case_timeline(directory / CASES), ByClock(now), now, progress=progress))
    if (directory / FIXES).exists():
        progress = Progress(directory / "fixes.progress", FIXES)
        timeline = fix_timeline(directory / FIXES)
        sources.append(
            FileReplay("positions", timeline, ByClock(now), now, progress=progress, at_once=FIXES_AT_ONCE)
        )
    return sources


def demo_city(directory: Path) -> City:
    """The generated city inside the real districts of Zhengzhou, the same at every start."""
    return _zhengzhou_city(_features(directory / DISTRICTS))


def _geolife(shared: Path, directory: Path) -> Demo:
    """Every person-day of November 2008 as one worker on one day, on duty while it was recorded."""
    engine = _settled(directory, "北京市", "Beijing", BEIJING, "district")
    _import(engine, "regions", shared / "boundaries" / "beijing_districts_wgs84_amap.geojson.gz", "cn-districts")
    mapping = load_mapping(MAPPINGS / "geolife.toml")
    fixes = person_days(fix_timeline(shared / "gps" / "geolife_beijing_2008-11_10s.csv.gz", mapping).fixes, PERSON_DAY)
    workers, shifts = _crew(fixes, engine, directory)
    apply_rows(engine, "workers", workers)
    apply_rows(engine, "shifts", shifts)
    columns = {"worker": fixes.worker, "time": fixes.time, "lon": fixes.lon, "lat": fixes.lat}
    pd.DataFrame(columns).to_parquet(directory / FIXES, index=False)
    return Demo("geolife", _instant("2008-11-07T17:30", BEIJING), 5.0)


def _la311(shared: Path, directory: Path) -> Demo:
    engine = _settled(directory, "洛杉矶", "Los Angeles", LOS_ANGELES, "street")
    _import(engine, "regions", shared / "regions" / "la_neighborhood_councils_wgs84.geojson.gz", "la-councils")
    _import(engine, "categories", MAPPINGS / "la311-categories.csv", "")
    _record(directory, [(shared / "cases" / "la311_2020-01.csv.gz", "la311")])
    return Demo("la311", _instant("2020-01-03T12:00", LOS_ANGELES), 10.0)


def _nyc311(shared: Path, directory: Path) -> Demo:
    engine = _settled(directory, "纽约", "New York", NEW_YORK, "district")
    _import(engine, "regions", shared / "regions" / "nyc_boroughs_wgs84.geojson.gz", "nyc-boroughs")
    _record(directory, [(shared / "cases" / "nyc311_2013-12-25.csv.gz", "nyc311-2013")])
    return Demo("nyc311", _instant("2013-12-25T20:00", NEW_YORK), 10.0)


def _zhengzhou(shared: Path, directory: Path) -> Demo:
    features = [
        feature
        for feature in _features(shared / "boundaries" / "cn_districts_6cities_wgs84_amap.geojson.gz")
        if feature["properties"]["adcode"].startswith("4101")
    ]
    (directory / DISTRICTS).write_bytes(gzip.compress(json.dumps({"features": features}).encode()))
    _settled(directory, "郑州市", "Zhengzhou", BEIJING, "street").dispose()
    return Demo("zhengzhou", _instant("2026-11-20T10:00", BEIJING), 1.0, simulated=True)


DEMOS: dict[str, Callable[[Path, Path], Demo]] = {
    "geolife": _geolife,
    "la311": _la311,
    "nyc311": _nyc311,
    "zhengzhou": _zhengzhou,
}


def _settled(directory: Path, zh: str, en: str, zone: str, ranking_level: str) -> Engine:
    """Write the settings and open the database."""
    lines = [f'city_zh = "{zh}"', f'city_en = "{en}"', f'zone = "{zone}"', f'ranking_level = "{ranking_level}"',
             "demo = true", f"statutory_holidays = {str(zone == BEIJING).lower()}"]
    (directory / "config.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_engine(database_address(load_settings(directory), directory))


def _import(engine: Engine, kind: str, path: Path, mapping: str) -> None:
    parsed = read_file(kind, path, _mapping(mapping))
    if parsed.bad:
        raise ImportFileError(f"{path}: line {parsed.bad[0].line}: {parsed.bad[0].reason}")
    apply_rows(engine, kind, parsed.rows)


def _mapping(name: str) -> Mapping:
    return load_mapping(MAPPINGS / f"{name}.toml" if name else None)


def _record(directory: Path, files: Sequence[tuple[Path, str]]) -> None:
    """All cases of the files as one recording of events in order of time; rows that cannot be read stay out."""
    events = [event for path, mapping in files for event in read_cases(path, _mapping(mapping)).events]
    lines = b"\n".join(event.raw for event in in_order(events))
    (directory / CASES).write_bytes(gzip.compress(lines, mtime=0))


def _instant(local: str, zone: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def person_days(fixes: Fixes, day: int, zone: str = BEIJING) -> Fixes:
    """Each person's each local day as a worker ``PERSON-MMDD`` of its own, moved to one day at the same time of day."""
    days = LocalDays(zone)
    hours, place = np.unique(fixes.time // 3_600_000, return_inverse=True)
    local = np.array([days.day(int(hour) * 3_600_000) for hour in hours], np.int64)
    moved = np.array([days.start(day) - days.start(int(found)) for found in local], np.int64)
    suffix = np.array([f"-{found % 10_000:04d}" for found in local], object)
    time = fixes.time + moved[place]
    order = np.argsort(time, kind="stable")
    worker = (fixes.worker + suffix[place])[order]
    return Fixes(worker, time[order], fixes.lon[order], fixes.lat[order], fixes.crs)


def _crew(fixes: Fixes, engine: Engine, directory: Path) -> tuple[list[Row], list[Row]]:
    """A worker for each id, at home in the district most of its fixes lie in, on duty while it was recorded.

    Fixes outside every district do not count for the home; a worker without any inside belongs to the city.
    """
    base = load_base_data(engine, load_settings(directory))
    nodes = raster_of(base).locate(fixes.lon, fixes.lat).astype(np.float64)
    nodes[nodes < 0] = np.nan
    frame = pd.DataFrame({"worker": fixes.worker, "node": nodes, "time": fixes.time})
    days = LocalDays(BEIJING)
    workers: list[Row] = []
    shifts: list[Row] = []
    for worker, rows in frame.groupby("worker"):
        home = base.tree.regions[int(next(iter(rows["node"].mode()), 0))].code
        workers.append(WorkerRow(str(worker), str(worker), home, "GeoLife"))
        minutes = np.array([days.minute_of_day(int(at)) for at in rows["time"]])
        shifts += [ShiftRow(str(worker), first, last) for first, last in _recorded(minutes)]
    return workers, shifts


def _recorded(minutes: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Spans of minutes without a hole of more than ``HOLE`` minutes, end exclusive."""
    breaks = np.flatnonzero(np.diff(minutes) > HOLE)
    firsts = minutes[np.concatenate([[0], breaks + 1])]
    lasts = minutes[np.concatenate([breaks, [len(minutes) - 1]])]
    return [(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True)]


def _features(path: Path) -> list[dict[str, dict[str, str]]]:
    try:
        features: list[dict[str, dict[str, str]]] = json.loads(gzip.decompress(path.read_bytes()))["features"]
    except FileNotFoundError as problem:
        raise ImportFileError(f"there is no file {path}") from problem
    except (OSError, ValueError, KeyError) as problem:
        raise ImportFileError(f"{path} cannot be read: {problem}") from problem
    return features


def _zhengzhou_city(features: Sequence[dict[str, dict[str, str]]]) -> City:
    scale = replace(SCALES["zhuzhou"], key="zhengzhou", name="郑州市", name_en="Zhengzhou", prefix="ZZ", code="4101")
    districts: list[District] = [
        (feature["properties"]["adcode"], feature["properties"]["name"],
         shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"]))))
        for feature in features
    ]
    return build_city(scale, 1, districts)
