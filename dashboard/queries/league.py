"""The ranking of units of one level for any period, from one read of their tallies."""

from collections.abc import Mapping, Sequence

from dashboard.config import Score
from dashboard.domain.indicators import BY_KEY, Figures, evaluate
from dashboard.domain.ranking import Below, Model, outcome_model
from dashboard.domain.ranking import Ranked as Placed
from dashboard.domain.regions import Region
from dashboard.queries.answers import Ranked
from dashboard.queries.errors import NotFoundHere

_RATES = ("closure_rate", "on_time_rate", "rework_rate", "reopen_rate", "satisfaction")


def model_of(score: Score, key: str) -> Model:
    """The configured score model; ``NotFoundHere`` for another key."""
    if key not in ("", score.key):
        raise NotFoundHere(f"there is no score model {key!r}: use {score.key}", "model")
    return outcome_model(score.weights, score.key, score.version, score.zh, score.en)


def row_above(placed: Placed, region: Region, known: Figures) -> Ranked:
    """A ranked unit with the rates that its score is made of."""
    return _row(region, known, placed.rank, placed.tied, placed.small, placed.score, placed.due)


def row_below(below: Below, region: Region, known: Figures) -> Ranked:
    """A unit below the line: no rank and no score, its counts are shown."""
    return _row(region, known, None, False, True, None, below.due)


def _row(
    region: Region, known: Figures, rank: int | None, tied: bool, small: bool, score: float | None, due: int
) -> Ranked:
    rates: Mapping[str, float | None] = {key: evaluate(BY_KEY[key], known).value for key in _RATES}
    counts = known.counts
    return Ranked(
        rank, tied, small, region.code, region.name, region.name_en, region.parent, score, due,
        counts["on_time"], counts["overdue_cohort"], *(rates[key] for key in _RATES),
    )  # fmt: skip


def level_number(levels: Sequence[str], name: str) -> int:
    """Number of a level by its name; ``NotFoundHere`` names the levels there are."""
    if name not in levels:
        raise NotFoundHere(f"there is no level {name!r}: use {', '.join(levels)}", "level")
    return list(levels).index(name)
