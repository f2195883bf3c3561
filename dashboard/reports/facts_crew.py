"""队伍运行: totals of units, never of a person."""

from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, Period
from dashboard.reports.facts_view import Books
from dashboard.reports.snapshot import Cut, Fact


def crew_facts(books: Books, base: BaseData, top: str, period: Period, cut: Cut, days: LocalDays) -> dict[str, Fact]:
    """``crew.CODE.KEY`` of a region and of those directly below."""
    tree = base.tree
    nodes = [tree.latest[top], *tree.children(tree.latest[top])]
    return {
        f"crew.{tree.regions[node].code}.workers": Fact(
            len(range(*base.workers.inside(tree, node).indices(len(base.workers)))), "people"
        )
        for node in nodes
    }
