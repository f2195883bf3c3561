"""A selection as a condition on the tables of the extract."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dashboard.domain.periods import MINUTE
from dashboard.domain.regions import RegionTree
from dashboard.extract import View
from dashboard.queries.errors import Refused
from dashboard.queries.selection import Selection

_STATES = {
    "open": "stage BETWEEN 1 AND 3",
    "closed": "stage = 4",
    "void": "stage = 5",
    "unaccepted": "stage = 0",
    "suspended": "suspended",
    "supervised": "supervised",
    "overdue": "waiting < ?",
    "due_soon": "waiting BETWEEN ? AND ?",
}
STOCK_STATES = frozenset({"open", "suspended", "supervised", "overdue", "due_soon"})
"""States that a case is in at one moment, whatever the period."""


@dataclass(frozen=True)
class Condition:
    """Parts joined by AND, and the values of their question marks in order."""

    parts: tuple[str, ...] = ()
    values: tuple[object, ...] = field(default=())

    def also(self, part: str, *values: object) -> "Condition":
        """The condition narrowed further."""
        return Condition((*self.parts, part), (*self.values, *values))

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
        return Condition(("false",))
    return Condition((f"l{int(tree.level[node])} = ?",), (number,))


def one_of(view: View, level: int, codes: Iterable[str]) -> Condition:
    """Cases that lay in one of these regions of a level when they were accepted."""
    numbers = [view.places.number[code] for code in codes if code in view.places.number]
    return Condition((f"l{level} IN ({','.join(map(str, numbers))})",)) if numbers else Condition(("false",))


def narrowed(found: Condition, view: View, asked: Selection, unit: str, now: int, soon: int) -> Condition:
    """Narrowed to the filters of a selection. ``unit`` is the one a caller is bound to, ``soon`` minutes.

    ``Refused`` for a state, hour or weekday that does not exist.
    """
    if asked.category:
        numbers = view.words.starting(asked.category)
        found = found.also(f"category IN ({','.join(map(str, numbers))})" if numbers else "false")
    if asked.channel:
        found = found.also("channel = ?", view.words.find(asked.channel))
    for wanted in {asked.unit, unit} - {""}:
        found = found.also("unit = ?", view.words.find(wanted))
    if asked.hour:
        found = found.also("hour = ?", _number(asked.hour, 0, 23, "hour"))
    if asked.weekday:
        found = found.also("weekday = ?", _number(asked.weekday, 1, 7, "weekday"))
    return in_state(found, asked.state, now, soon) if asked.state else found


def in_state(found: Condition, state: str, now: int, soon: int) -> Condition:
    """Narrowed to a state at ``now``; ``soon`` minutes are the length of 临期."""
    if state not in _STATES:
        raise Refused(f"there is no state {state!r}: use {', '.join(_STATES)}", "state")
    values = {"overdue": (now,), "due_soon": (now, now + soon * MINUTE)}.get(state, ())
    return found.also(_STATES[state], *values)


def _number(text: str, least: int, most: int, where: str) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise Refused(f"{text!r} is not a {where}: use {least}..{most}", where)
    return int(text)
