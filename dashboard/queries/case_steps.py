"""What each event of a case did: the life cycle's own fold, looked at step by step.

No rule of a case is decided here; passages, changes of the deadline and pauses are differences between two states.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from dashboard.domain.case import VOIDING, Case, Stage
from dashboard.domain.events import CaseEvent
from dashboard.domain.life_cycle import Context, apply
from dashboard.queries.case_answers import DeadlineChange, Pause

_STAGES = {Stage.PENDING: "dispatching", Stage.HANDLING: "handling", Stage.VERIFYING: "checking"}


@dataclass(frozen=True, slots=True)
class Step:
    """One event with the case before and after it."""

    event: CaseEvent
    before: Case
    after: Case

    @property
    def held(self) -> bool:
        """Whether the event only waits for the acceptance."""
        return len(self.after.held) > len(self.before.held)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stay in a stage, ``end`` None while it lasts; ``deadline`` as it stood at the end of the stay."""

    stage: str
    begin: int
    end: int | None
    deadline: int | None


def steps_of(events: Iterable[CaseEvent], context: Context) -> list[Step]:
    """The events of one case (at least one, in any order) in the order they count in."""
    steps: list[Step] = []
    for event in sorted(events, key=lambda event: event.key):
        before = steps[-1].after if steps else Case(event.case)
        steps.append(Step(event, before, apply(before, event, context)))
    return steps


def passages_of(steps: Sequence[Step]) -> list[Passage]:
    """Every stay of some length in a stage, in order of its begin, loops included, then the waits for a rating.

    Handled without a dispatch, the time since the acceptance is ``handling``: nobody was waited for.
    """
    found: list[Passage] = []
    stage, begin = "", 0
    for step in steps:
        following, at = _stage(step.after), step.event.time
        if following == stage:
            continue
        if stage and at > begin:
            found.append(Passage(_named(stage, step.after), begin, at, step.after.deadline))
        stage, begin = following, at
    if stage:
        found.append(Passage(stage, begin, None, steps[-1].after.deadline))
    return found + list(_ratings(steps))


def _stage(case: Case) -> str:
    if case.stage is Stage.UNACCEPTED:
        return "accepting" if case.reported_at is not None else ""
    return _STAGES.get(case.stage, "")


def _named(stage: str, after: Case) -> str:
    done = after.stage in (Stage.VERIFYING, Stage.CLOSED)
    return "handling" if stage == "dispatching" and done else stage


def _ratings(steps: Sequence[Step]) -> Iterator[Passage]:
    """From each closing to its last rating; a closing that nobody rated has none."""
    closings = {step.after.closings: step.event.time for step in steps if step.after.closings > step.before.closings}
    for closing, at, _ in sorted(steps[-1].after.ratings):
        begin = closings.get(closing, at)
        if at > begin:
            yield Passage("rating", begin, at, None)


_REASONS = {
    "case.dispatched": "dispatched", "case.extended": "extended", "case.resumed": "suspended",
    "case.handled": "suspended", "case.closed": "suspended", "case.reopened": "reopened",
    "case.corrected": "corrected",
}  # fmt: skip


def deadline_changes(steps: Iterable[Step]) -> list[DeadlineChange]:
    """Every change of the deadline with its cause."""
    return [
        DeadlineChange(
            step.event.time, step.before.deadline, step.after.deadline, _REASONS.get(step.event.type, "accepted")
        )
        for step in steps
        if step.before.deadline != step.after.deadline
    ]


def pauses_of(steps: Sequence[Step]) -> list[Pause]:
    """Suspensions in order, with the reason that was told at their begin."""
    last = steps[-1].after
    spans: list[tuple[int, int | None]] = list(last.pauses)
    if last.suspended_at is not None:
        spans.append((last.suspended_at, None))
    return [Pause(begin, end, _reason(steps, begin)) for begin, end in spans]


def _reason(steps: Iterable[Step], begin: int) -> str:
    told = [s.event.data.reason for s in steps if s.event.type == "case.suspended" and s.event.time <= begin]
    return (told[-1] or "") if told else ""


def ignored(steps: Sequence[Step], context: Context) -> set[bytes]:
    """Identities of the events that changed nothing: repeated states, steps after the end, steps still held."""
    found = {step.event.uid for step in steps if not step.held and not _acts(step)}
    held = [step for step in steps if step.held]
    if not held:
        return found
    acceptance = next((step for step in steps if step.before.held and not step.after.held), None)
    if acceptance is None:
        return found | {step.event.uid for step in held if not _voids(step, steps)}
    return found | _idle_at(acceptance, [step.event for step in held], context)


def _acts(step: Step) -> bool:
    if step.event.type == "case.corrected" or (step.event.type == "case.checked" and step.event.data.passed):
        return step.before.voided_at is None
    return msgspec.structs.replace(step.after, last=step.before.last) != step.before


def _voids(step: Step, steps: Sequence[Step]) -> bool:
    return step.event.type in VOIDING and steps[-1].after.void_since == step.event.time


def _idle_at(acceptance: Step, held: Sequence[CaseEvent], context: Context) -> set[bytes]:
    """Which held events changed nothing when they took effect, told again one after the other behind the acceptance."""
    state = apply(msgspec.structs.replace(acceptance.before, held=()), acceptance.event, context)
    idle: set[bytes] = set()
    for number, event in enumerate(held, 1):
        told = msgspec.structs.replace(event, time=acceptance.event.time + number)
        state = msgspec.structs.replace(state, unit=event.data.unit or state.unit)
        step = Step(told, state, apply(state, told, context))
        if not _acts(step):
            idle.add(event.uid)
        state = step.after
    return idle
