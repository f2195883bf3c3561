"""A selection as a condition on the tables of the extract."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dashboard.domain.periods import MINUTE
from dashboard.domain.regions import RegionTree
from dashboard.extract import View
from dashboard.extract.conditions import Test
from dashboard.queries.errors import Refused
from dashboard.queries.selection import Selection

_STATES: dict[str, Callable[[int, int], Test]] = {
    "open": lambda now, soon: Test("stage", "between", (1, 3)),
    "closed": lambda now, soon: Test("stage", "=", (4,)),
    "void": lambda now, soon: Test("stage", "=", (5,)),
    "unaccepted": lambda now, soon: Test("stage", "=", (0,)),
    "suspended": lambda now, soon: Test("suspended", "true"),
    "supervised": lambda now, soon: Test("supervised", "true"),
    "overdue": lambda now, soon: Test("waiting", "<", (now,)),
    "due_soon": lambda now, soon: Test("waiting", "between", (now, now + soon * MINUTE)),
}
"""By the instant (epoch ms) and the minutes of 临期."""
STOCK_STATES = frozenset({"open", "suspended", "supervised", "overdue", "due_soon"})
"""States that a case is in at one moment, whatever the period."""


NOWHERE = Test("l0", "in")
"""Holds for no case."""


@dataclass(frozen=True)
class Condition:
    """Parts joined by AND, and the values of their question marks in order; ``known`` are those parts that are tests of
    one column."""

    parts: tuple[str, ...] = ()
    values: tuple[object, ...] = field(default=())
    known: tuple[Test, ...] = ()

    def tested(self, test: Test) -> "Condition":
        """The condition narrowed by a test of one column."""
        return Condition((*self.parts, test.sql), self.values, (*self.known, test))

    @property
    def tests(self) -> tuple[Test, ...]:
        """All parts as tests of columns; ``ValueError`` where one is more than that."""
        if len(self.known) != len(self.parts):
            raise ValueError(f"not all of {self.sql!r} are tests of one column")
        return self.known

    def also(self, part: str, *values: object) -> "Condition":
        """The condition narrowed further."""
        return Condition((*self.parts, part), (*self.values, *values), self.known)

    @property
    def sql(self) -> str:
        """Text to stand behind WHERE."""
        return " AND ".join(self.parts) or "true"


def inside(view: View, tree: RegionTree, region: str) -> Condition:
    """Cases that lay in a region when they were accepted; the root holds also those without a place."""
    node = tree.latest.get(region)
    if node == 0 and int(tree.end[0]) == len(tree):
        return Condition()
    number = view.places.number.get(region)
    if node is None or number is None:
        return Condition().tested(NOWHERE)
    return Condition().tested(Test(f"l{int(tree.level[node])}", "=", (number,)))


def one_of(view: View, level: int, codes: Iterable[str]) -> Condition:
    """Cases that lay in one of these regions of a level when they were accepted."""
    numbers = [view.places.number[code] for code in codes if code in view.places.number]
    return Condition().tested(Test(f"l{level}", "in", tuple(numbers)))


def narrowed(found: Condition, view: View, asked: Selection, unit: str, now: int, soon: int) -> Condition:
    """Narrowed to the filters of a selection. ``unit`` is the one a caller is bound to, ``soon`` minutes.

    ``Refused`` for a state, hour or weekday that does not exist.
    """
    if asked.category:
        found = found.tested(Test("category", "in", tuple(view.words.starting(asked.category))))
    if asked.channel:
        found = found.tested(Test("channel", "=", (view.words.find(asked.channel),)))
    for wanted in {asked.unit, unit} - {""}:
        found = found.tested(Test("unit", "=", (view.words.find(wanted),)))
    if asked.hour:
        found = found.tested(Test("hour", "=", (_number(asked.hour, 0, 23, "hour"),)))
    if asked.weekday:
        found = found.tested(Test("weekday", "=", (_number(asked.weekday, 1, 7, "weekday"),)))
    return in_state(found, asked.state, now, soon) if asked.state else found


def in_state(found: Condition, state: str, now: int, soon: int) -> Condition:
    """Narrowed to a state at ``now``; ``soon`` minutes are the length of 临期."""
    if state not in _STATES:
        raise Refused(f"there is no state {state!r}: use {', '.join(_STATES)}", "state")
    return found.tested(_STATES[state](now, soon))


def _number(text: str, least: int, most: int, where: str) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise Refused(f"{text!r} is not a {where}: use {least}..{most}", where)
    return int(text)
