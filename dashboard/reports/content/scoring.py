"""A score as a formula over columns of counts, so that the office can follow it in the XLSX file.

A term that every unit of the table has is written out: ``45 * {on_time} / {due}``. One that some unit lacks, or that is
read from bands or between a floor and a ceiling, has its own columns: what is earned (``n_KEY`` of ``d_KEY``) and the
weight (``w_KEY``, 0 where the unit lacks it), so that the other terms are re-weighted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dashboard.domain.indicators import DUE_TO_CLOSE, Figures
from dashboard.domain.ranking import Model, Term, share
from dashboard.reports.document import Column

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Scoring:
    """The formula of a score, the counts it names (beside ``due``) and the columns it needs for itself."""

    formula: str
    counts: tuple[str, ...]
    columns: tuple[Column, ...]
    terms: tuple[Term, ...]

    def values(self, counts: Counts) -> dict[str, int | float]:
        """The values of its own columns for one unit."""
        found: dict[str, int | float] = {}
        for term in self.terms:
            n, d = share(term, Figures(counts))
            key = _key(term)
            found |= {f"n_{key}": n, f"d_{key}": d or 1, f"w_{key}": _weight(term) if d else 0}
        return found


def scoring(model: Model, units: Sequence[Counts]) -> Scoring:
    """How the scores of units follow from their counts; ``ValueError`` names a count that a unit does not have."""
    own = tuple(term for term in model.terms if not all(_plain(term, counts) for counts in units))
    plain = [term for term in model.terms if term not in own]
    points = [*map(_written_out, plain), *map(_from_columns, own)]
    whole = sum((term.weight for term in plain), Fraction(0))
    weights = " + ".join([*([f"{float(whole):g}"] if plain else []), *(f"{{w_{_key(term)}}}" for term in own)])
    formula = " + ".join(points)
    if own or whole != 100:
        formula = f"100 * ({formula}) / ({weights})"
    names = dict.fromkeys(name for term in plain for name in (*term.numerator, *_beside_due(term)))
    return Scoring(formula, tuple(names), tuple(column for term in own for column in _columns(term)), own)


def _plain(term: Term, counts: Counts) -> bool:
    """Whether the term is what its quotient says for a unit."""
    n, d = (sum(counts[name] for name in names) for names in (term.numerator, term.denominator))
    return not term.bands and not term.stepped and d > 0 and 0 <= n <= d


def _beside_due(term: Term) -> tuple[str, ...]:
    return () if term.denominator == DUE_TO_CLOSE else term.denominator


def _written_out(term: Term) -> str:
    quotient = f"{_sum(term.numerator)} / {'{due}' if term.denominator == DUE_TO_CLOSE else _sum(term.denominator)}"
    return f"{_weight(term):g} * {f'(1 - {quotient})' if term.inverted else quotient}"


def _from_columns(term: Term) -> str:
    key = _key(term)
    return f"{{w_{key}}} * {{n_{key}}} / {{d_{key}}}"


def _sum(names: Sequence[str]) -> str:
    text = " + ".join(f"{{{name}}}" for name in names)
    return f"({text})" if len(names) > 1 else text


def _columns(term: Term) -> tuple[Column, ...]:
    key, title = _key(term), term.zh or term.key
    return (
        Column(f"n_{key}", f"{title}得", "number", detail=True),
        Column(f"d_{key}", f"{title}满", "number", detail=True),
        Column(f"w_{key}", f"{title}权重", "number", detail=True),
    )


def _key(term: Term) -> str:
    return term.key.replace("-", "_")


def _weight(term: Term) -> int | float:
    return int(term.weight) if term.weight.denominator == 1 else float(term.weight)
