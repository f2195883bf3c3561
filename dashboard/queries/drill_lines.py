"""Lists of cases in pages by cursor, in several orders, with the number of all of them."""

import base64
import binascii
from dataclasses import dataclass

import msgspec

from dashboard.domain.base import BaseData
from dashboard.domain.changes import CaseRow
from dashboard.domain.periods import LocalDays, Period, plus_days
from dashboard.domain.regions import RegionTree
from dashboard.extract import View
from dashboard.queries.case_lines import case_line
from dashboard.queries.drill_answers import CaseLine
from dashboard.queries.drill_names import outermost_named, words_of
from dashboard.queries.drill_where import STOCK_STATES, Condition
from dashboard.queries.errors import Refused

_NEVER = 9_223_372_036_854_775_807
_WORD = "(SELECT text FROM word WHERE word.id = cases.{})"


@dataclass(frozen=True)
class Order:
    """A sort key that is never null, and its direction; equal keys go by case id the same way."""

    key: str
    descending: bool = False


ORDERS = {
    "-accepted": Order("coalesce(accepted_at, last_at)", True),
    "accepted": Order("coalesce(accepted_at, last_at)"),
    "-closed": Order("coalesce(closed_at, 0)", True),
    "deadline": Order(f"coalesce(waiting, {_NEVER})"),
    "category": Order(_WORD.format("category")),
    "unit": Order(_WORD.format("unit")),
}
"""Orders by their names in an address; ``deadline`` puts cases whose time runs out first, others last."""

_FIELDS = (
    "id", "seq", "stage", "title", "lon", "lat", "reported_at", "accepted_at", "filed_at", "dispatched_at",
    "handled_at", "closed_at", "voided_at", "deadline", "suspended_at", "supervised_at", "last_at", "score",
)  # fmt: skip
_NUMBERED = ("region", "category", "channel", "unit")


class _Cursor(msgspec.Struct, array_like=True):
    key: int | str
    id: str


def in_period(found: Condition, state: str, period: Period, days: LocalDays) -> Condition:
    """Narrowed to a period: of acceptance, of the voiding for void cases, of the last step for unaccepted ones.

    Stocks are of the moment, so that the list behind a stock's tile holds what the tile counts.
    """
    if state in STOCK_STATES:
        return found
    if state in ("void", "unaccepted"):
        column = "voided_at" if state == "void" else "last_at"
        return found.also(
            f"{column} >= ? AND {column} < ?", days.start(period.first), days.start(plus_days(period.last, 1))
        )
    return found.also("day BETWEEN ? AND ?", period.first, period.last)


def containing(found: Condition, text: str, titles: bool = True) -> Condition:
    """Narrowed to cases whose id begins with a text or, with ``titles``, whose title contains it."""
    if text and not titles:
        return found.also("starts_with(id, ?)", text)
    return found.also("(starts_with(id, ?) OR contains(title, ?))", text, text) if text else found


def worded(found: Condition, q: str, view: View, tree: RegionTree, titles: bool = True) -> Condition:
    """Narrowed to cases that every word fits: their id begins with it, their title contains it (without ``titles``
    only words without a digit are looked for there) or a region around them is named so."""
    for word in words_of(q):
        about = containing(Condition(), word, titles or not any(sign.isdigit() for sign in word))
        places = [f"l{level} IN ({numbers})" for level, numbers in _places_named(word, view, tree)]
        found = found.also(f"({' OR '.join((about.sql, *places))})", *about.values)
    return found


def _places_named(word: str, view: View, tree: RegionTree) -> list[tuple[int, str]]:
    """Numbers of the outermost regions of a name, joined by commas, by their levels."""
    by_level: dict[int, list[str]] = {}
    for node in outermost_named([word], tree):
        number = view.places.number.get(tree.regions[node].code)
        if number is not None:
            by_level.setdefault(int(tree.level[node]), []).append(str(number))
    return [(level, ",".join(numbers)) for level, numbers in by_level.items()]


def page(
    view: View, where: Condition, order: Order, cursor: str, limit: int, state: str = ""
) -> tuple[list[CaseRow], str | None]:
    """One page of cases and the cursor of the next one; ``Refused`` for a cursor that no page has given. ``state`` is
    the one that the condition asks for."""
    direction = "DESC" if order.descending else "ASC"
    rest = where
    if cursor:
        after = _read(cursor, order)
        sign = "<" if order.descending else ">"
        rest = where.also(
            f"({order.key} {sign} ? OR ({order.key} = ? AND id {sign} ?))", after.key, after.key, after.id
        )
    chosen = ", ".join((*_FIELDS, *_NUMBERED, order.key))
    query = (
        f"SELECT {chosen} FROM {_source(view, state)} WHERE {rest.sql} ORDER BY {order.key} {direction}, id {direction}"
    )
    rows = view.rows(f"{query} LIMIT {int(limit) + 1}", rest.values)
    found = [_case_row(view, row) for row in rows[:limit]]
    return found, _written(rows[limit - 1][-1], found[-1].id) if len(rows) > limit else None


def _source(view: View, state: str) -> str:
    """The smallest table that holds all cases of a state."""
    return view.open_cases if state in STOCK_STATES else "cases"


def total(view: View, where: Condition, state: str = "") -> int:
    """How many cases a list has."""
    return int(view.rows(f"SELECT count(*) FROM {_source(view, state)} WHERE {where.sql}", where.values)[0][0])


def lines(rows: list[CaseRow], base: BaseData, now: int) -> list[CaseLine]:
    """Cases as lines, with names."""
    return [case_line(row, base, now) for row in rows]


def _case_row(view: View, row: tuple[object, ...]) -> CaseRow:
    values = dict(zip((*_FIELDS, *_NUMBERED), row, strict=False))
    for name in _NUMBERED[1:]:
        values[name] = view.words.text(values[name])  # type: ignore[arg-type]
    number = values["region"]
    values["region"] = view.places.codes[number] if isinstance(number, int) and number >= 0 else ""
    return CaseRow(**values)  # type: ignore[arg-type]


def _written(key: int | str, case_id: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_Cursor(key, case_id))).decode().rstrip("=")


def _read(cursor: str, order: Order) -> _Cursor:
    try:
        body = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found = msgspec.json.decode(body, type=_Cursor)
    except (binascii.Error, ValueError) as problem:
        raise Refused("the cursor is not one that a page has given", "cursor") from problem
    if isinstance(found.key, str) != order.key.startswith("(SELECT"):
        raise Refused("the cursor belongs to another order", "cursor")
    return found
