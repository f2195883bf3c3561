"""What the map shows besides workers: labels of the regions below and the marks of cases."""

from typing import Any

import numpy as np

from dashboard.boards.patch import REMOVED
from dashboard.boards.scope import Scope
from dashboard.domain.frames import OFF
from dashboard.domain.plane import UNSEEN
from dashboard.domain.regions import LEVELS

_PLAIN_FROM = LEVELS.index("street")


def map_(scope: Scope) -> dict[str, Any]:
    """Labels with workers online, case marks in metres, and how many of the workers on duty have been seen.

    A region that is nobody's home has no label: workers belong to grids, and "0 online" in a micro-grid would be read
    as nobody there.
    """
    regions = scope.base.tree.regions
    known = scope.presence
    online = zip(scope.children, scope.homes_per_child(), scope.workers_per_child(), strict=True)
    return {
        "labels": {regions[node].code: n for node, home, n in online if home != 0},
        "cases": _cases(scope),
        "off_hours": known is not None and len(known) > 0 and not (known != OFF).any(),
        "workers": 0 if known is None else int((known != OFF).sum()),
        "seen": _seen(scope),
    }


def _seen(scope: Scope) -> int:
    if scope.presence is None:
        return 0
    return int(((scope.state.workers.x[scope.homes] != UNSEEN) & (scope.presence != OFF)).sum())


def _cases(scope: Scope) -> dict[str, list[int | str]]:
    """Marks by case id; overdue and supervised before due soon. City and district leave out plain open cases."""
    kind = np.where(scope.overdue, np.where(scope.cases.supervised, 3, 2), np.where(scope.soon, 1, 0))
    x, y = scope.state.open.places(scope.slots)
    drawn = (x != UNSEEN) & ((kind > 0) | (scope.level >= _PLAIN_FROM))
    marks = zip(scope.slots[drawn], x[drawn].tolist(), y[drawn].tolist(), kind[drawn].tolist(), strict=True)
    told = ((scope.state.open.row(int(slot)).id, [east, north, _KINDS[k]]) for slot, east, north, k in marks)
    return {case: mark for case, mark in told if case != REMOVED}


_KINDS = ("open", "soon", "overdue", "supervised")
