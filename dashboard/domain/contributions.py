"""What one case adds to the tallies, the inflow and the histograms, so that ingest can store the difference.

``contributions(new) - contributions(old)`` is what an event changes; keys are local days, months are ``day // 100``.
"""

from collections.abc import Mapping

from dashboard.domain.base import Category
from dashboard.domain.histogram import bin_of
from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import LocalDays
from dashboard.domain.tallies import COLUMN

Contributions = dict[tuple[int, int], int]
"""(local day, column of ``tallies``) -> count; no zeros."""

_ACCEPTED, _CLOSED, _HANDLED = COLUMN["accepted"], COLUMN["closed"], COLUMN["handled"]
_HANDLED_DUE, _ON_TIME, _LATE = COLUMN["handled_due"], COLUMN["on_time"], COLUMN["late"]
_CLOSED_DUE, _NO_DEADLINE = COLUMN["closed_due"], COLUMN["no_deadline"]
_EVER_HANDLED, _REWORKED = COLUMN["ever_handled"], COLUMN["reworked"]
_EVER_CLOSED, _REOPENED = COLUMN["ever_closed"], COLUMN["reopened"]
_CLOSED_FIRST, _ESCALATED, _VOIDED = COLUMN["closed_first"], COLUMN["escalated"], COLUMN["voided"]
_RATED = COLUMN["rated"]
_RATED_AS = {score: COLUMN[f"rated_{score}"] for score in (1, 2, 3, 4)}


def contributions(case: Case, days: LocalDays) -> Contributions:
    """Everything the case adds to the tallies of its region; empty while it is not accepted."""
    if case.accepted_at is None:
        return {}
    accepted = days.day(case.accepted_at)
    counts: Contributions = dict.fromkeys([(accepted, column) for column in _cohort(case)], 1)
    for at, column in case.flows:
        key = (days.day(at), column)
        counts[key] = counts.get(key, 0) + 1
    if case.voided_at is None:
        for _, at, score in case.ratings:
            for key in ((days.day(at), _RATED), (days.day(at), _RATED_AS[score])):
                counts[key] = counts.get(key, 0) + 1
    return counts


def _cohort(case: Case) -> list[int]:
    """Columns of the cohort that the case counts in once."""
    if case.voided_at is not None:
        return [_VOIDED]
    columns = [_ACCEPTED, _NO_DEADLINE] if case.deadline is None else [_ACCEPTED]
    if case.ever_handled:
        columns += _handling(case)
    if case.closings:
        columns += _closing(case)
    if case.escalated:
        columns.append(_ESCALATED)
    return columns


def _handling(case: Case) -> list[int]:
    columns = [_EVER_HANDLED, _REWORKED] if case.failed_check else [_EVER_HANDLED]
    if case.handled_at is not None:
        columns.append(_HANDLED)
        if case.deadline is not None:
            columns += (_HANDLED_DUE, _ON_TIME if case.handled_at <= case.deadline else _LATE)
    return columns


def _closing(case: Case) -> list[int]:
    columns = [_EVER_CLOSED, _REOPENED] if case.reopened else [_EVER_CLOSED]
    if case.closed_at is not None:
        columns.append(_CLOSED)
        if case.deadline is not None:
            columns.append(_CLOSED_DUE)
        if case.closed_first:
            columns.append(_CLOSED_FIRST)
    return columns


def difference(new: Contributions, old: Contributions) -> Contributions:
    """What to add to the tallies when a case that counted as ``old`` counts as ``new``; no zeros."""
    changed = dict(new)
    for key, count in old.items():
        left = changed.get(key, 0) - count
        if left:
            changed[key] = left
        else:
            changed.pop(key, None)
    return changed


def durations(case: Case, days: LocalDays) -> tuple[int, int, int] | None:
    """(day of acceptance, bin of natural minutes, bin of work minutes) of a handled case; None where it has none.

    Void cases and cases handled before their acceptance have no durations.
    """
    natural, work = case.natural_minutes, case.work_minutes
    if case.accepted_at is None or natural is None or work is None or case.voided_at is not None:
        return None
    return days.day(case.accepted_at), bin_of(natural), bin_of(work)


def inflow(case: Case, days: LocalDays, categories: Mapping[str, Category]) -> dict[tuple[int, str, str], int]:
    """(local day of acceptance, dimension, key) -> 1 for each dimension of ``changes.Inflow``; empty if not accepted.

    It is a flow: a case that became void still came in. ``category`` is the top level; an empty key is "not told".
    """
    if case.accepted_at is None:
        return {}
    day = days.day(case.accepted_at)
    return {
        (day, "category", top_level(case.category, categories)): 1,
        (day, "channel", case.channel): 1,
        (day, "kind", case.kind): 1,
        (day, "hour", _HOURS[days.minute_of_day(case.accepted_at) // 60]): 1,
    }


_HOURS = tuple(f"{hour:02d}" for hour in range(24))


def top_level(code: str, categories: Mapping[str, Category]) -> str:
    """The main category (大类) above a code; a code that is not known stands for itself."""
    seen = {code}
    while (found := categories.get(code)) is not None and found.parent and found.parent not in seen:
        code = found.parent
        seen.add(code)
    return code
