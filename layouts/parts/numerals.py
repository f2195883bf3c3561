"""Numbers and instants as the screens write them: thousands comma, U+2212, half up once, "—" for what is not known."""

from datetime import datetime
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from dashboard.queries.answers import Figure

MISSING = "—"
MINUS = "−"
ONE_DECIMAL = frozenset({"workers_online"})


def rounded(value: float | Fraction, places: int) -> Fraction:
    """Half away from zero at a decimal place."""
    scale = 10**places
    size = Fraction(floor(abs(Fraction(value)) * scale * 2 + 1) // 2, scale)
    return -size if value < 0 else size


def decimal(value: float | Fraction | None, places: int) -> str:
    """A number with fixed places, thousands comma and a real minus; ``—`` for None."""
    if value is None:
        return MISSING
    if isinstance(value, int):
        return f"{MINUS if value < 0 else ''}{abs(value):,.{places}f}"
    found = rounded(value, places)
    return f"{MINUS if found < 0 else ''}{float(abs(found)):,.{places}f}"


def count(value: float | None) -> str:
    """A whole number."""
    return decimal(value, 0)


def percent(n: float | None, d: float | None, places: int = 2) -> str:
    """``n`` of ``d`` in percent without the sign; never 100 while anything is outside, ``—`` over nothing."""
    if n is None or not d:
        return MISSING
    if isinstance(n, int) and isinstance(d, int) and n >= 0 and d > 0:
        return _percent(n, d, 10**places, places)
    share = rounded(Fraction(n) / Fraction(d) * 100, places)
    return decimal(share - Fraction(1, 10**places) if share == 100 and n < d else share, places)


def _percent(n: int, d: int, scale: int, places: int) -> str:
    """``percent`` of whole counts in whole numbers: a page writes hundreds, and fractions take ten times as long."""
    found = (200 * n * scale + d) // (2 * d)
    return f"{(found - (found == 100 * scale and n < d)) / scale:,.{places}f}"


def share(value: float | None, places: int = 2) -> str:
    """A share of one in percent without the sign."""
    return percent(value, 1.0, places)


def figure_text(figure: Figure | None) -> str:
    """A figure's value as it is read: percent without the sign for shares, hours with one place, whole counts."""
    if figure is None or figure.value is None:
        return MISSING
    if figure.unit == "share":
        return percent(figure.numerator, figure.denominator)
    return decimal(figure.value, 1 if figure.unit == "hours" else 0)


def hours(minutes: float | None) -> str:
    """A length of time in hours with one place."""
    return decimal(None if minutes is None else minutes / 60, 1)


def instant(at: int, zone: str) -> str:
    """Month, day and time with seconds of an instant (epoch ms) in a zone."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).strftime("%m-%d %H:%M:%S")
