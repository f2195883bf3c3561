"""The ranking of units of one level for any period, from one read of their tallies."""

from collections.abc import Mapping, Sequence

from dashboard.domain.indicators import BY_KEY, Figures, evaluate
from dashboard.domain.ranking import Below, Model
from dashboard.domain.ranking import Ranked as Placed
from dashboard.domain.regions import Region
from dashboard.queries.answers import Ranked
from dashboard.queries.errors import NotFoundHere

_BEHIND = ("closed_due", "reworked", "ever_handled", "reopened", "ever_closed", "satisfied", "rated")
_RATES = ("closure_rate", "on_time_rate", "rework_rate", "reopen_rate", "satisfaction")


def chosen_model(models: Mapping[str, Model], key: str) -> Model:
    """The score model of a key, the first one for none; ``NotFoundHere`` names those there are."""
    found = models.get(key) if key else next(iter(models.values()))
    if found is None:
        raise NotFoundHere(f"there is no score model {key!r}: use {', '.join(models)}", "model")
    return found


def row_above(placed: Placed, region: Region, known: Figures) -> Ranked:
    """A ranked unit with the rates that its score is made of."""
    return _row(region, known, placed.rank, placed.tied, placed.small, placed.score, placed.due)


def row_below(below: Below, region: Region, known: Figures) -> Ranked:
    """A unit below the line: no rank and no score, its counts are shown."""
    return _row(region, known, None, False, True, None, below.due)


def _row(
    region: Region, known: Figures, rank: int | None, tied: bool, small: bool, score: float | None, due: int
) -> Ranked:
    counts, (closure, on_time, rework, reopen, satisfied) = known.counts, (_rate(key, known) for key in _RATES)
    return Ranked(
        rank, tied, small, region.code, region.name, region.name_en, region.parent, score, due,
        counts["on_time"], counts["overdue_cohort"], closure, on_time, rework, reopen, satisfied,
        *(counts[name] for name in _BEHIND),
    )  # fmt: skip


def _rate(key: str, known: Figures) -> float | None:
    return evaluate(BY_KEY[key], known).value


def level_number(levels: Sequence[str], name: str) -> int:
    """Number of a level by its name; ``NotFoundHere`` names the levels there are."""
    if name not in levels:
        raise NotFoundHere(f"there is no level {name!r}: use {', '.join(levels)}", "level")
    return list(levels).index(name)
