"""A table on its way out: columns with the kind of their values, rows of plain values, and what must be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "count", "number", "rate", "score", "instant", "day"]
"""``rate`` is a fraction of one, ``instant`` epoch ms UTC, ``day`` a local day ``YYYYMMDD`` or month ``YYYYMM``."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and kind."""

    heading: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; every row has a value for each column, None where it is missing."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class About:
    """What stands with every exported table: (label, text) lines, and the line of the watermark.

    The lines name scope, period, filters, cut-off ("as of seq"), definition versions, who and when.
    """

    lines: Sequence[tuple[str, str]]
    watermark: str
    zone: str
