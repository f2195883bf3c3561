"""Figures of the residents' register (人房管理): persons, houses, sampled accuracy, visits; they drift every day."""

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


def metrics(scale: Scale, root: Region, parts: list[Region], seed: int, day: int) -> list[MetricRow]:
    """Rows of the root and of the regions directly under it; parts add up to the root.

    Keys: ``persons.*`` and ``houses.*`` (counts), ``accuracy`` (share of one, ``sample`` records checked), ``tasks.*``
    (Chinese and English name of the task).
    """
    rng = np.random.default_rng([seed, 51])
    share = rng.dirichlet(np.full(len(parts), 12.0))
    bias = rng.normal(0.984, 0.004, len(parts)).clip(0.955, 0.997)
    grown = 1 + 0.00004 * (as_date(day).toordinal() - as_date(20260101).toordinal())
    rows: list[MetricRow] = []
    for kinds, total in ((PERSONS, scale.persons), (HOUSES, scale.houses)):
        for key, part in kinds:
            rows += _summed(key, root, parts, day, total * grown * part * share)
    rows += _accuracy(root, parts, bias, np.random.default_rng([seed, 52, day]), day)
    for key, done, per_mille in TASKS:
        rows += _tasks(key, root, parts, day, scale.persons * share * per_mille / 1000, done)
    return rows


def _summed(key: str, root: Region, parts: list[Region], day: int, values: NDArray[np.float64]) -> list[MetricRow]:
    whole = [float(int(value)) for value in values.tolist()]
    rows = [MetricRow(part.code, key, day, value) for part, value in zip(parts, whole, strict=True)]
    return [MetricRow(root.code, key, day, sum(whole)), *rows]


def _accuracy(
    root: Region, parts: list[Region], bias: NDArray[np.float64], rng: np.random.Generator, day: int
) -> list[MetricRow]:
    samples = rng.integers(380, 520, len(parts))
    right = rng.binomial(samples, bias)
    pairs = zip(parts, right.tolist(), samples.tolist(), strict=True)
    rows = [MetricRow(part.code, "accuracy", day, n / d, d) for part, n, d in pairs]
    return [MetricRow(root.code, "accuracy", day, int(right.sum()) / int(samples.sum()), int(samples.sum())), *rows]


def _tasks(
    key: str, root: Region, parts: list[Region], day: int, amounts: NDArray[np.float64], done: float
) -> list[MetricRow]:
    """Monthly tasks, done steadily over the month."""
    progress = min(1.0, (day % 100) / 27)
    whole = [max(1, int(amount)) for amount in amounts.tolist()]
    finished = [int(amount * done * progress) for amount in whole]
    rows = [MetricRow(p.code, key, day, float(n), d) for p, n, d in zip(parts, finished, whole, strict=True)]
    return [MetricRow(root.code, key, day, float(sum(finished)), sum(whole)), *rows]
