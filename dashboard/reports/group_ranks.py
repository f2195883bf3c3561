"""Who stands where inside each ranking group (区组, 街道组 …) of a level.

A group's order is that of the level's league, so ties and tie-breaks are the same; the rank interval is drawn again
among the group's units only. A movement is told where the league says that it is more than noise, and counted among
the units that are ranked in both periods, its intervals too: one that is excluded or new moves nobody else.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dashboard.domain.indicators import Figures
from dashboard.domain.intervals import moved, rank_intervals, spread
from dashboard.domain.ranking import Model, Term
from dashboard.queries.score_answers import League, LeagueRow
from dashboard.reports.snapshot import ModelTerm, Snapshot

UNGROUPED = "未分组"
Counts = Mapping[str, Mapping[str, int]]
"""Counters by code."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A ranked unit in its group: ``low``..``high`` is the rank interval, ``moved`` places won (None: no or noise)."""

    row: LeagueRow
    rank: int
    tied: bool
    low: int | None
    high: int | None
    moved: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """The ranked units of a group in order; ``name`` is empty where a level is ranked as one."""

    name: str
    placed: list[Placed]


def groups_in(
    league: League, before: League | None, groups: Mapping[str, str], counts: Counts, model: Model | None
) -> list[Group]:
    """The groups of a league in order of their first region; none where nobody is ranked.

    ``groups`` are names by code. Where most units are alone in their group (the offices of one district, each of its
    kind), the level is ranked as one: a first place among one says nothing.
    """
    ranked = [row for row in league.rows if row.rank is not None]
    names = sorted({groups.get(row.place.code, "") for row in ranked}, key=lambda name: _first(ranked, groups, name))
    if len(names) < 2 or mostly_alone([groups.get(row.place.code, "") for row in ranked]):
        return [Group("", [_alone(row, _moves(ranked, before)) for row in ranked])] if ranked else []
    parts = [(name, [row for row in ranked if groups.get(row.place.code, "") == name]) for name in names]
    return [Group(name or UNGROUPED, _placed(rows, before, counts, model)) for name, rows in parts]


def mostly_alone(names: Sequence[str]) -> bool:
    """Whether most units, each by the name of its group, are the only one there."""
    return 2 * sum(size for size in Counter(names).values() if size == 1) > len(names)


def _first(rows: Sequence[LeagueRow], groups: Mapping[str, str], name: str) -> tuple[bool, str]:
    return not name, min(row.place.code for row in rows if groups.get(row.place.code, "") == name)


def _alone(row: LeagueRow, moves: Mapping[str, int]) -> Placed:
    return Placed(row, row.rank or 0, row.tied, row.low, row.high, moves.get(row.place.code))


def _placed(rows: Sequence[LeagueRow], before: League | None, counts: Counts, model: Model | None) -> list[Placed]:
    now, sizes = ranks([row.rank for row in rows]), Counter(row.rank for row in rows)
    moves, intervals = _moves(rows, before), _intervals(rows, counts, model)
    return [
        Placed(row, rank, sizes[row.rank] > 1, *_around(interval, rank), moves.get(row.place.code))
        for row, rank, interval in zip(rows, now, intervals, strict=True)
    ]


def ranks(places: Sequence[int | None]) -> list[int]:
    """Competition ranks (1, 2, 2, 4) of units by their place in a larger ranking, in the given order."""
    ordered = sorted(place for place in places if place is not None)
    first: dict[int, int] = {}
    for number, place in enumerate(ordered, 1):
        first.setdefault(place, number)
    return [first[place] for place in places if place is not None]


def earlier_ranks(before: League, codes: set[str]) -> dict[str, int]:
    """The ranks of the period before among some units, by code."""
    rows = [row for row in before.rows if row.rank is not None and row.place.code in codes]
    return dict(zip((row.place.code for row in rows), ranks([row.rank for row in rows]), strict=True))


def _moves(rows: Sequence[LeagueRow], before: League | None) -> dict[str, int]:
    """Places won by code among the units ranked in both periods, where the league tells of a movement and the rank
    intervals, counted in these units alone, do not overlap: the last of many has not fallen from the last of few."""
    was = {row.place.code: row for row in before.rows if row.rank is not None} if before else {}
    both = [(row, was[row.place.code]) for row in rows if row.place.code in was]
    here, there = Field([one.rank or 0 for one, _ in both]), Field([one.rank or 0 for _, one in both])
    won = {
        now.place.code: there.place(then.rank or 0) - here.place(now.rank or 0)
        for now, then in both
        if now.change is not None and moved(_span(there, then), _span(here, now))
    }
    return {code: places for code, places in won.items() if places}


def _span(field: "Field", row: LeagueRow) -> tuple[int, int]:
    rank = row.rank or 0
    return field.span(row.low or rank, row.high or rank)


class Field:
    """Some units of a larger ranking by their places in it: what those places are among themselves."""

    def __init__(self, places: Sequence[int]) -> None:
        self._places = sorted(places)

    def place(self, rank: int) -> int:
        """The competition rank among them of one of them."""
        return bisect_left(self._places, rank) + 1

    def span(self, low: int, high: int) -> tuple[int, int]:
        """A rank interval of one of them, which holds its own rank."""
        return bisect_left(self._places, low) + 1, bisect_right(self._places, high)


def _around(interval: tuple[int, int] | None, rank: int) -> tuple[int | None, int | None]:
    return (None, None) if interval is None else (min(interval[0], rank), max(interval[1], rank))


def _intervals(rows: Sequence[LeagueRow], counts: Counts, model: Model | None) -> list[tuple[int, int] | None]:
    """Rank intervals among these units; None where the counts behind their scores are not known."""
    if model is None or any(row.place.code not in counts for row in rows):
        return [None] * len(rows)
    spreads = [spread(Figures(counts[row.place.code]), model) for row in rows]
    found = rank_intervals([row.score or 0.0 for row in rows], spreads).tolist()
    return [(int(low), int(high)) for low, high in found]


def model_of(snapshot: Snapshot) -> Model | None:
    """The score model as the snapshot has it; None without its terms."""
    terms = snapshot.terms.get(snapshot.model.key)
    info = snapshot.model
    return Model(info.key, info.version, info.zh, info.en, tuple(map(term_of, terms))) if terms else None


def term_of(term: ModelTerm) -> Term:
    """A term with exact weights."""
    weight, floor, full = (Fraction(str(number)) for number in (term.weight, term.floor, term.full))
    return Term(
        term.key, weight, tuple(term.numerator), tuple(term.denominator), term.inverted,
        tuple((int(limit), int(points)) for limit, points in term.bands), floor, full, zh=term.zh,
        definition_zh=term.definition_zh, basis=term.basis,
    )  # fmt: skip
