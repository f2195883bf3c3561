"""Units in order of their score, as they stood when the running interval began, with the change since last month."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.boards.names import name, parent_name, region_name
from dashboard.boards.scope import Scope
from dashboard.domain.indicators import Figures, figures
from dashboard.domain.ranking import Model, Ranking, outcome_model, rank
from dashboard.domain.regions import LEVELS
from dashboard.replica.state import State

Nodes = list[int]


@dataclass(frozen=True)
class Placed:
    """A ranking of nodes: ``changes`` by code are places won (positive) since last month, None where not comparable."""

    nodes: dict[str, int]
    ranking: Ranking
    changes: dict[str, int | None]


def model_of(state: State) -> Model:
    """The score model of the settings."""
    score = state.settings.score
    return outcome_model(score.weights, score.key, score.version, score.zh, score.en)


def placed(scope: Scope, nodes: Nodes) -> Placed:
    """The ranking of some regions, computed once for each interval."""
    kept = scope.state.ranked().rankings
    key = tuple(nodes)
    if key not in kept:
        kept[key] = _place(scope.state, nodes)
    found: Placed = kept[key]
    return found


def _place(state: State, nodes: Nodes) -> Placed:
    held = state.ranked()
    now = [(n, held.month[n], int(held.due_open[n])) for n in nodes]
    ranking = _rank(state, now)
    return Placed({_code(state, n): n for n in nodes}, ranking, _changes(state, nodes, ranking))


def _rank(state: State, rows: list[tuple[int, NDArray[np.int32], int]]) -> Ranking:
    rules = state.settings.rules
    units = [(_code(state, node), _figures(state, tally, overdue)) for node, tally, overdue in rows]
    return rank(units, model_of(state), rules.min_due, rules.small_sample)


def _figures(state: State, tally: NDArray[np.int32], overdue: int) -> Figures:
    return figures(tally.tolist(), overdue, satisfied_score=state.settings.rules.satisfied_score)


def _changes(state: State, nodes: Nodes, ranking: Ranking) -> dict[str, int | None]:
    """Places won since last month's ranking of equal age; empty where no midnight of last month is kept."""
    days = state.compared_days()
    ended = state.day_ends.get(days[1]) if days else None
    if ended is None:
        return {}
    rows = [(n, *ended.rows[n]) for n in nodes if n in ended.rows]
    before = {row.code: row.rank for row in _rank(state, rows).rows}
    return {row.code: before[row.code] - row.rank for row in ranking.rows if row.code in before}


def _code(state: State, node: int) -> str:
    return state.base.tree.regions[node].code


def ranked_nodes(scope: Scope) -> Nodes:
    """Regions of the ranking level inside the scope; its children where it lies at that level or below."""
    level = LEVELS.index(scope.state.settings.ranking_level)
    if scope.empty or scope.level >= level:
        return scope.children
    return [int(node) for node in scope.base.tree.at_level(level, scope.node)] or scope.children


def ranking(scope: Scope) -> dict[str, Any]:
    """The ranking panel, made once for each interval."""
    kept, key = scope.state.ranked().rankings, ("panel", scope.code)
    if key not in kept:
        kept[key] = _panel(scope)
    panel: dict[str, Any] = kept[key]
    return panel


def _panel(scope: Scope) -> dict[str, Any]:
    state, nodes = scope.state, ranked_nodes(scope)
    held, found = state.ranked(), placed(scope, nodes)
    score = state.settings.score
    month = held.day // 100
    return {
        "period": f"{month // 100}-{month % 100:02d}",
        "computed": held.computed,
        "next": held.next,
        "level": LEVELS[int(scope.base.tree.level[nodes[0]])] if nodes else state.settings.ranking_level,
        "model": {"key": score.key, "version": score.version, "name": name(score.zh, score.en)},
        "median": found.ranking.median,
        "rows": _rows(scope, found),
        "below": _below(scope, found),
    }


def _rows(scope: Scope, found: Placed) -> list[dict[str, Any]]:
    overdue, tree = scope.state.ranked().overdue, scope.base.tree
    return [
        {
            "rank": row.rank,
            "tied": row.tied,
            "change": found.changes.get(row.code),
            "code": row.code,
            "name": region_name(tree, found.nodes[row.code]),
            "parent": parent_name(tree, found.nodes[row.code]),
            "score": row.score,
            "overdue": int(overdue[found.nodes[row.code]]),
            "due": row.due,
            "small": row.small,
        }
        for row in found.ranking.rows
    ]


def _below(scope: Scope, found: Placed) -> list[dict[str, Any]]:
    tree = scope.base.tree
    return [
        {
            "code": row.code,
            "name": region_name(tree, found.nodes[row.code]),
            "parent": parent_name(tree, found.nodes[row.code]),
            "due": row.due,
            "reason": row.reason,
        }
        for row in found.ranking.below
    ]
