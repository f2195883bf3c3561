import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboard.boards.patch import diff, merge

KEYS = st.sampled_from(["a", "b", "c", "420", ""])
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=2) | st.floats(-2, 2)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
BOARDS = st.dictionaries(KEYS, VALUES, max_size=5)


@given(BOARDS, BOARDS)
def test_merging_the_difference_gives_the_new_board(old: dict[str, Any], new: dict[str, Any]) -> None:
    before = json.dumps(old)
    patch = json.loads(json.dumps(diff(old, new)))
    assert merge(old, patch) == new
    assert json.dumps(old) == before


@given(BOARDS)
def test_equal_boards_differ_by_nothing(board: dict[str, Any]) -> None:
    assert diff(board, json.loads(json.dumps(board))) == {}


@given(st.lists(BOARDS, min_size=2, max_size=6))
def test_one_merged_difference_equals_the_chain(boards: list[dict[str, Any]]) -> None:
    chained = boards[0]
    for old, new in pairwise(boards):
        chained = merge(chained, diff(old, new))
    assert chained == merge(boards[0], diff(boards[0], boards[-1]))


def test_leaves_are_absolute_and_removed_keys_are_named() -> None:
    old = {"tiles": {"open": {"value": 3, "pending": 1}}, "cases": {"x": [1], "y": [2]}}
    new = {"tiles": {"open": {"value": 4, "pending": 1}}, "cases": {"y": [2]}}
    assert diff(old, new) == {"tiles": {"open": {"value": 4}}, "cases": {"-": {"x": None}}}


def test_true_and_one_are_told_apart() -> None:
    assert diff({"a": 1}, {"a": True}) == {"a": True}
