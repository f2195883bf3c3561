"""Score models as versioned TOML text: checked completely before anything is ranked by them.

A term may only name counts that the system keeps of cases. Check-ins and time online are not among them, so no model
can rank people by presence.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from dashboard.domain.indicators import DUE_TO_CLOSE
from dashboard.domain.ranking import Model, Term
from dashboard.domain.tallies import COUNTERS

EXTENDED = "extended"
"""Cases of the cohort whose deadline was extended: counted from events, only where a model asks for it."""

COUNTS = (*COUNTERS, "overdue_cohort", "satisfied", EXTENDED)
"""Names that a term may count."""

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_Share = Annotated[float, Meta(ge=0, le=1)]
_Words = Annotated[str, Meta(min_length=1)]


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    version: _Words
    zh: _Words
    en: _Words
    due: tuple[str, ...] = DUE_TO_CLOSE


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    zh: _Words
    en: _Words
    weight: Annotated[float, Meta(gt=0)]
    numerator: Annotated[tuple[str, ...], Meta(min_length=1)]
    denominator: tuple[str, ...] = ()
    inverted: bool = False
    bands: tuple[tuple[int, Annotated[int, Meta(ge=0, le=100)]], ...] = ()
    floor: _Share = 0.0
    full: _Share = 1.0
    definition_zh: str = ""
    definition_en: str = ""
    basis: Literal["cohort", "flow"] = "cohort"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    model: _Head
    term: Annotated[tuple[_Part, ...], Meta(min_length=1)]


def parse_model(text: str, origin: str) -> Model:
    """A model from TOML (``[model]`` and ``[[term]]``, see docs/scores.md); ``ValueError`` names origin and field."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File, strict=False)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise ValueError(f"{origin}: {problem}") from problem
    if wrong := next(_problems(file), None):
        raise ValueError(f"{origin}: {wrong}")
    head = file.model
    return Model(head.key, head.version, head.zh, head.en, tuple(map(_term, file.term)), head.due)


def counts_of(model: Model) -> frozenset[str]:
    """Every count that a model needs of a unit."""
    terms = (name for term in model.terms for name in (*term.numerator, *term.denominator))
    return frozenset((*terms, *model.due))


def _problems(file: _File) -> Iterator[str]:
    yield from _names("model.key", [file.model.key])
    yield from _names("term.key", [part.key for part in file.term])
    yield from _counts("model.due", file.model.due)
    for part in file.term:
        for problem in _problems_of(part):
            yield f"term {part.key!r}: {problem}"


def _names(field: str, keys: Sequence[str]) -> Iterator[str]:
    for key, n in Counter(keys).items():
        if not _KEY.fullmatch(key):
            yield f"{field} {key!r}: use up to 32 of a-z 0-9 _ -"
        if n > 1:
            yield f"{field} {key!r} stands there {n} times"


def _counts(field: str, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if name not in COUNTS:
            yield f"{field}: there is no count {name!r}: use {', '.join(COUNTS)}"


def _problems_of(part: _Part) -> Iterator[str]:
    yield from _counts("numerator", part.numerator)
    yield from _counts("denominator", part.denominator)
    if bool(part.bands) == bool(part.denominator):
        yield "give either a denominator or bands"
    if part.bands and (part.inverted or (part.floor, part.full) != (0, 1)):
        yield "bands go without inverted, floor and full"
    if list(part.bands) != sorted(set(part.bands)):
        yield "bands must rise"
    if part.floor >= part.full:
        yield f"floor {part.floor} must be below full {part.full}"


def _term(part: _Part) -> Term:
    weight, floor, full = (Fraction(str(share)) for share in (part.weight, part.floor, part.full))
    return Term(
        part.key, weight, part.numerator, part.denominator, part.inverted, part.bands, floor, full, part.zh, part.en,
        part.definition_zh, part.definition_en, part.basis,
    )  # fmt: skip
