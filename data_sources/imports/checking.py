"""Rows against the base data they refer to: a region, worker or parent that nobody knows makes a row bad."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from dashboard.base_data.rows import BadRow, MetricRow, Parsed, RegionRow, ShiftRow, WorkerRow
from dashboard.domain.base import BaseData, Category, Unit
from dashboard.domain.regions import LEVELS

Check = Callable[[Any, BaseData, Collection[str]], str]


def check_references(kind: str, parsed: Parsed, base: BaseData) -> Parsed:
    """The same rows with those moved to ``bad`` that refer to something neither imported nor in this file."""
    check = CHECKS.get(kind)
    if check is None:
        return parsed
    here = _defined(parsed.rows)
    good: list[Any] = []
    lines: list[int] = []
    bad = list(parsed.bad)
    for row, line in zip(parsed.rows, parsed.lines, strict=True):
        reason = check(row, base, here)
        if reason:
            bad.append(BadRow(line, reason))
        else:
            good.append(row)
            lines.append(line)
    return Parsed(good, sorted(bad, key=lambda found: found.line), parsed.notes, lines)


def _defined(rows: Sequence[Any]) -> Collection[str]:
    """Codes that the file itself brings."""
    codes = {row.region.code: row.region.level for row in rows if isinstance(row, RegionRow)}
    return codes or {row.code for row in rows if isinstance(row, Category)}


def _region(row: RegionRow, base: BaseData, here: Collection[str]) -> str:
    parent = row.region.parent
    if parent is None:
        return ""
    level = _level_of(parent, base, here)
    if level is None:
        return f"its parent {parent} does not exist"
    if level >= row.region.level:
        return f"its parent {parent} is a {LEVELS[level]}, not above a {LEVELS[row.region.level]}"
    return ""


def _level_of(code: str, base: BaseData, here: Collection[str]) -> int | None:
    if isinstance(here, Mapping) and code in here:
        return int(here[code])
    node = base.tree.node(code)
    return None if node is None else int(base.tree.level[node])


def _known_region(row: WorkerRow | MetricRow | Unit, base: BaseData, here: Collection[str]) -> str:
    unknown = row.region is not None and base.tree.node(row.region) is None
    return f"region {row.region} does not exist" if unknown else ""


def _shift(row: ShiftRow, base: BaseData, here: Collection[str]) -> str:
    return "" if row.worker in base.workers.slots else f"worker {row.worker} does not exist"


def _category(row: Category, base: BaseData, here: Collection[str]) -> str:
    known = row.parent is None or row.parent in here or row.parent in base.categories
    return "" if known else f"its parent {row.parent} does not exist"


CHECKS: dict[str, Check] = {
    "regions": _region,
    "workers": _known_region,
    "units": _known_region,
    "metrics": _known_region,
    "shifts": _shift,
    "categories": _category,
}
