"""The children of the scope side by side: score and rank, people out, open and overdue cases."""

from typing import Any

from dashboard.boards.names import region_name
from dashboard.boards.rankings import placed
from dashboard.boards.scope import Scope
from dashboard.domain.frames import MOVING, STILL


def districts(scope: Scope) -> dict[str, Any]:
    """Best rank first, unranked ones after them in order of code."""
    rows = sorted(_rows(scope), key=lambda row: (row["rank"] is None, row["rank"], row["code"]))
    return {"level": scope.children_level, "rows": rows, "total": _total(scope)}


def _rows(scope: Scope) -> list[dict[str, Any]]:
    found = placed(scope, scope.children)
    ranked = {row.code: row for row in found.ranking.rows}
    columns = zip(
        scope.children,
        scope.workers_per_child((MOVING,)),
        scope.workers_per_child(),
        scope.per_child(scope.cases.node),
        scope.per_child(scope.cases.node[scope.overdue]),
        strict=True,
    )
    rows = []
    for node, moving, online, open_, overdue in columns:
        code = scope.base.tree.regions[node].code
        row = ranked.get(code)
        rows.append(
            {
                "code": code,
                "name": region_name(scope.base.tree, node),
                "rank": None if row is None else row.rank,
                "change": found.changes.get(code),
                "score": None if row is None else row.score,
                "moving": moving,
                "online": online,
                "open": open_,
                "overdue": overdue,
            }
        )
    return rows


def _total(scope: Scope) -> dict[str, int | None]:
    """Of the scope itself: what lies in it but in none of its children counts too."""
    known = scope.presence
    return {
        "moving": None if known is None else int((known == MOVING).sum()),
        "online": None if known is None else int(((known == MOVING) | (known == STILL)).sum()),
        "open": len(scope.slots),
        "overdue": int(scope.overdue.sum()),
    }
