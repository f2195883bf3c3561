"""Figures of the residents' register (人房管理): persons, houses, sampled accuracy, visits; they drift every day."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dashboard.base_data.rows import MetricRow
from dashboard.domain.periods import as_date
from dashboard.domain.regions import Region
from data_sources.simulator.scales import Scale

PERSONS = (("persons.registered", 0.784), ("persons.floating", 0.216))
HOUSES = (("houses.owner", 0.655), ("houses.rented", 0.173), ("houses.business", 0.086), ("houses.vacant", 0.086))
TASKS = (
    ("tasks.重点人员走访|Priority residents", 0.91, 3.1),
    ("tasks.独居老人走访|Elderly living alone", 0.957, 4),
    ("tasks.入户安全检查|Home safety checks", 0.88, 9),
    ("tasks.出租房屋核查|Rented homes checked", 0.93, 6),
)
"""Metric, share done, tasks per thousand persons. ``value`` is the number done, ``sample`` all of them."""
SAMPLE = 42
"""Records checked in one street each month, about."""
Counts = NDArray[np.int64]


def metrics(
    scale: Scale, levels: list[list[Region]], dice: Callable[..., np.random.Generator], day: int
) -> list[MetricRow]:
    """Rows of all regions of ``levels`` (the root first, the streets last); parts add up to the whole at every level.

    Keys: ``persons.*`` and ``houses.*`` (counts), ``accuracy`` (share of one, ``sample`` records checked), ``tasks.*``
    (Chinese and English name of the task).
    """
    share = dice(51).dirichlet(np.full(len(levels[-1]), 9.0))
    grown = 1 + 0.00004 * (as_date(day).toordinal() - as_date(20260101).toordinal())
    rows: list[MetricRow] = []
    for kinds, total in ((PERSONS, scale.persons), (HOUSES, scale.houses)):
        for key, part in kinds:
            counts = (total * grown * part * share).astype(np.int64)
            rows += [MetricRow(code, key, day, float(n)) for code, n in _summed(levels, counts)]
    rows += _accuracy(levels, dice, day)
    progress = min(1.0, (day % 100) / 27)
    for key, done, per_mille in TASKS:
        everything = np.maximum(1, scale.persons * share * per_mille / 1000).astype(np.int64)
        rows += _shares(levels, key, day, (everything * done * progress).astype(np.int64), everything)
    return rows


def _accuracy(levels: list[list[Region]], dice: Callable[..., np.random.Generator], day: int) -> list[MetricRow]:
    """Checked anew every month: the samples of a month stay."""
    bias = dice(52).normal(0.984, 0.006, len(levels[-1])).clip(0.95, 0.998)
    rng = dice(53, day // 100)
    samples = rng.integers(SAMPLE - 8, SAMPLE + 9, len(bias))
    rows = _shares(levels, "accuracy", day, rng.binomial(samples, bias), samples)
    return [MetricRow(row.region, row.metric, day, row.value / (row.sample or 1), row.sample) for row in rows]


def _shares(levels: list[list[Region]], key: str, day: int, done: Counts, of: Counts) -> list[MetricRow]:
    pairs = zip(_summed(levels, done), _summed(levels, of), strict=True)
    return [MetricRow(code, key, day, float(n), d) for (code, n), (_, d) in pairs]


def _summed(levels: list[list[Region]], counts: Counts) -> list[tuple[str, int]]:
    """Counts of the last level and their sums for all above it, by code."""
    totals = dict(zip((region.code for region in levels[-1]), counts.tolist(), strict=True))
    for above, below in zip(reversed(levels[:-1]), reversed(levels[1:]), strict=True):
        totals |= dict.fromkeys((region.code for region in above), 0)
        for region in below:
            totals[region.parent or ""] += totals[region.code]
    return list(totals.items())
