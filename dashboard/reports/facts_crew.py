"""队伍运行: totals of units, never of a person.

Who is on duty is what the roster says; hours are those in which people were online (moving or still) by the moments
that are stored every ten minutes, by assigned region. What was not recorded is not known: it is never 0.
"""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, Period, plus_days
from dashboard.domain.regions import LEVELS
from dashboard.domain.worker_shifts import shift_intervals
from dashboard.reports.facts_patrols import Patrols, patrols_of
from dashboard.reports.facts_view import Books
from dashboard.reports.snapshot import Cut, Fact
from dashboard.store import schema

AN_HOUR = 6
"""Moments in an hour."""
_GRID = LEVELS.index("grid")
_ONLINE = [schema.STOCKS.index(name) for name in ("moving", "still")]
_PRESENT = [schema.STOCKS.index(name) for name in ("on_duty", "moving", "still", "silent")]


def crew_facts(books: Books, base: BaseData, top: str, period: Period, cut: Cut, days: LocalDays) -> dict[str, Fact]:
    """``crew.CODE.KEY`` of a region and of those directly below; none where there are no workers."""
    if not len(base.workers):
        return {}
    nodes = [base.tree.latest[top], *base.tree.children(base.tree.latest[top])]
    last = min(period.last, days.day(cut.time))
    duty, hours = _on_duty(base, period.first, last, days), _hours(books, period, cut, days)
    patrols = patrols_of(books, base, period.first, last, days)
    facts: dict[str, Fact] = {}
    for node in nodes:
        code = base.tree.regions[node].code
        found = _roster(base, node, duty) | _recorded(base, node, hours.get(code), patrols)
        facts |= {f"crew.{code}.{key}": fact for key, fact in found.items()}
    return facts


def _roster(base: BaseData, node: int, duty: NDArray[np.bool_]) -> dict[str, Fact]:
    inside = base.workers.inside(base.tree, node)
    return {
        "workers": Fact(inside.stop - inside.start, "people"),
        "on_duty": Fact(int(duty[inside].sum()), "people"),
        "grids": Fact(len(base.tree.at_level(_GRID, node)), "number"),
    }


def _recorded(base: BaseData, node: int, hours: float | None, patrols: Patrols | None) -> dict[str, Fact]:
    found = {"hours": Fact(hours, "hours"), "metres": Fact(None, "metres"), "coverage": Fact(None, "share")}
    if patrols is None:
        return found
    grids = {base.tree.regions[n].code for n in base.tree.at_level(_GRID, node)}
    covered = len(grids & patrols.covered)
    if grids and base.geometry:
        found["coverage"] = Fact(covered / len(grids), "share", covered, len(grids))
    metres = sum(length for code, length in patrols.metres.items() if _lies(base, code, node))
    return found | {"metres": Fact(round(metres), "metres")}


def _lies(base: BaseData, code: str, node: int) -> bool:
    own = base.tree.latest.get(code)
    return own is not None and node <= own < int(base.tree.end[node])


def _on_duty(base: BaseData, first: int, last: int, days: LocalDays) -> NDArray[np.bool_]:
    """Which workers were to be on duty at some time of these days."""
    found = np.ones(len(base.workers), np.bool_)
    rosters = np.unique(base.shifts.slot)
    found[rosters] = False
    span = _days(first, last)
    for slot in rosters.tolist():
        found[slot] = any(shift_intervals(base.shifts, slot, day, base.workdays, days) for day in span)
    return found


def _days(first: int, last: int) -> list[int]:
    found = []
    while first <= last:
        found.append(first)
        first = plus_days(first, 1)
    return found


def _hours(books: Books, period: Period, cut: Cut, days: LocalDays) -> Mapping[str, float]:
    """Hours online by region code; empty where nobody was ever seen on duty: presence was not recorded."""
    table = schema.moment.c
    until = min(days.start(plus_days(period.last, 1)), cut.time)
    query = select(table.version, table.counts).where(table.time >= days.start(period.first), table.time < until)
    sums: dict[int, NDArray[np.int64]] = {}
    with books.engine.connect() as connection:
        for version, blob in connection.execute(query):
            counts = np.frombuffer(zlib.decompress(blob), "<i4").reshape(-1, len(schema.STOCKS))
            sums[version] = counts + sums[version] if version in sums else counts.astype(np.int64)
        regions = schema.moment_regions.c
        codes = {row[0]: row[1].split("\n") for row in connection.execute(select(regions.version, regions.codes))}
    if not any(found[:, _PRESENT].any() for found in sums.values()):
        return {}
    return _by_code([(codes[version], found) for version, found in sums.items()])


def _by_code(parts: Sequence[tuple[Sequence[str], NDArray[np.int64]]]) -> Mapping[str, float]:
    moments: dict[str, int] = {}
    for codes, found in parts:
        for code, n in zip(codes, found[:, _ONLINE].sum(axis=1).tolist(), strict=True):
            moments[code] = moments.get(code, 0) + n
    return {code: n / AN_HOUR for code, n in moments.items()}
