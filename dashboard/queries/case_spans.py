"""How long each stage of a case took, on which clock, and against which limit."""

from collections.abc import Sequence

from dashboard.domain.life_cycle import Context
from dashboard.domain.periods import MINUTE
from dashboard.queries.case_answers import Pause, StageSpan
from dashboard.queries.case_off_hours import off_hours
from dashboard.queries.case_steps import Passage

_NATURAL = frozenset({"accepting", "rating"})
"""Stages outside the time limit of a case: people wait by the natural clock, whatever the category says."""


def stage_spans(
    passages: Sequence[Passage], pauses: Sequence[Pause], category: str, clock: str, context: Context, now: int
) -> list[StageSpan]:
    """Passages with their minutes on the clock of the category, without pauses, until ``now`` where they last.

    The limit of a case is that of its handling, and of its dispatch as long as nobody has the case.
    """
    return [_span(passage, pauses, category, clock, context, now) for passage in passages]


def _span(
    passage: Passage, pauses: Sequence[Pause], category: str, clock: str, context: Context, now: int
) -> StageSpan:
    begin, end = passage.begin, passage.end
    until = max(begin, now if end is None else end)
    if passage.stage in _NATURAL:
        return StageSpan(passage.stage, begin, end, "natural", (until - begin) / MINUTE, None, None)
    minutes = (context.length(category, begin, until) - _paused(pauses, category, context, begin, until)) / MINUTE
    limited = passage.stage == "handling" or (passage.stage == "dispatching" and end is None)
    due = passage.deadline if limited else None
    if due is None:
        return StageSpan(passage.stage, begin, end, clock, minutes, None, None)
    ended = [pause for pause in pauses if pause.end is not None]
    allowed = context.length(category, begin, due) - _paused(ended, category, context, begin, until)
    return StageSpan(passage.stage, begin, end, clock, minutes, max(0.0, allowed / MINUTE), due)


def _paused(pauses: Sequence[Pause], category: str, context: Context, begin: int, until: int) -> int:
    """Suspended time (ms on the category's clock) between two instants."""
    spans = ((max(pause.begin, begin), min(until, pause.end or until)) for pause in pauses)
    return sum(context.length(category, first, last) for first, last in spans if last > first)


def standstills(stages: Sequence[StageSpan], clock: str, context: Context, now: int) -> list[tuple[int, int]]:
    """Spans without working time from the first begin to the last end or limit; none on the natural clock."""
    if clock != "work" or not stages:
        return []
    ends = [max(stage.begin, now if stage.end is None else stage.end, stage.due or 0) for stage in stages]
    return off_hours(context.clock, min(stage.begin for stage in stages), max(ends))
