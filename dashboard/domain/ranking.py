"""Score models as data, and the ranking of units by them: exact fractions, so that ties are ties."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Literal, NamedTuple

import msgspec

from dashboard.domain.indicators import BY_KEY, DUE_TO_CLOSE, Figures


@dataclass(frozen=True)
class Term:
    """One part of a score: weight times numerator / denominator, or times one minus it where ``inverted``.

    With ``bands`` the part is read from a table instead: the points (of 100) of the first (limit, points) whose limit
    the numerator does not exceed, nothing above the last. ``floor`` and ``full`` are the shares (after inversion) that
    earn nothing and everything, straight between them. ``zh``, ``en``, the definitions and ``basis`` (``cohort`` or
    ``flow``) are what people read.
    """

    key: str
    weight: Fraction
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    inverted: bool = False
    bands: tuple[tuple[int, int], ...] = ()
    floor: Fraction = Fraction(0)
    full: Fraction = Fraction(1)
    zh: str = ""
    en: str = ""
    definition_zh: str = ""
    definition_en: str = ""
    basis: str = "cohort"

    @cached_property
    def stepped(self) -> bool:
        """Whether some shares above 0 earn nothing, or some below 1 everything."""
        return self.floor.numerator != 0 or self.full.numerator != self.full.denominator


@dataclass(frozen=True)
class Model:
    """A versioned score model (计分口径). ``due`` says how many cases a unit had to close."""

    key: str
    version: str
    zh: str
    en: str
    terms: tuple[Term, ...]
    due: tuple[str, ...] = DUE_TO_CLOSE

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """The weights of the terms as whole numbers in the same proportion."""
        common = lcm(*(term.weight.denominator for term in self.terms))
        return tuple(int(term.weight * common) for term in self.terms)


_OUTCOMES: Mapping[str, tuple[str, bool]] = {
    "on_time": ("on_time_rate", False),
    "closure": ("closure_rate", False),
    "rework": ("rework_rate", True),
    "reopen": ("reopen_rate", True),
    "satisfaction": ("satisfaction", False),
}
"""Outcomes by the indicator that measures them; True where less of it is better."""


def outcome_model(weights: Mapping[str, float], key: str, version: str, zh: str, en: str) -> Model:
    """A model over outcomes of cases; ``ValueError`` where a weight is negative, names no outcome, or all are 0."""
    unknown = sorted(set(weights) - set(_OUTCOMES))
    if unknown or min(weights.values(), default=0) < 0 or not any(weights.values()):
        raise ValueError(f"weights of score {key!r}: use {', '.join(_OUTCOMES)}, each 0 or more (got {dict(weights)})")
    terms = [_outcome(name, Fraction(str(weight))) for name, weight in weights.items() if weight]
    return Model(key, version, zh, en, tuple(terms))


def _outcome(name: str, weight: Fraction) -> Term:
    measure, inverted = BY_KEY[_OUTCOMES[name][0]], _OUTCOMES[name][1]
    return Term(
        name, weight, measure.numerator, measure.denominator, inverted, zh=measure.zh, en=measure.en,
        definition_zh=measure.definition_zh, definition_en=measure.definition_en, basis=measure.basis,
    )  # fmt: skip


DEFAULT = outcome_model(
    {"on_time": 45, "closure": 20, "rework": 15, "reopen": 5, "satisfaction": 15},
    key="outcomes", version="1", zh="办理结果", en="Outcomes",
)  # fmt: skip
"""The contract's default: out of outcomes only, never of check-ins or time online."""


class Part(msgspec.Struct, frozen=True, gc=False):
    """One term of one unit's score: ``n`` of ``d`` earns (``inverted``: loses); ``points`` of 100, re-weighted."""

    key: str
    n: int
    d: int
    inverted: bool
    points: float


class Ranked(msgspec.Struct, frozen=True, gc=False):
    """A unit above the line. ``hundredths`` is the score times 100; ``tied`` shares its rank; ``small``: 样本少."""

    code: str
    rank: int
    tied: bool
    hundredths: int
    due: int
    small: bool

    @property
    def score(self) -> float:
        """The score with two decimals."""
        return self.hundredths / 100


class Below(msgspec.Struct, frozen=True, gc=False):
    """A unit below the line: ``few`` cases due, or ``none``."""

    code: str
    due: int
    reason: Literal["few", "none"]


class Ranking(msgspec.Struct, frozen=True, gc=False):
    """Units in order of rank, those below the line in order of code, and the median of the scores."""

    rows: tuple[Ranked, ...]
    below: tuple[Below, ...]
    median: float | None


def rank(units: Iterable[tuple[str, Figures]], model: Model = DEFAULT, min_due: int = 30, small: int = 100) -> Ranking:
    """Competition ranking (1, 2, 2, 4) by score; equal scores by on-time rate, then rework, then cases due.

    Fewer than ``min_due`` cases due: below the line; fewer than ``small``: marked. ``ValueError`` names a count that
    the model needs and a unit does not have.
    """
    above: list[_Scored] = []
    below: list[Below] = []
    for code, known in units:
        due = _sum(known, model.due)
        hundredths = score(known, model)
        if due < min_due or hundredths is None:
            below.append(Below(code, due, "few" if due else "none"))
        else:
            above.append(_Scored(code, known, due, hundredths))
    below.sort(key=lambda row: row.code)
    return Ranking(tuple(_ranked(above, small)), tuple(below), _median([unit.hundredths for unit in above]))


class _Scored(NamedTuple):
    code: str
    known: Figures
    due: int
    hundredths: int


_Order = tuple[int, Fraction | int, Fraction | int, int]
_ALONE = (0, 0, 0)
"""Of a score that nobody else has; plain numbers, because a hundred fractions take half a millisecond to hash."""


def _ranked(units: Sequence[_Scored], small: int) -> Iterable[Ranked]:
    scores = Counter(unit.hundredths for unit in units)
    placed = sorted(
        ((-unit.hundredths, *(_tie_break(unit) if scores[unit.hundredths] > 1 else _ALONE)), unit.code, unit.due)
        for unit in units
    )
    size: Counter[_Order] = Counter(order for order, _, _ in placed)
    first: dict[_Order, int] = {}
    for place, (order, code, due) in enumerate(placed, 1):
        rank_of = first.setdefault(order, place)
        yield Ranked(code, rank_of, size[order] > 1, -order[0], due, due < small)


def _tie_break(unit: _Scored) -> tuple[Fraction, Fraction, int]:
    """Sorts the better unit first; a rate over nothing stands last."""
    counts, due = unit.known.counts, unit.due
    on_time, handled = counts.get("on_time", 0), counts.get("ever_handled", 0)
    rework = Fraction(counts.get("reworked", 0), handled) if handled else Fraction(2)
    return -Fraction(on_time, due) if due else Fraction(0), rework, -due


def score(known: Figures, model: Model = DEFAULT) -> int | None:
    """The score of a unit in hundredths of a point, half up; None where no term has a denominator."""
    found = _exact(known, model)
    return None if found is None else _half_up(found[0] * 10_000, found[1])


def exact_score(known: Figures, model: Model = DEFAULT) -> Fraction | None:
    """The score in points before it is rounded."""
    found = _exact(known, model)
    return None if found is None else Fraction(found[0] * 100, found[1])


def _exact(known: Figures, model: Model) -> tuple[int, int] | None:
    """The score as a share of one, not reduced."""
    numerator, denominator, weights = 0, 1, 0
    for term, weight in zip(model.terms, model.weights, strict=True):
        n, d = share(term, known)
        if d:
            numerator = numerator * d + weight * n * denominator
            denominator *= d
            weights += weight
    return (numerator, denominator * weights) if weights else None


def parts(known: Figures, model: Model = DEFAULT) -> list[Part]:
    """How a score comes about, term by term; terms without a denominator earn nothing and weigh nothing."""
    shares = [(term, *share(term, known)) for term in model.terms]
    total = sum((term.weight for term, _, d in shares if d), Fraction(0))
    return [
        Part(
            term.key,
            _sum(known, term.numerator),
            _sum(known, term.denominator) if term.denominator else d,
            term.inverted,
            float(term.weight * Fraction(n, d) / total * 100) if d else 0.0,
        )
        for term, n, d in shares
    ]


def share(term: Term, known: Figures) -> tuple[int, int]:
    """(n, d) of what the term earns of its weight, from 0 to all of it; d 0 where it is missing."""
    n = _sum(known, term.numerator)
    if term.bands:
        return next((points for limit, points in term.bands if n <= limit), 0), 100
    d = _sum(known, term.denominator)
    n = min(max(d - n if term.inverted else n, 0), d)
    return _stepped(term, Fraction(n, d)) if d and term.stepped else (n, d)


def _stepped(term: Term, value: Fraction) -> tuple[int, int]:
    earned = min(max((value - term.floor) / (term.full - term.floor), Fraction(0)), Fraction(1))
    return earned.numerator, earned.denominator


def _sum(known: Figures, names: tuple[str, ...]) -> int:
    total = known.total(names)
    if total is None:
        raise ValueError(f"a score needs the counts {', '.join(names)}, and one of them is not known")
    return total


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _median(hundredths: Sequence[int]) -> float | None:
    ordered = sorted(hundredths)
    if not ordered:
        return None
    return _half_up(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2], 2) / 100
