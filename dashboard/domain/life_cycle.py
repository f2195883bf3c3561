"""What a case is after its events: a pure fold, the same for every order of arrival.

Events sort by ``CaseEvent.key``. ``apply`` takes an event that sorts after all that were applied, ``fold`` takes any.
The rules of the contract, and what this module decides where the contract leaves it open:

- Everything but a report, the acceptance and corrections waits for the acceptance and takes effect at it, in order.
  Flows then count at the time of acceptance; the times of handling and closing stay as they were told.
- A descriptive field keeps the value of the first event that has one; ``case.corrected`` changes it. Only ``unit`` is
  the latest one named. A correction of coordinates alone does not move a case to another region.
- The deadline is ``due`` of the report, acceptance, filing, dispatch or reopening while the case is unhandled, of an
  extension while it is unhandled, of a correction always; otherwise the category's limit from acceptance on its clock.
- While a case is closed only reopening, voiding, rating, urging, escalation and correction act on it; checks and
  returns are counted but undo nothing. So a closed case is always handled.
- A case is suspended only while it is open and unhandled; resuming, handling, closing or voiding ends the suspension,
  and the deadline moves by its whole length.
- Void is final: afterwards only descriptive fields change. A case void before its acceptance becomes void at its
  acceptance. Void after closing, it leaves the cohort, but nothing left the stock: no ``voided_flow`` is counted.
- A rating belongs to the latest closing before it, also while the case is open again; the last rating of each counts.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import reduce

import msgspec

from dashboard.domain.base import Category
from dashboard.domain.case import Case, Stage
from dashboard.domain.events import CaseData, CaseEvent
from dashboard.domain.periods import MINUTE
from dashboard.domain.tallies import COLUMN
from dashboard.domain.work_time import WorkClock

__all__ = ["Case", "Context", "Stage", "apply", "fold"]


@dataclass(frozen=True)
class Context:
    """What the rules need to know besides the events: category limits and the work-time clock."""

    clock: WorkClock
    categories: Mapping[str, Category] = field(default_factory=dict)

    def moved(self, category: str, start: int, span: int) -> int:
        """``start`` plus a span (ms) on the category's clock."""
        return self.clock.after(start, span) if self._works(category) else start + span

    def length(self, category: str, start: int, end: int) -> int:
        """Span (ms) between two instants on the category's clock."""
        return self.clock.span(start, end) if self._works(category) else end - start

    def limit(self, category: str) -> int | None:
        """The category's time limit as a span in ms, None where it has none."""
        found = self.categories.get(category)
        return None if found is None or found.limit_minutes is None else found.limit_minutes * MINUTE

    def _works(self, category: str) -> bool:
        found = self.categories.get(category)
        return found is not None and found.clock == "work"


def apply(case: Case, event: CaseEvent, context: Context) -> Case:
    """The case after one more event, which must sort after ``case.last`` (``ValueError`` otherwise)."""
    key = event.key
    if key <= case.last:
        raise ValueError(f"event {event.id} of case {case.id} sorts before one that was applied: fold again")
    after = copy(case)
    after.last = key
    _describe(after, event, context)
    if after.accepted_at is None and event.type not in _UNHELD:
        after.held = (*after.held, msgspec.structs.replace(event, raw=b""))
    elif after.voided_at is None:
        _RULES[event.type](after, event, event.time, context)
    return after


def fold(events: Iterable[CaseEvent], context: Context) -> Case:
    """The case that these events (at least one, all of one case, each once, in any order) make."""
    ordered = sorted(events, key=_key)
    return reduce(lambda case, event: apply(case, event, context), ordered, Case(ordered[0].case))


def _key(event: CaseEvent) -> tuple[int, int, str, str]:
    return event.key


def _describe(case: Case, event: CaseEvent, context: Context) -> None:
    data, correct = event.data, event.type == "case.corrected"
    category = case.category
    if event.region and (correct or not case.region):
        case.region = event.region
    if event.lon is not None and (correct or case.lon is None):
        case.lon, case.lat = event.lon, event.lat
    if data.unit:
        case.unit = data.unit
    for name in _DESCRIPTIVE:
        value = getattr(data, name)
        if value and (correct or not getattr(case, name)):
            setattr(case, name, value)
    if data.tags and (correct or not case.tags):
        case.tags = data.tags if isinstance(data.tags, str) else ",".join(data.tags)
    if case.category != category:
        _reclassified(case, context)


_DESCRIPTIVE = ("category", "channel", "title", "kind", "urgency")


def _reclassified(case: Case, context: Context) -> None:
    found = context.categories.get(case.category)
    if not case.kind and found is not None:
        case.kind = found.kind
    if case.accepted_at is not None and not case.due_given:
        _set_limit(case, context)


def _set_limit(case: Case, context: Context) -> None:
    """Deadline by the category's limit, moved by the suspensions so far."""
    limit = context.limit(case.category)
    if limit is None or case.accepted_at is None:
        case.deadline = None
        return
    case.deadline = context.moved(case.category, case.accepted_at, limit)
    for start, end in case.pauses:
        case.deadline = context.moved(case.category, case.deadline, context.length(case.category, start, end))


def _set_due(case: Case, data: CaseData) -> None:
    if data.due_at is not None and case.handled_at is None and case.closed_at is None:
        case.deadline, case.due_given = data.due, True


def _count(case: Case, at: int, flow: str) -> None:
    case.flows = (*case.flows, (at, COLUMN[flow]))


def _report(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.reported_at is None:
        case.reported_at = at
    _set_due(case, event.data)


def _accept(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    _set_due(case, event.data)
    if case.accepted_at is not None:
        return
    case.accepted_at = at
    _count(case, at, "accepted_flow")
    if not case.due_given:
        _set_limit(case, context)
    held, case.held = case.held, ()
    for waiting in held:
        if case.voided_at is None:
            _RULES[waiting.type](case, waiting, at, context)


def _void(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.closed_at is None:
        _count(case, at, "voided_flow")
        _resume(case, event, at, context)
    case.voided_at = event.time
    case.supervised_at = None


def _file(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.filed_at is None:
        case.filed_at = event.time
        _count(case, at, "filed_flow")
    _set_due(case, event.data)


def _dispatch(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.closed_at is None and case.dispatched_at is None:
        case.dispatched_at = event.time
    _set_due(case, event.data)


def _return(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    _count(case, at, "returned_flow")
    if case.closed_at is None:
        case.dispatched_at = None
        _undo_handling(case)


def _extend(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    _set_due(case, event.data)


def _suspend(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.closed_at is None and case.handled_at is None and case.suspended_at is None:
        case.suspended_at = at


def _resume(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    start = case.suspended_at
    if start is None:
        return
    case.suspended_at = None
    case.pauses = (*case.pauses, (start, at))
    if case.deadline is not None:
        case.deadline = context.moved(case.category, case.deadline, context.length(case.category, start, at))


def _handle(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.closed_at is not None:
        return
    _resume(case, event, at, context)
    case.handled_at = event.time
    case.ever_handled = True
    case.work_minutes = _worked(case, context)
    _count(case, at, "handled_flow")


def _worked(case: Case, context: Context) -> int | None:
    """Whole work minutes from acceptance to handling without suspensions; None if handled before acceptance."""
    if case.accepted_at is None or case.handled_at is None or case.handled_at < case.accepted_at:
        return None
    paused = sum(context.clock.span(start, end) for start, end in case.pauses)
    return (context.clock.span(case.accepted_at, case.handled_at) - paused) // MINUTE


def _undo_handling(case: Case) -> None:
    case.handled_at = case.work_minutes = None


def _check(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if event.data.passed:
        return
    case.failed_check = True
    _count(case, at, "failed_check_flow")
    if case.closed_at is None:
        _undo_handling(case)


def _close(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.closed_at is not None:
        return
    if case.handled_at is None:
        _handle(case, event, at, context)
    case.closed_at = event.time
    case.closings += 1
    case.supervised_at = None
    _count(case, at, "closed_flow")


def _reopen(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.closed_at is None:
        return
    case.closed_at = None
    case.reopened = True
    _undo_handling(case)
    _count(case, at, "reopened_flow")
    _set_due(case, event.data)


def _urge(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    case.urged += 1


def _supervise(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.closed_at is None and case.supervised_at is None:
        case.supervised_at = at


def _rate(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if case.closings and event.data.score is not None:
        others = tuple(rating for rating in case.ratings if rating[0] != case.closings)
        case.ratings = (*others, (case.closings, at, event.data.score))


def _correct(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    if event.data.due_at is not None:
        case.deadline, case.due_given = event.data.due, True


def _escalate(case: Case, event: CaseEvent, at: int, context: Context) -> None:
    case.escalated = True
    if event.data.level is not None:
        case.level = str(event.data.level)


_Rule = Callable[[Case, CaseEvent, int, Context], None]
_RULES: dict[str, _Rule] = {
    "case.reported": _report, "case.accepted": _accept, "case.rejected": _void, "case.filed": _file,
    "case.dispatched": _dispatch, "case.returned": _return, "case.extended": _extend, "case.suspended": _suspend,
    "case.resumed": _resume, "case.handled": _handle, "case.checked": _check, "case.closed": _close,
    "case.cancelled": _void, "case.reopened": _reopen, "case.urged": _urge, "case.supervised": _supervise,
    "case.rated": _rate, "case.corrected": _correct, "case.escalated": _escalate,
}  # fmt: skip
_UNHELD = frozenset({"case.reported", "case.accepted", "case.corrected"})
