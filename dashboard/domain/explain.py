"""Why a unit has its score: parts that sum to it, and the score with something changed.

Nothing here is estimated: every number is the score function applied to counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from dashboard.domain.indicators import Figures
from dashboard.domain.ranking import Model, Term, exact_score, score, share


class Earned(msgspec.Struct, frozen=True, gc=False):
    """What one term earned, in hundredths of a point: ``points`` of ``weight``, both after re-weighting.

    ``n`` and ``d`` are the counts behind it (d 0 for bands); ``missing`` where it has no denominator.
    """

    term: Term
    n: int
    d: int
    missing: bool
    weight: int
    points: int


def earned(known: Figures, model: Model) -> list[Earned]:
    """The terms of a score, rounded so that weights sum to 100.00 and points to the score as it is printed.

    What earned nothing is 0 and what earned everything its whole weight, wherever the sum allows. Without a score every
    weight is 0.
    """
    shares = [(term, *share(term, known)) for term in model.terms]
    total = sum((term.weight for term, _, d in shares if d), Fraction(0))
    exact = [term.weight * 10_000 / total if d else Fraction(0) for term, _, d in shares]
    weights = _shared_out(exact, 10_000 if total else 0, [10_000] * len(exact))
    wanted = [weight * Fraction(n, d or 1) for weight, (_, n, d) in zip(exact, shares, strict=True)]
    full = [weight if have == all_of else None for weight, have, all_of in zip(weights, wanted, exact, strict=True)]
    points = _shared_out(wanted, score(known, model) or 0, weights, full)
    return [
        Earned(term, known.total(term.numerator) or 0, known.total(term.denominator) or 0, not d, weight, earnt)
        for (term, _, d), weight, earnt in zip(shares, weights, points, strict=True)
    ]


def _shared_out(
    exact: Sequence[Fraction], total: int, limits: Sequence[int], fixed: Sequence[int | None] = ()
) -> list[int]:
    """Whole numbers in 0..limits that sum to ``total``: rounded down, the largest remainders one more.

    Zeros and what ``fixed`` gives are changed only where nothing else can be.
    """
    kept = list(fixed) or [None] * len(exact)
    found = [
        min(int(each), limit) if keep is None else keep for each, limit, keep in zip(exact, limits, kept, strict=True)
    ]
    order = sorted(
        range(len(exact)), key=lambda i: (kept[i] is not None or exact[i] == 0, -(exact[i] - int(exact[i])), i)
    )
    left = total - sum(found)
    step = 1 if left > 0 else -1
    for _ in range(abs(left)):
        index = next(i for i in order if 0 <= found[i] + step <= limits[i])
        found[index] += step
        order.remove(index)
        order.append(index)
    return found


def changed(known: Figures, by: Mapping[str, int]) -> Figures:
    """Figures with some counts more or less, none below 0; a count that is not known stays unknown."""
    return Figures({name: max(count + by.get(name, 0), 0) for name, count in known.counts.items()})


def without(known: Figures, part: Figures) -> Figures:
    """A unit's figures as if one of its parts did not exist."""
    return changed(known, {name: -count for name, count in part.counts.items()})


def difference(known: Figures, other: Figures, model: Model) -> float | None:
    """Score of ``known`` minus score of ``other`` in points, not rounded; None where either has none."""
    here, there = exact_score(known, model), exact_score(other, model)
    return None if here is None or there is None else float(here - there)


def term_rank(term: Term, known: Figures, peers: Iterable[Figures]) -> int | None:
    """Place of a unit in one term alone among its peers (itself may be among them); None where it has no share."""
    n, d = share(term, known)
    if not d:
        return None
    others = (share(term, peer) for peer in peers)
    return 1 + sum(their_d > 0 and their_n * d > n * their_d for their_n, their_d in others)


def closing(ever_handled: bool, ever_closed: bool, on_time: bool, overdue: bool) -> dict[str, int]:
    """What handling and closing one unhandled case with a deadline adds to the counts of its cohort."""
    return {
        "handled": 1, "handled_due": 1, "on_time": int(on_time), "late": int(not on_time), "closed": 1, "closed_due": 1,
        "ever_handled": int(not ever_handled), "ever_closed": int(not ever_closed), "overdue_cohort": -int(overdue),
    }  # fmt: skip


def gone_well(
    ways: Sequence[str], ever_handled: bool = True, ever_closed: bool = True, ratings: Mapping[int, int] | None = None
) -> dict[str, int]:
    """What one case would add to the counts of its unit had it gone well.

    ``ways`` name what went wrong: ``late`` becomes on time; ``overdue`` handled and closed on time; ``rework`` and
    ``reopened`` never happened; ``unsatisfied``: its ``ratings`` (score -> how many of it) become very satisfied (4).
    """
    found: dict[str, int] = {}
    for way in ways:
        for name, n in _WAYS[way].items():
            found[name] = found.get(name, 0) + n
    if "overdue" in ways:
        found |= closing(ever_handled, ever_closed, on_time=True, overdue=True)
    for rated, n in (ratings or {}).items() if "unsatisfied" in ways else ():
        found["satisfied"] = found.get("satisfied", 0) + n
        found[f"rated_{rated}"] = found.get(f"rated_{rated}", 0) - n
        found["rated_4"] = found.get("rated_4", 0) + n
    return found


_WAYS: Mapping[str, Mapping[str, int]] = {
    "late": {"on_time": 1, "late": -1},
    "overdue": {},
    "rework": {"reworked": -1},
    "reopened": {"reopened": -1},
    "unsatisfied": {},
}
