"""Ranks, scores and rank intervals of units again, from their counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dashboard.domain.indicators import Figures
from dashboard.domain.intervals import rank_intervals, spread
from dashboard.reports.group_ranks import model_of
from dashboard.reports.recount_scores import rank_order, score_of
from dashboard.reports.snapshot import Snapshot

DUE = "handled_due,overdue_cohort"
Known = Mapping[str, Mapping[str, int]]
"""Counts by unit."""
Interval = tuple[int, int]


@dataclass(frozen=True)
class Order:
    """Ranks, ties and scores by code of those above the line, best first; ``between`` are their rank intervals."""

    ranks: Mapping[str, int]
    tied: Mapping[str, bool]
    scores: Mapping[str, float]
    between: Mapping[str, Interval]

    def among(self, codes: Sequence[str]) -> dict[str, int]:
        """The ranks among some of them."""
        here = sorted(self.ranks[code] for code in codes if code in self.ranks)
        return {code: here.index(self.ranks[code]) + 1 for code in codes if code in self.ranks}

    def between_among(self, codes: Sequence[str], code: str) -> Interval:
        """The rank interval of one of them, counted in these units alone."""
        ranks, (low, high) = [self.ranks[one] for one in codes], self.between[code]
        return 1 + sum(rank < low for rank in ranks), sum(rank <= high for rank in ranks)

    def moved(self, code: str, before: "Order") -> int | None:
        """Places won since an earlier order; None where one is not known or their intervals overlap."""
        if code not in self.ranks or code not in before.ranks or not apart(self.between[code], before.between[code]):
            return None
        return before.ranks[code] - self.ranks[code]


def order_of(snapshot: Snapshot, known: Known, out: Collection[str], least: int) -> Order:
    """The order of units that are not excluded and have at least so many cases due."""
    terms = snapshot.terms.get(snapshot.model.key, [])
    scores = {code: score_of(terms, counts) for code, counts in known.items() if code not in out}
    due = snapshot.names.get("model.due", DUE).split(",")
    found = rank_order({code: n for code, n in scores.items() if n is not None}, known, least, due)
    best = sorted(found, key=lambda code: (found[code][0], code))
    ranks, points = {code: found[code][0] for code in best}, {code: found[code][2] for code in best}
    drawn = drawn_again(snapshot, points, known, best)
    between = {code: (min(low, ranks[code]), max(high, ranks[code])) for code, (low, high) in drawn.items()}
    return Order(ranks, {code: found[code][1] for code in best}, points, between)


def drawn_again(
    snapshot: Snapshot, scores: Mapping[str, float], known: Known, codes: Sequence[str]
) -> dict[str, Interval]:
    """Rank intervals among some units, in their order."""
    model = model_of(snapshot)
    if model is None:
        return {}
    spreads = [spread(Figures(known[code]), model) for code in codes]
    found = rank_intervals([scores[code] for code in codes], spreads).tolist()
    return {code: (int(low), int(high)) for code, (low, high) in zip(codes, found, strict=True)}


def apart(one: Interval, other: Interval) -> bool:
    """Whether two intervals do not overlap."""
    return one[1] < other[0] or other[1] < one[0]
