"""How every number of a report is written: the one place. Design brief §9; half up, once, from the raw fraction.

A rate is never 100.00% while anything is outside, nor 0.00% while anything is inside: it is then 99.99% and 0.01%.
"""

import math
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from dashboard.reports.document import Column, Table
from dashboard.reports.snapshot import Unit

MISSING = "—"
MINUS = "−"
SIMPLE = re.compile(r"\{(\w+)\} / \{(\w+)\}")


def written(value: float | None, unit: Unit, n: int | None = None, d: int | None = None, form: str = "") -> str:
    """A number as text; ``n`` / ``d`` are what it is rounded from where they are known.

    Forms, where the unit's own is not meant: ``plain`` 12418 · ``rate`` 99.64% · ``rate1`` 97.3% · ``goal`` 98% (a
    target, as short as it is) · ``bare`` 99.64 (a rate in a table whose heading or note says %) · sizes, whose
    direction words tell: ``growth`` 2.6%, ``points``
    0.25个百分点, ``change`` 312, ``hours_change`` 0.2 · ``signed`` −0.25 (a difference in a table) · ``score`` 93.02 ·
    ``rank`` 3 · ``hours`` 4.5 · ``km`` 9412.4 (of metres) · ``stock`` 214.7万, 1.23亿 · ``day`` 2026年9月30日 (of
    YYYYMMDD). ``ValueError`` names an unknown form. What is not known, or no number at all, is —.
    """
    shape = _FORMS.get(form or _OWN[unit])
    if shape is None:
        raise ValueError(f"a number has no form {form!r}: use {', '.join(_FORMS)}")
    if shape is _number and type(value) is int:
        return _signed(str(abs(value)), value)  # most cells of a report
    exact = _exact(value, n, d, unit)
    return MISSING if exact is None else shape(exact)


def cell(table: Table, row: Sequence[Any], column: Column) -> str:
    """One cell of a table as pages show it: rates and differences without their unit, texts as they are."""
    return cell_of(table, column)(row)


def cell_of(table: Table, column: Column) -> Callable[[Sequence[Any]], str]:
    """The same for all rows of a table: takes a row."""
    place, unit = table.columns.index(column), column.unit
    if unit == "text":
        return lambda row: MISSING if row[place] is None else str(row[place])
    keys = [each.key for each in table.columns]
    found, form = SIMPLE.fullmatch(column.formula), {"share": "bare", "points": "signed"}.get(unit, "")
    if found is None:
        return lambda row: written(row[place], unit, form=form)
    n, d = (keys.index(key) for key in found.groups())
    return lambda row: written(row[place], unit, row[n], row[d], form)


def rounded(exact: Fraction, places: int) -> float:
    """Half away from zero, once, from the exact value."""
    units = int(abs(exact) * 10**places + Fraction(1, 2))
    return float(Fraction(-units if exact < 0 else units, 10**places))


def _exact(value: float | None, n: int | None, d: int | None, unit: Unit) -> Fraction | None:
    if n is not None and d and unit in ("share", "points"):
        return Fraction(n, d)
    if value is None or not math.isfinite(value):
        return None
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def _decimal(exact: Fraction, places: int, shift: int = 0, inside: bool = False) -> str:
    """With that many decimals, half away from zero; the point moved to the right by ``shift``. ``inside``: what lies
    between 0 and 1 is not written as either."""
    n, d, one = abs(exact.numerator), exact.denominator, 10 ** (places + shift)
    units = (2 * n * one + d) // (2 * d)
    if inside and 0 < exact < 1:
        units = min(max(units, 1), one - 1)
    sign = MINUS if exact < 0 and units else ""
    whole, rest = divmod(units, 10**places)
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"


def _signed(digits: str, value: int) -> str:
    return MINUS + digits if value < 0 else digits


def _rate(places: int, mark: str = "%") -> Callable[[Fraction], str]:
    return lambda exact: _decimal(exact, places, 2, inside=True) + mark


def _number(exact: Fraction) -> str:
    return _decimal(exact, 0 if exact.denominator == 1 else 2)


def _stock(exact: Fraction) -> str:
    size = abs(exact)
    if size < 10_000:
        return _decimal(exact, 0)
    in_wan = _decimal(exact / 10_000, 1)
    return f"{in_wan}万" if size < 10**8 and not in_wan.endswith("10000.0") else f"{_decimal(exact / 10**8, 2)}亿"


def _day(exact: Fraction) -> str:
    year, rest = divmod(int(exact), 10_000)
    return f"{year}年{rest // 100}月{rest % 100}日"


_FORMS: dict[str, Callable[[Fraction], str]] = {
    "plain": _number,
    "rate": _rate(2),
    "rate1": _rate(1),
    "bare": _rate(2, ""),
    "goal": lambda exact: _decimal(exact, 2, 2).rstrip("0").rstrip(".") + "%",
    "growth": lambda exact: _decimal(abs(exact) * 100, 1) + "%",
    "points": lambda exact: _decimal(abs(exact) * 100, 2) + "个百分点",
    "change": lambda exact: _number(abs(exact)),
    "signed": lambda exact: _decimal(exact, 2, 2),
    "score": lambda exact: _decimal(exact, 2),
    "rank": lambda exact: _decimal(exact, 0),
    "hours": lambda exact: _decimal(exact, 1),
    "hours_change": lambda exact: _decimal(abs(exact), 1),
    "km": lambda exact: _decimal(exact / 1000, 1),
    "stock": _stock,
    "day": _day,
}

_OWN: dict[Unit, str] = {
    "cases": "plain", "share": "rate", "hours": "hours", "people": "plain", "points": "points", "score": "score",
    "rank": "rank", "number": "plain", "day": "day", "metres": "km",
}  # fmt: skip
"""The form of each unit where none is asked for."""
