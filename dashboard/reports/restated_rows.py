"""Rows of an earlier report's rankings whose figures later events changed: what a unit had, and what it has by now."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dashboard.domain.indicators import BY_KEY, Figures, evaluate
from dashboard.domain.ranking import Model, score
from dashboard.queries.score_answers import League, LeagueRow
from dashboard.reports.facts_counts import COUNTED, known_of
from dashboard.reports.group_ranks import model_of
from dashboard.reports.snapshot import Fact, Restated, Snapshot

Scope = tuple[str, str]
"""(level, code) of a unit, empty for the whole."""
Differences = dict[Scope, Counter[str]]
"""How much each counter changed."""
FIELDS = ("due_to_close", "on_time_rate", "closure_rate", "rework_rate", "satisfaction")
SCORE = "score"
SHOWN = 200
"""Changes that are printed; the data file has all."""


def shown(restated: Sequence[Restated]) -> list[Restated]:
    """What is printed of the changes: totals first."""
    return sorted(restated, key=lambda one: one.key.startswith("row|"))[:SHOWN]


def row_key(level: str, code: str, field: str) -> str:
    """The id of a restated cell: ``row|street|KA03|score``."""
    return f"row|{level}|{code}|{field}"


def restated_rows(earlier: Snapshot, changed: Differences, satisfied: int) -> Iterator[Restated]:
    """Changed cells of ranked and unranked rows, league by league in their order."""
    model = model_of(earlier)
    for level, league in ranked(earlier):
        for row in league.rows:
            difference, then = changed.get((level, row.place.code)), earlier.counts.get(level, {}).get(row.place.code)
            if difference and then and model is not None:
                yield from _cells(earlier, league, row, (_figures(then, Counter(), satisfied),
                                                         _figures(then, difference, satisfied)), model)  # fmt: skip


def ranked(snapshot: Snapshot) -> Iterator[tuple[str, League]]:
    """Every league of a snapshot by its level, that of the units last."""
    yield from ((level, snapshot.leagues[level]) for level in snapshot.levels)
    if snapshot.units is not None:
        yield "unit", snapshot.units


def _figures(counts: Mapping[str, int], difference: Mapping[str, int], satisfied: int) -> Figures:
    now = {name: counts.get(name, 0) + difference.get(name, 0) for name in COUNTED}
    extended = counts["extended"] + difference.get("extended", 0) if "extended" in counts else None
    return known_of(now, satisfied, extended)


def _cells(
    earlier: Snapshot, league: League, row: LeagueRow, figures: tuple[Figures, Figures], model: Model
) -> Iterator[Restated]:
    for field in FIELDS:
        then, now = (_fact(field, known) for known in figures)
        if then != now:
            yield Restated(earlier.asked.period, row_key(league.level, row.place.code, field), then, now)
    told = None if row.rank is None else score(figures[1], model)
    new = None if told is None else told / 100
    if new != row.score:
        then, now = Fact(row.score, "score"), Fact(new, "score")
        yield Restated(earlier.asked.period, row_key(league.level, row.place.code, SCORE), then, now)


def _fact(field: str, known: Figures) -> Fact:
    found = evaluate(BY_KEY[field], known)
    return Fact(found.value, BY_KEY[field].unit, found.n, found.d)
