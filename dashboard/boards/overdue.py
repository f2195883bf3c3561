"""Cases past their deadline and cases close to it."""

from typing import Any

import numpy as np

from dashboard.boards.names import place, title, unit_name
from dashboard.boards.scope import Scope
from dashboard.replica.open_cases import Slots

MOST_OVERDUE = 40
MOST_SOON = 20


def overdue(scope: Scope) -> dict[str, Any]:
    """Overdue: supervised first, then longest; due soon: least time left first. Equal deadlines in order of id."""
    late = scope.slots[scope.overdue]
    order = np.lexsort((scope.cases.deadline[scope.overdue], ~scope.cases.supervised[scope.overdue]))
    soon = scope.slots[scope.soon]
    return {
        "total": len(late),
        "rows": _rows(scope, late[order][:MOST_OVERDUE]),
        "soon_total": len(soon),
        "soon": _rows(scope, soon[np.argsort(scope.cases.deadline[scope.soon])][:MOST_SOON]),
    }


def _rows(scope: Scope, slots: Slots) -> list[dict[str, Any]]:
    cases = [scope.state.open.row(int(slot)) for slot in slots]
    rows = [
        {
            "id": case.id,
            "title": title(case.title),
            "place": place(scope.base, case.region),
            "unit": unit_name(scope.base, case.unit),
            "supervised": case.supervised_at is not None,
            "deadline": case.deadline,
        }
        for case in cases
    ]
    return sorted(rows, key=lambda row: (not row["supervised"], row["deadline"], row["id"]))
