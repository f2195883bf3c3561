"""Formulas of table columns, as ``{on_time} / {due}``: exact, with ``+ - * /``, brackets, numbers and keys in braces.

A missing operand or a division by zero makes the value missing, as in the XLSX file.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

KEY = re.compile(r"\{(\w+)\}")
_SIGNS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def evaluate(formula: str, values: Mapping[str, Any]) -> Fraction | None:
    """The value over a row's values by key; None where it is missing. ``ValueError`` where it is no formula."""
    try:
        return _value(_parsed(formula), values)
    except (ZeroDivisionError, _Missing):
        return None


class _Missing(Exception):  # noqa: N818
    """An operand without a value."""


@lru_cache(maxsize=512)
def _parsed(formula: str) -> ast.expr:
    try:
        return ast.parse(KEY.sub(r"(k_\1)", formula).strip(), mode="eval").body
    except SyntaxError as problem:
        raise ValueError(f"{formula!r} is no formula") from problem


def _value(node: ast.expr, values: Mapping[str, Any]) -> Fraction:
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return _SIGNS[type(node.op)](_value(node.left, values), _value(node.right, values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, values)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Fraction(str(node.value))
    if isinstance(node, ast.Name) and node.id.startswith("k_"):
        return _operand(values, node.id[2:])
    raise ValueError("a formula knows + - * /, brackets, numbers and keys in braces")


def _operand(values: Mapping[str, Any], key: str) -> Fraction:
    if key not in values:
        raise ValueError(f"a formula names the column {key!r}, which is not there")
    value = values[key]
    if value is None or isinstance(value, str):
        raise _Missing
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))
