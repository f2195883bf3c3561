"""Region versions: how imported rows change the versions that are stored. Pure.

A row whose first day is that of a stored version corrects that version. A row with a later first day opens a new
version and closes the one before it, unless it says nothing new. Stored versions are never dropped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dashboard.base_data.rows import RegionRow
from dashboard.domain.periods import plus_days
from dashboard.domain.regions import FOREVER, Region


def merge_versions(stored: Iterable[RegionRow], imported: Sequence[RegionRow]) -> list[RegionRow]:
    """All versions of the imported codes as they stand after the import, each code's in order of time.

    A row without a border keeps the border that its version, or the version before it, has.
    """
    codes = {row.region.code for row in imported}
    versions: dict[str, dict[int, RegionRow]] = {code: {} for code in codes}
    for row in stored:
        if row.region.code in codes:
            versions[row.region.code][row.region.valid_from] = row
    for row in sorted(imported, key=lambda r: r.region.valid_from):
        _put(versions[row.region.code], row)
    return [row for code in sorted(codes) for row in _closed(versions[code])]


def _put(versions: dict[int, RegionRow], row: RegionRow) -> None:
    first = row.region.valid_from
    before = versions.get(first) or versions.get(max((day for day in versions if day < first), default=-1))
    if before is None:
        versions[first] = row
        return
    row = replace(row, shape=row.shape or before.shape)
    if before.region.valid_from < first and _same(before, row) and before.region.valid_to >= first:
        first = before.region.valid_from
    versions[first] = replace(row, region=replace(row.region, valid_from=first))


def _same(left: RegionRow, right: RegionRow) -> bool:
    return left.shape == right.shape and _undated(left.region) == _undated(right.region)


def _undated(region: Region) -> Region:
    return replace(region, valid_from=0, valid_to=FOREVER)


def _closed(versions: dict[int, RegionRow]) -> list[RegionRow]:
    days = sorted(versions)
    ends = [plus_days(day, -1) for day in days[1:]] + [FOREVER]
    rows = [versions[day] for day in days]
    return [
        replace(row, region=replace(row.region, valid_to=min(row.region.valid_to, end)))
        for row, end in zip(rows, ends, strict=True)
    ]
