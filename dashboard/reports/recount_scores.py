"""Rates, scores and ranks by the words of the contract, from counts: exact fractions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache

from dashboard.reports.snapshot import ModelTerm

Counts = Mapping[str, int]
_Place = tuple[int, Fraction, Fraction, int]
_Ratio = tuple[int, int]


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
    earned, weights = (0, 1), (0, 1)
    for term in terms:
        share = _share(term, counts)
        if share is not None:
            weight = _exact(term.weight).as_integer_ratio()
            earned, weights = _sum(earned, (weight[0] * share[0], weight[1] * share[1])), _sum(weights, weight)
    over = earned[1] * weights[0]
    return None if not over else (20_000 * earned[0] * weights[1] + over) // (2 * over)


def _sum(one: _Ratio, other: _Ratio) -> _Ratio:
    """Not reduced: 13,000 scores in integers take 0.1 s, in ``Fraction`` seven times that."""
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


@cache
def _exact(number: float) -> Fraction:
    """As it is written in a model."""
    return Fraction(str(number))


def _share(term: ModelTerm, counts: Counts) -> _Ratio | None:
    n = sum([counts[name] for name in term.numerator])
    if term.bands:
        return next((points for limit, points in term.bands if n <= limit), 0), 100
    d = sum([counts[name] for name in term.denominator])
    if not d:
        return None
    n = min(max(d - n if term.inverted else n, 0), d)
    return _between(Fraction(n, d), _exact(term.floor), _exact(term.full)) if term.floor or term.full != 1 else (n, d)


def _between(share: Fraction, floor: Fraction, full: Fraction) -> _Ratio:
    return min(max((share - floor) / (full - floor), Fraction(0)), Fraction(1)).as_integer_ratio()


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
