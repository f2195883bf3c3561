"""What an appeal changes of one case: the counters of ``domain.tallies`` that a correction adds to a snapshot."""

from collections.abc import Callable, Mapping

from dashboard.domain.contributions import contributions
from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import LocalDays, Period
from dashboard.domain.stocks import overdue
from dashboard.domain.tallies import COUNTERS

OVERDUE = "overdue_cohort"
"""Open cases of the cohort past their deadline: no column of the tallies, but part of what is due."""
Counts = Mapping[str, int]


def counted(case: Case, days: LocalDays, period: Period, at: int) -> dict[str, int]:
    """What the case adds to a period's counters at an instant (epoch ms); no zeros."""
    found: dict[str, int] = {}
    for (day, column), n in contributions(case, days).items():
        if period.first <= day <= period.last:
            found[COUNTERS[column]] = found.get(COUNTERS[column], 0) + n
    if "accepted" in found and overdue(case.row(0), at):
        found[OVERDUE] = 1
    return found


def _on_time(counts: Counts) -> dict[str, int]:
    if counts.get("late"):
        return {"late": -1, "on_time": 1}
    return {OVERDUE: -1} if counts.get(OVERDUE) else {}


def _not_ours(counts: Counts) -> dict[str, int]:
    return {name: -n for name, n in counts.items()} if counts.get("accepted") else {}


def _rework(counts: Counts) -> dict[str, int]:
    return {"reworked": -1} if counts.get("reworked") else {}


def _rating(counts: Counts) -> dict[str, int]:
    return {name: -n for name, n in counts.items() if name.startswith("rated")}


CHANGES: Mapping[str, Callable[[Counts], dict[str, int]]] = {
    "on_time": _on_time, "not_ours": _not_ours, "rework": _rework, "rating": _rating,
}  # fmt: skip
"""What may be asked for: counted as on time, as none of the unit's, without its rework, without its ratings."""


def changes(kind: str, counts: Counts) -> dict[str, int]:
    """What to add to the counters where an appeal of a kind is accepted; empty where there is nothing to change."""
    return CHANGES[kind](counts)
