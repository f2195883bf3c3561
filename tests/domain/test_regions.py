import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.regions import STREET, Region, RegionTree

CITY = Region("c", "市", 0)
DISTRICTS = (Region("d1", "甲区", 1, "c"), Region("d2", "乙区", 1, "c"))
STREETS = (Region("s1", "一街", 2, "d1"), Region("s2", "二街", 2, "d1"), Region("s3", "三街", 2, "d2"))


@st.composite
def trees(draw: st.DrawFn) -> list[Region]:
    """A root and up to twenty regions, each under any earlier one, in any order."""
    regions = [Region("n0", "root", 0)]
    for number in range(1, draw(st.integers(1, 20))):
        above = regions[draw(st.integers(0, number - 1))]
        regions.append(Region(f"n{number}", "", above.level + 1, above.code))
    return draw(st.permutations(regions))


@given(trees())
def test_a_subtree_is_a_slice(regions: list[Region]) -> None:
    tree = RegionTree(regions)
    for node in range(len(tree)):
        inside = {other for other in range(len(tree)) if node in tree.chain(other)}
        assert inside == set(range(len(tree))[tree.inside(node)])


@given(trees(), st.integers(0, 1000))
def test_totals_sum_over_subtrees(regions: list[Region], seed: int) -> None:
    tree = RegionTree(regions)
    values = np.random.default_rng(seed).integers(0, 9, (len(tree), 2))
    totals = tree.totals(values)
    for node in range(len(tree)):
        assert (totals[node] == values[tree.inside(node)].sum(axis=0)).all()


@given(trees())
def test_the_order_of_the_rows_does_not_matter(regions: list[Region]) -> None:
    assert RegionTree(regions).regions == RegionTree(sorted(regions, key=lambda r: r.code)).regions


def test_chains_levels_and_children() -> None:
    tree = RegionTree([*STREETS, CITY, *DISTRICTS])
    codes = [region.code for region in tree.regions]
    assert codes == ["c", "d1", "s1", "s2", "d2", "s3"]
    assert [codes[node] for node in tree.chain(tree.latest["s3"])] == ["s3", "d2", "c"]
    assert [codes[node] for node in tree.at_level(STREET, tree.latest["d1"])] == ["s1", "s2"]
    assert [codes[node] for node in tree.children(0)] == ["d1", "d2"]
    assert tree.node("nowhere") is None


def test_borders_of_the_day_decide() -> None:
    # Street s2 moved from d1 to d2 on 1 October 2026.
    before = Region("s2", "二街", 2, "d1", valid_to=20260930)
    after = Region("s2", "二街", 2, "d2", valid_from=20261001)
    tree = RegionTree([CITY, *DISTRICTS, STREETS[0], before, after])
    old, new = tree.node("s2", 20260930), tree.node("s2", 20261001)
    assert old is not None and new is not None and old != new
    assert [tree.regions[node].code for node in tree.chain(old, 20260930)] == ["s2", "d1", "c"]
    assert [tree.regions[node].code for node in tree.chain(new, 20261001)] == ["s2", "d2", "c"]
    assert tree.node("s2") == new
    assert new in tree.children(tree.latest["d2"]) and old not in tree.children(tree.latest["d1"])


@pytest.mark.parametrize(
    ("regions", "problem"),
    [
        ([CITY, Region("x", "", 1, "missing")], "does not exist: missing"),
        ([CITY, Region("x", "", 1, "y"), Region("y", "", 1, "x")], "its own ancestor"),
        ([CITY, Region("x", "", 1, "c"), Region("x", "", 1, "c")], "two versions valid"),
    ],
)
def test_wrong_trees_are_refused(regions: list[Region], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        RegionTree(regions)
