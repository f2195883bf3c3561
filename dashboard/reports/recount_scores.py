"""Rates, scores and ranks by the words of the contract, from counts: exact fractions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache

from dashboard.reports.snapshot import ModelTerm

Counts = Mapping[str, int]
_Place = tuple[int, Fraction, Fraction, int]


def rates(counts: Counts) -> dict[str, tuple[int, int]]:
    """(numerator, denominator) of every rate."""
    due = counts["handled_due"] + counts["overdue_cohort"]
    return {
        "closure_rate": (counts["closed_due"], due), "on_time_rate": (counts["on_time"], due),
        "closed_share": (counts["closed"], counts["accepted"]),
        "rework_rate": (counts["reworked"], counts["ever_handled"]),
        "reopen_rate": (counts["reopened"], counts["ever_closed"]),
        "satisfaction": (counts["satisfied"], counts["rated"]),
    }  # fmt: skip


def score_of(terms: Sequence[ModelTerm], counts: Counts) -> int | None:
    """Hundredths of a point, half up; terms over nothing weigh nothing, None where all do."""
    earned, weights = Fraction(0), Fraction(0)
    for term in terms:
        share = _share(term, counts)
        if share is not None:
            weight = _exact(term.weight)
            earned, weights = earned + weight * share, weights + weight
    return None if not weights else int(earned / weights * 10_000 + Fraction(1, 2))


@cache
def _exact(number: float) -> Fraction:
    """As it is written in a model."""
    return Fraction(str(number))


def _share(term: ModelTerm, counts: Counts) -> Fraction | None:
    n = sum(counts[name] for name in term.numerator)
    if term.bands:
        return Fraction(next((points for limit, points in term.bands if n <= limit), 0), 100)
    d = sum(counts[name] for name in term.denominator)
    if not d:
        return None
    share = Fraction(min(max(d - n if term.inverted else n, 0), d), d)
    floor, full = _exact(term.floor), _exact(term.full)
    if not floor and full == 1:
        return share
    return min(max((share - floor) / (full - floor), Fraction(0)), Fraction(1))


def rank_order(
    scores: Mapping[str, int], counts: Mapping[str, Counts], least: int, due: Sequence[str]
) -> dict[str, tuple[int, bool, float]]:
    """(rank, tied, score) by code of the units with at least so many cases due (sum of the counts ``due``): 1, 2, 2,
    4; equal scores by on time, then rework, then cases due."""
    had = {code: sum(counts[code][name] for name in due) for code in scores}
    places = {code: _place(score, counts[code], had[code]) for code, score in scores.items() if had[code] >= least}
    size, first, passed = Counter(places.values()), dict[_Place, int](), 0
    for place in sorted(size):
        first[place], passed = passed + 1, passed + size[place]
    return {code: (first[place], size[place] > 1, scores[code] / 100) for code, place in places.items()}


def _place(score: int, counts: Counts, due: int) -> _Place:
    on_time = Fraction(counts["on_time"], due) if due else Fraction(0)
    rework = Fraction(counts["reworked"], counts["ever_handled"]) if counts["ever_handled"] else Fraction(2)
    return -score, -on_time, rework, -due
