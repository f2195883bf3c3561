"""Fixed bins for handling times in whole minutes: they add, and their quantiles are right to within one percent.

The borders never change: stored counts depend on them. Short durations have a bin for each minute, longer ones share a
bin as long as one value stands for all of it with at most ``ERROR``.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from itertools import accumulate
from math import ceil

ERROR = 0.01
"""Largest relative error of a value read back from its bin."""

LONGEST = 2 * 366 * 1440
"""Minutes from which on all durations count as this long."""


def _laid_out() -> tuple[list[int], list[float]]:
    """First minute and representative value of each bin."""
    firsts, values, first = [0], [0.0], 1
    while first <= LONGEST:
        last = max(first, int(first * (1 + ERROR) / (1 - ERROR)))
        firsts.append(first)
        values.append(2 * first * last / (first + last))
        first = last + 1
    return firsts, values


FIRSTS, VALUES = _laid_out()
BINS = len(FIRSTS)


def bin_of(minutes: int) -> int:
    """Bin of a duration in whole minutes, 0 or more."""
    return bisect_right(FIRSTS, min(minutes, LONGEST)) - 1


def histogram(durations: Iterable[int]) -> dict[int, int]:
    """Bin -> count of durations in whole minutes."""
    counts: dict[int, int] = {}
    for minutes in durations:
        index = bin_of(minutes)
        counts[index] = counts.get(index, 0) + 1
    return counts


def merged(histograms: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Histograms of several regions or periods as one."""
    counts: dict[int, int] = {}
    for one in histograms:
        for index, count in one.items():
            counts[index] = counts.get(index, 0) + count
    return counts


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration in minutes that ``share`` of all durations do not exceed (nearest rank), None where there are none.

    Source: nearest-rank definition, rank ``ceil(share * n)``; within ``ERROR`` of the same quantile of the durations.
    ``ValueError`` where a count is negative.
    """
    if min(counts.values(), default=0) < 0:
        raise ValueError("a histogram holds a negative count")
    indexes = sorted(counts)
    passed = list(accumulate(map(counts.__getitem__, indexes)))
    if not passed or passed[-1] == 0:
        return None
    rank = max(1, ceil(round(share * passed[-1], 6)))  # 0.07 * 100 is a little more than 7 in floats
    return VALUES[indexes[bisect_left(passed, rank)]]
