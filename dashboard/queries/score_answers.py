"""Records of rankings and of the explanation of a score."""

import msgspec

from dashboard.queries.answers import AsOf, Place
from dashboard.queries.drill_answers import CaseLine


class ModelInfo(msgspec.Struct, frozen=True):
    """A score model as people choose it."""

    key: str
    version: str
    zh: str
    en: str


class LeagueRow(msgspec.Struct, frozen=True):
    """One unit. ``rank`` None: below the line, ``reason`` says why (``few``, ``none``). ``low``..``high`` is the rank
    interval. ``change`` is against the period before (positive: up), None where unknown or within noise.
    ``reason`` may also be ``excluded``; ``note`` is then what the configuration says about it."""

    place: Place
    parent: Place | None
    rank: int | None
    tied: bool
    small: bool
    reason: str
    low: int | None
    high: int | None
    change: int | None
    score: float | None
    due: int
    on_time_rate: float | None
    closure_rate: float | None
    rework_rate: float | None
    reopen_rate: float | None
    satisfaction: float | None
    satisfaction_n: int
    overdue: int
    note: str = ""


class League(msgspec.Struct, frozen=True):
    """Units of one level inside ``under`` in order of a model, those below the line last."""

    level: str
    period: str
    under: str
    model: ModelInfo
    models: list[ModelInfo]
    min_due: int
    small_below: int
    median: float | None
    as_of: AsOf
    rows: list[LeagueRow]


class TermPart(msgspec.Struct, frozen=True):
    """One term of a score: earned ``points`` of ``weight`` (both of 100, re-weighted), ``lost`` = weight - points.

    ``n`` / ``d`` are the counts behind it, ``rank`` the unit's place among its peers in this term alone. A term
    without a denominator has weight 0 and ``missing`` true. ``configured`` is the weight before re-weighting, ``floor``
    and ``full`` are the shares (of one, after inversion) that earn nothing and everything. ``banded``: ``n`` is read
    from a table and ``d`` is 0.
    """

    key: str
    zh: str
    en: str
    n: int
    d: int
    inverted: bool
    missing: bool
    configured: float
    weight: float
    points: float
    lost: float
    rank: int | None
    definition_zh: str
    definition_en: str
    basis: str = "cohort"
    floor: float = 0.0
    full: float = 1.0
    banded: bool = False


class Mover(msgspec.Struct, frozen=True):
    """A child region by what the unit's score would be without it; ``points`` = score with it - score without."""

    place: Place
    due: int
    score: float | None
    points: float


class CaseMover(msgspec.Struct, frozen=True):
    """A case by the points it costs: ``points`` = score with it as it is - score had it gone well (negative).

    ``ways`` name what went wrong: ``late overdue rework reopened unsatisfied``; ``open`` while it can still change.
    """

    case: CaseLine
    ways: list[str]
    points: float
    open: bool


class WhatIf(msgspec.Struct, frozen=True):
    """A change that is still possible: ``change`` in points, then score and rank if the others stay as they are.

    ``key`` names the sentence, ``n`` how many cases it is about.
    """

    key: str
    n: int
    change: float
    score: float
    rank: int | None


class Explanation(msgspec.Struct, frozen=True):
    """Why a unit has its score and rank. Parts sum to the score within 0.01; the score is None where it has none."""

    place: Place
    parent: Place | None
    period: str
    as_of: AsOf
    model: ModelInfo
    models: list[ModelInfo]
    row: LeagueRow
    of: int
    median: float | None
    before: LeagueRow | None
    before_period: str
    parts: list[TermPart]
    children: list[Mover]
    cases: list[CaseMover]
    lost_for_good: float
    what_if: list[WhatIf]
    min_due: int = 30
    small_below: int = 100
