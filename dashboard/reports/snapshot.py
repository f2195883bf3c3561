"""The frozen numbers behind a report. Everything a report says is a fact of its snapshot, never asked anew."""

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from dashboard.domain.regions import LEVELS
from dashboard.queries.answers import Place
from dashboard.queries.drill_answers import CaseLine
from dashboard.queries.score_answers import League, LeagueRow, ModelInfo

Unit = Literal["cases", "share", "hours", "people", "points", "score", "rank", "number", "day", "metres"]
"""``points`` are 百分点 (a difference of shares, as a fraction of one)."""


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One number: ``value`` (a share as a fraction of one, None: not known), with numerator and denominator.

    Whole numbers stay whole when a snapshot is read back from JSON: its hash is over them.
    """

    value: int | float | None
    unit: Unit = "number"
    n: int | None = None
    d: int | None = None


class Cut(msgspec.Struct, frozen=True):
    """Where the numbers were frozen: the last stored event counted and the instant (epoch ms UTC)."""

    seq: int
    time: int


class Asked(msgspec.Struct, frozen=True):
    """What a report is about. ``kind``: ``month week quarter year`` (a period of the contract in ``period``),
    ``excerpt`` (one street's part of a month), ``notice`` (专项通报 over ``filters``, names as in
    ``queries.selection``). ``region`` empty: the whole city. ``levels`` are the levels that are ranked."""

    kind: str
    period: str
    region: str = ""
    levels: tuple[str, ...] = ("district", "street", "community")
    model: str = ""
    filters: dict[str, str] = {}


class Correction(msgspec.Struct, frozen=True):
    """An accepted appeal: the case's counters that are changed in this snapshot, and why."""

    appeal: str
    case: str
    region: str
    changes: dict[str, int]
    reason: str


class Restated(msgspec.Struct, frozen=True):
    """A figure of an earlier issued report that later events changed: ``key`` is the id of a total, or of a cell of a
    ranking row (``row|LEVEL|CODE|FIELD``)."""

    period: str
    key: str
    then: Fact
    now: Fact


class ModelTerm(msgspec.Struct, frozen=True):
    """One term of a score model as ``domain.ranking.Term`` has it, in plain values: what formulas are printed from."""

    key: str
    zh: str
    weight: float
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    inverted: bool = False
    bands: tuple[tuple[int, int], ...] = ()
    floor: float = 0.0
    full: float = 1.0
    definition_zh: str = ""
    basis: str = "cohort"


class Own(msgspec.Struct, frozen=True):
    """Where the report's own region stands among all regions of its level in the whole city: its own row and sizes,
    nothing of any other region, which the report's readers may not see.

    In ``row`` the rank, whether it is tied, the interval and the change are those inside its ranking ``group`` (empty:
    the level is ranked as one) of ``regions`` ``under`` the root, of which ``ranked`` have a rank. ``was`` is its place
    in the period before among the same, None where it had none.
    """

    row: LeagueRow
    under: Place
    group: str
    ranked: int
    regions: int
    was: int | None
    min_due: int


class Snapshot(msgspec.Struct, frozen=True):
    """Everything a report needs, as it stood at ``cut``; canonical JSON of it is what the hash is over.

    ``facts`` by id: ``total.KEY`` (the indicators of the period, keys of ``domain.indicators``), ``before.total.KEY``
    and ``year.total.KEY`` (环比, 同比: the earlier values), ``change.total.KEY`` and ``change_year.total.KEY``
    (differences; of shares in ``points``), ``channel.KEY``, ``category.CODE``, ``kind.event`` / ``kind.part``,
    ``hour.HH``, ``grid.CODE`` (hot grids), ``repeat.N`` (complaints at the N-th of the places that complain again about
    the same, in words under ``repeat.N`` in ``names``), ``crew.CODE.KEY`` (totals of units, never of persons; the whole
    under the code of ``place``; KEY is ``workers on_duty grids coverage hours metres``), ``list.NAME`` (lengths of
    lists). Channels and categories of the period before are under ``before.channel.KEY`` and ``before.category.CODE``.
    ``names`` gives the words for codes. ``leagues`` by level; ``before_leagues``
    those of the period before. ``lists`` are the cases by name: ``overdue supervised suspended crossing`` (三跨).
    ``gaps`` are (region code, days without any event). ``bottom`` are codes by level that stood in the last places
    three periods running. ``own`` is in reports of one region below the city over all of its cases.
    """

    asked: Asked
    cut: Cut
    place: Place
    first: int
    last: int
    facts: dict[str, Fact]
    names: dict[str, str]
    model: ModelInfo
    definitions: list[tuple[str, str, str]]
    leagues: dict[str, League]
    before_leagues: dict[str, League]
    groups: dict[str, str]
    lists: dict[str, list[CaseLine]]
    units: League | None
    gaps: list[tuple[str, list[int]]]
    bottom: dict[str, list[str]]
    restated: list[Restated]
    corrections: list[Correction]
    zone: str
    counts: dict[str, dict[str, dict[str, int]]] = {}
    terms: dict[str, list[ModelTerm]] = {}
    demo: bool = False
    own: Own | UnsetType = UNSET

    @property
    def levels(self) -> list[str]:
        """The ranked levels from above to below, whatever order they were stored in."""
        return [level for level in LEVELS if level in self.leagues]

    def fact(self, key: str) -> Fact:
        """A fact by its id; an unknown one has no value."""
        return self.facts.get(key, MISSING)


def canonical(snapshot: Snapshot) -> bytes:
    """The snapshot as JSON with sorted keys: the same numbers give the same bytes."""
    return msgspec.json.encode(snapshot, order="sorted")


def digest(snapshot: Snapshot) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def check_code(hashed: str) -> str:
    """The short code printed on pages, ``9F3A-27C1``: the first 32 bits of the hash."""
    return f"{hashed[:4]}-{hashed[4:8]}".upper()


BASE_VERSION = "base.version"
"""The id in ``names`` under which the version of base data stands that a snapshot was frozen with."""
MISSING = Fact(None)
Facts = Mapping[str, Fact]
Builtins = dict[str, Any]
