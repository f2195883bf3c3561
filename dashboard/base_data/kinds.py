"""How each kind of row stands in its table: one tuple per table row, key columns first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from dashboard.base_data.rows import CalendarRow, LayerRow, MetricRow, RegionRow, Row, ShiftRow, WorkerRow
from dashboard.domain.base import Category, Unit
from dashboard.domain.regions import Region
from dashboard.store import base_schema as tables

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of base data: ``keys`` leading columns of the table identify a row; ``values`` makes tuples."""

    name: str
    table: Table
    keys: int
    row: type
    values: Callable[[Sequence[Any]], list[Values]]


def region_values(region: Region) -> Values:
    """A region version in the order of the table ``region``."""
    return (region.code, region.valid_from, region.valid_to, region.name, region.level, region.parent, region.kind,
            region.group, region.name_en)


def region_of(values: Values) -> Region:
    """The region version that stands in a row of the table ``region``."""
    code, valid_from, valid_to, name, level, parent, kind, group, name_en = values
    return Region(code, name, level, parent, kind, group, name_en, valid_from, valid_to)


def _regions(rows: Sequence[RegionRow]) -> list[Values]:
    return [region_values(row.region) for row in rows]


def _workers(rows: Sequence[WorkerRow]) -> list[Values]:
    return [(row.id, row.name, row.region, row.role, row.phone, row.device) for row in rows]


def _shifts(rows: Sequence[ShiftRow]) -> list[Values]:
    by_worker: dict[str, set[Values]] = {}
    for row in rows:
        line = (row.start, row.end, row.weekdays, row.workdays, row.first, row.last)
        by_worker.setdefault(row.worker, set()).add(line)
    return [(worker, n, *line) for worker, lines in by_worker.items() for n, line in enumerate(sorted(lines))]


def _units(rows: Sequence[Unit]) -> list[Values]:
    return [(row.code, row.name, row.group, row.region, row.name_en) for row in rows]


def _categories(rows: Sequence[Category]) -> list[Values]:
    return [(row.code, row.name, row.parent, row.kind, row.limit_minutes, row.clock, row.name_en) for row in rows]


def _calendar(rows: Sequence[CalendarRow]) -> list[Values]:
    return [(row.day, row.work, row.name) for row in rows]


def _layer(rows: Sequence[LayerRow]) -> list[Values]:
    return [(row.layer, row.id, row.name, row.geometry, row.height, row.properties) for row in rows]


def _metrics(rows: Sequence[MetricRow]) -> list[Values]:
    return [(row.region, row.metric, row.day, row.value, row.sample) for row in rows]


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("regions", tables.region, 2, RegionRow, _regions),
        Kind("workers", tables.worker, 1, WorkerRow, _workers),
        Kind("shifts", tables.shift, 2, ShiftRow, _shifts),
        Kind("units", tables.unit, 1, Unit, _units),
        Kind("categories", tables.category, 1, Category, _categories),
        Kind("calendar", tables.calendar, 1, CalendarRow, _calendar),
        Kind("layer", tables.layer_feature, 2, LayerRow, _layer),
        Kind("metrics", tables.metric, 3, MetricRow, _metrics),
    )
}


def checked_kind(name: str, rows: Sequence[Row]) -> Kind:
    """The kind of that name; ``ValueError`` where there is none, ``TypeError`` where a row is of another kind."""
    if name not in KINDS:
        raise ValueError(f"{name!r} is not a kind of base data: use one of {', '.join(KINDS)}")
    kind = KINDS[name]
    for row in rows:
        if not isinstance(row, kind.row):
            raise TypeError(f"{type(row).__name__} among {name}")
    return kind
