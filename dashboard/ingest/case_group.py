"""The events of one case in one transaction, and the case before and after them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import itemgetter

from dashboard.domain.events import OPENING, BadEvent, CaseEvent
from dashboard.domain.life_cycle import Case, Context, apply, fold


@dataclass(slots=True)
class CaseGroup:
    """``members`` are the accepted events with their place among all items; ``old`` is None for an unknown case."""

    id: str
    old: Case | None = None
    members: list[tuple[int, CaseEvent]] = field(default_factory=list)
    new: Case = field(default_factory=lambda: Case(""))

    def refuse_unknown(self) -> Iterator[tuple[int, BadEvent]]:
        """Drop and name the opening events that leave the case without a place or a category."""
        missing = self._missing()
        if not missing:
            return
        reason, detail = missing
        for index, event in self.members:
            if event.type in OPENING:
                yield index, BadEvent(reason, detail, event.source, event.case)
        self.members = [(index, event) for index, event in self.members if event.type not in OPENING]

    def _missing(self) -> tuple[str, str] | None:
        if all(event.type not in OPENING or not event.lacks for _, event in self.members):
            return None
        if not (self.old and self.old.region) and not any(event.region for _, event in self.members):
            return "missing_place", "no event of the case says where it is"
        if not (self.old and self.old.category) and not any(event.data.category for _, event in self.members):
            return "missing_category", "no event of the case says what it is"
        return None

    @property
    def late(self) -> bool:
        """Whether an event sorts before one that was applied, so that the stored ones are needed again."""
        return self.old is not None and min(event.key for _, event in self.members) < self.old.last

    def fold(self, stored: Sequence[CaseEvent], context: Context) -> None:
        """Work out ``new``; ``stored`` are all earlier events where ``late``."""
        events = [event for _, event in self.members]
        if stored:
            self.new = fold([*stored, *events], context)
            return
        if len(events) > 1:
            events = [event for _, event in sorted(((event.key, event) for event in events), key=itemgetter(0))]
        self.new = reduce(lambda case, event: apply(case, event, context), events, self.old or Case(self.id))
