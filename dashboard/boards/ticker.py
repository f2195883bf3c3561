"""The newest steps of cases, as they were stored."""

from typing import Any

from dashboard.boards.names import place, title
from dashboard.boards.scope import Scope

MOST = 20

STAGES = {
    "case.reported": 1,
    "case.accepted": 1,
    "case.filed": 1,
    "case.returned": 1,
    "case.dispatched": 2,
    "case.reopened": 2,
    "case.extended": 3,
    "case.suspended": 3,
    "case.resumed": 3,
    "case.urged": 3,
    "case.supervised": 3,
    "case.escalated": 3,
    "case.handled": 4,
    "case.checked": 4,
    "case.closed": 5,
    "case.rated": 5,
}
"""Stage just entered: 1 accepted, 2 dispatched, 3 in handling, 4 to be verified, 5 closed. Void cases have none (0)."""


def ticker(scope: Scope) -> dict[str, Any]:
    """Newest first."""
    return {
        "rows": [
            {
                "seq": step.seq,
                "time": step.time,
                "type": step.type,
                "stage": STAGES.get(step.type, 0),
                "title": title(step.title),
                "place": place(scope.base, step.region),
            }
            for step in scope.watched.newest_steps()[:MOST]
        ]
    }
