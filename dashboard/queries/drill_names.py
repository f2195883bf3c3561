"""Regions by words: each word stands in the name of the region or in those above it, apart or run together."""

from collections.abc import Sequence
from functools import lru_cache

from dashboard.domain.regions import RegionTree


def words_of(q: str) -> list[str]:
    """The words of a search."""
    return q.split()


def nodes_named(words: Sequence[str], tree: RegionTree) -> list[int]:
    """Newest versions of regions that all words fit and one names itself, the highest first.

    ``南关街道 二七社区``, ``南关街道二七社区`` and ``二七社区`` name the community, not the grids in it.
    """
    fitting = _fitting(words, tree)
    own = [node for node in fitting if _first(node, fitting, tree) or _names(words, tree, node)]
    return sorted(own, key=lambda node: (tree.level[node], node))


def outermost_named(words: Sequence[str], tree: RegionTree) -> list[int]:
    """Those of the fitting regions that lie in no other one."""
    fitting = _fitting(words, tree)
    return sorted(node for node in fitting if _first(node, fitting, tree))


def _fitting(words: Sequence[str], tree: RegionTree) -> set[int]:
    paths = _paths(tree)
    folded = [word.casefold() for word in words]
    return {node for node in tree.latest.values() if folded and all(word in paths[node] for word in folded)}


def _first(node: int, fitting: set[int], tree: RegionTree) -> bool:
    return int(tree.parent[node]) not in fitting


def _names(words: Sequence[str], tree: RegionTree, node: int) -> bool:
    region = tree.regions[node]
    return any(word in region.name or word.casefold() in region.name_en.casefold() for word in words)


@lru_cache(maxsize=2)
def _paths(tree: RegionTree) -> list[str]:
    """Names from the top down to each node run together, the Chinese ones before the English, case-folded."""
    pairs: list[tuple[str, str]] = []
    for node, region in enumerate(tree.regions):
        above = pairs[tree.parent[node]] if tree.parent[node] >= 0 else ("", "")
        pairs.append((above[0] + region.name.casefold(), f"{above[1]} {region.name_en.casefold()}".strip()))
    return [f"{chinese}\n{english}" for chinese, english in pairs]
