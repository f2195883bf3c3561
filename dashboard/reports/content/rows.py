"""Rows of tables: values by column, those of formulas calculated."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.reports.document import Column
from dashboard.reports.formulas import evaluate
from dashboard.reports.numbers import rounded

EXACT = 2.0**53
"""Floats above this are no counts."""


def row_of(columns: Sequence[Column], values: Mapping[str, Any]) -> list[Any]:
    """A row in the order of the columns; a column with a formula takes its value from the others.

    A score has the two decimals that ranks are made of, whole numbers are integers, everything else is exact.
    """
    return [_calculated(column, values) if column.formula else _whole(values.get(column.key)) for column in columns]


def _calculated(column: Column, values: Mapping[str, Any]) -> Any:
    found = evaluate(column.formula, values)
    if found is None:
        return None
    return rounded(found, 2) if column.unit == "score" else _whole(float(found))


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < EXACT else value
