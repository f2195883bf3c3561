"""Two reports of one kind and region beside each other: totals, ranks, categories.

Differences are the later one minus the earlier one.
"""

from collections.abc import Iterable

import msgspec

from dashboard.queries.answers import Place
from dashboard.queries.score_answers import League, LeagueRow
from dashboard.reports.archive import Entry
from dashboard.reports.facts_analysis import TOP_CATEGORIES
from dashboard.reports.facts_totals import DEFINED, change
from dashboard.reports.snapshot import Fact, Snapshot


class Beside(msgspec.Struct, frozen=True):
    """One figure: ``change`` is in points where the figure is a share."""

    key: str
    name: str
    earlier: Fact
    later: Fact
    change: Fact


class Moved(msgspec.Struct, frozen=True):
    """One ranked unit. ``up`` is positive where the later rank is better, None where one of them is missing; ``noise``:
    the rank intervals overlap, so the two ranks do not differ for certain."""

    place: Place
    earlier: int | None
    later: int | None
    up: int | None
    noise: bool
    score: Fact
    change: Fact


class Comparison(msgspec.Struct, frozen=True):
    """``ranks`` by level in the order of the later report. ``same_model``: both were scored by one model's version."""

    earlier: Entry
    later: Entry
    totals: list[Beside]
    ranks: dict[str, list[Moved]]
    channels: list[Beside]
    categories: list[Beside]
    same_model: bool


def compared(a: tuple[Entry, Snapshot], b: tuple[Entry, Snapshot]) -> Comparison:
    """Two reports in the order of their periods, whichever is named first."""
    (earlier, before), (later, now) = sorted((a, b), key=lambda one: (one[1].last, one[0].issued))
    levels = [level for level in now.levels if level in before.leagues]
    return Comparison(
        earlier, later, _figures(before, now, "total", DEFINED),
        {level: _moved(before.leagues[level], now.leagues[level]) for level in levels},
        _counted(before, now, "channel"), _counted(before, now, "category"),
        (before.model.key, before.model.version) == (now.model.key, now.model.version),
    )  # fmt: skip


def _figures(before: Snapshot, now: Snapshot, kind: str, keys: Iterable[str]) -> list[Beside]:
    names = now.names | before.names | {key: zh for key, zh, _ in (*before.definitions, *now.definitions)}
    found = []
    for key in keys:
        then, this = before.fact(f"{kind}.{key}"), now.fact(f"{kind}.{key}")
        if (then.value, this.value) != (None, None):
            found.append(Beside(key, names.get(key, key), then, this, change(this, then)))
    return found


def _counted(before: Snapshot, now: Snapshot, kind: str) -> list[Beside]:
    """Counts by a key, the most frequent of the later report first."""
    keys = {fact.removeprefix(f"{kind}.") for one in (before, now) for fact in one.facts if fact.startswith(f"{kind}.")}
    names = before.names | now.names
    rows = [(key, _count(before, kind, key), _count(now, kind, key)) for key in keys]
    rows.sort(key=lambda row: (-(row[2].value or 0), -(row[1].value or 0), row[0]))
    return [Beside(key, names.get(key, key), then, this, change(this, then)) for key, then, this in rows]


def _count(snapshot: Snapshot, kind: str, key: str) -> Fact:
    """How many a report has under a key. One that names only the most frequent does not say how many others had."""
    named = [one for one in snapshot.facts if one.startswith(f"{kind}.")]
    rest = None if kind == "category" and len(named) >= TOP_CATEGORIES else 0
    return snapshot.facts.get(f"{kind}.{key}", Fact(rest, "cases", rest))


def _moved(before: League, now: League) -> list[Moved]:
    earlier = {row.place.code: row for row in before.rows}
    return [_move(earlier.get(row.place.code), row) for row in now.rows if row.rank is not None]


def _move(then: LeagueRow | None, now: LeagueRow) -> Moved:
    rank, score = (None, None) if then is None else (then.rank, then.score)
    up = None if rank is None or now.rank is None else rank - now.rank
    later = Fact(now.score, "score")
    return Moved(now.place, rank, now.rank, up, _within_noise(then, now), later, change(later, Fact(score, "score")))


def _within_noise(then: LeagueRow | None, now: LeagueRow) -> bool:
    if then is None or then.low is None or then.high is None or now.low is None or now.high is None:
        return False
    return then.low <= now.high and now.low <= then.high
