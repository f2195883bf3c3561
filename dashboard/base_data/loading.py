"""Base data out of the store, as the immutable snapshot that the running system works with."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Table, inspect, select

from dashboard.base_data.applying import base_version
from dashboard.base_data.kinds import Values, region_of
from dashboard.base_data.rows import LayerRow, MetricRow
from dashboard.base_data.workdays import working_days
from dashboard.config import Settings
from dashboard.domain.base import BaseData, Category, Ring, Shifts, Unit, Workers
from dashboard.domain.regions import RegionTree
from dashboard.store import base_schema as tables


def load_base_data(engine: Engine, settings: Settings) -> BaseData:
    """Read everything imported; an empty system gives an empty tree and version 0. Reads only, never creates tables."""
    duty = tuple((_minutes(start), _minutes(end)) for start, end in settings.duty_hours)
    with engine.connect() as connection:
        if not inspect(connection).has_table(tables.base_version.name):
            return BaseData(0, RegionTree(()), workdays=working_days({}, settings.statutory_holidays), duty_hours=duty)
        return _load(connection, settings, duty)


def _load(connection: Connection, settings: Settings, duty: tuple[tuple[int, int], ...]) -> BaseData:
    version = connection.scalar(select(tables.base_version.c.version)) or 0
    tree = RegionTree(region_of(row) for row in _rows(connection, tables.region))
    workers = _workers(_rows(connection, tables.worker), tree)
    decreed = {day: work for day, work, _name in _rows(connection, tables.calendar)}
    return BaseData(
        version,
        tree,
        _geometry(_rows(connection, tables.region_shape), tree),
        workers,
        _shifts(_rows(connection, tables.shift), workers),
        {row[0]: Category(*row) for row in _rows(connection, tables.category)},
        {row[0]: Unit(*row) for row in _rows(connection, tables.unit)},
        working_days(decreed, settings.statutory_holidays),
        duty,
    )


def read_metrics(engine: Engine) -> list[MetricRow]:
    """All imported metrics, by region, metric and day."""
    order = (tables.metric.c.region, tables.metric.c.metric, tables.metric.c.day)
    return [MetricRow(*row) for row in _read(engine, tables.metric, *order)]


def read_layer(engine: Engine, name: str) -> list[LayerRow]:
    """Features of one map layer in order of their ids; empty where it was never imported."""
    if base_version(engine) == 0:
        return []
    feature = tables.layer_feature
    with engine.connect() as connection:
        rows = connection.execute(select(feature).where(feature.c.layer == name).order_by(feature.c.id))
        return [LayerRow(*row) for row in rows]


def layer_names(engine: Engine) -> list[str]:
    """Names of the imported map layers."""
    if base_version(engine) == 0:
        return []
    with engine.connect() as connection:
        return sorted(connection.scalars(select(tables.layer_feature.c.layer).distinct()))


def _read(engine: Engine, table: Table, *order: object) -> list[Values]:
    if base_version(engine) == 0:
        return []
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(*order))]  # type: ignore[arg-type]


def _rows(connection: Connection, table: Table) -> list[Values]:
    return [tuple(row) for row in connection.execute(select(table))]


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _workers(rows: list[Values], tree: RegionTree) -> Workers:
    home = np.array([tree.latest.get(region, 0) for _id, _name, region, *_ in rows], np.int32)
    ids = np.array([row[0] for row in rows], object)
    order = np.lexsort((ids.astype(str), home)) if rows else np.zeros(0, np.intp)
    placed = [rows[n] for n in order]
    return Workers(
        tuple(row[0] for row in placed),
        tuple(row[1] for row in placed),
        tuple(row[3] for row in placed),
        tuple(row[4] for row in placed),
        home[order],
        {row[0]: slot for slot, row in enumerate(placed)},
        _devices([row[5] for row in placed]),
    )


def _devices(numbers: Sequence[str]) -> dict[str, int]:
    """Slots by device; one that several workers have tells none of them."""
    shared = Counter(numbers)
    return {number: slot for slot, number in enumerate(numbers) if number and shared[number] == 1}


def _shifts(rows: list[Values], workers: Workers) -> Shifts:
    placed = sorted((workers.slots[row[0]], *row[2:]) for row in rows if row[0] in workers.slots)
    if not placed:
        return Shifts()
    slot, start, end, weekdays, workdays, first, last = zip(*placed, strict=True)
    return Shifts(
        np.array(slot, np.int32), np.array(weekdays, np.uint8), np.array(workdays, np.bool_),
        np.array(start, np.int16), np.array(end, np.int16), np.array(first, np.int32), np.array(last, np.int32),
    )


def _geometry(rows: list[Values], tree: RegionTree) -> Mapping[int, tuple[Ring, ...]]:
    nodes = _nodes([(code, day) for code, day, _shape in rows], tree)
    parts, owner = shapely.get_parts(shapely.from_wkb([row[2] for row in rows]), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    cuts = np.flatnonzero(np.diff(ring)) + 1
    geometry: dict[int, list[Ring]] = {}
    for number, coordinates in enumerate(np.split(points, cuts) if len(rings) else []):
        hole = number > 0 and part[number] == part[number - 1]
        geometry.setdefault(int(nodes[owner[part[number]]]), []).append(Ring(coordinates, bool(hole)))
    return {node: tuple(found) for node, found in geometry.items() if node >= 0}


def _nodes(keys: list[tuple[str, int]], tree: RegionTree) -> NDArray[np.int32]:
    """Tree node of each region version (code, first day), -1 for a version that is not in the tree."""
    by_key = {(region.code, region.valid_from): node for node, region in enumerate(tree.regions)}
    return np.array([by_key.get(key, -1) for key in keys], np.int32)
