"""Differences of boards with absolute leaves: ``merge(old, diff(old, new)) == new``.

A patch is a dict: a key whose value is a dict on both sides holds the patch of that dict, every other key its new
value; keys that are gone stand in a dict under ``"-"``. A key that turns from something else into a dict is told whole.
The frontend merges by the same rules.
"""

from collections.abc import Mapping
from typing import Any

Board = dict[str, Any]
REMOVED = "-"


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> Board:
    """What turns ``old`` into ``new``; empty where they are equal. No key may be ``"-"``."""
    patch: Board = {}
    for key, value in new.items():
        if key not in old:
            patch[key] = value
        elif value is old[key]:
            continue
        elif isinstance(value, dict) and isinstance(old[key], dict):
            if inner := diff(old[key], value):
                patch[key] = inner
        elif not _same(old[key], value):
            patch[key] = value
    if gone := old.keys() - new.keys():
        patch[REMOVED] = dict.fromkeys(sorted(gone))
    return patch


def merge(old: Mapping[str, Any], patch: Mapping[str, Any]) -> Board:
    """A new board with the patch applied; ``old`` stays as it is."""
    gone = patch.get(REMOVED, {})
    merged = {key: value for key, value in old.items() if key not in gone}
    for key, value in patch.items():
        if key == REMOVED:
            continue
        before = merged.get(key)
        merged[key] = merge(before, value) if isinstance(value, dict) and isinstance(before, dict) else value
    return merged


def _same(old: object, new: object) -> bool:
    """Equal as JSON: ``1``, ``1.0`` and ``true`` are different texts but equal in Python."""
    return type(old) is type(new) and old == new
