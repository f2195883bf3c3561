"""Columns of the extract by month, kept as arrays between questions.

A page asks a dozen questions about the cases of one period. Each as a query of its own reads, plans and groups for
some 4 ms even where it counts 300 cases; over arrays that lie ready all of them together take 2 ms.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal, TypeVar

import duckdb
import numpy as np
from numpy.typing import NDArray

from dashboard.domain.tallies import COHORT
from dashboard.extract.conditions import Test
from dashboard.extract.layout import FIRST_DAYS, LEVEL_COLUMNS, STAGE_MINUTES

Columns = Mapping[str, NDArray[np.integer]]
"""Arrays of one length by name."""

NEVER = np.iinfo(np.int64).max
"""``waiting`` of a case that does not count down; any instant that is not known."""
NO_DAY = np.iinfo(np.int32).max
"""A local day that is not known."""
UNKNOWN = -1
"""Minutes of a stage that a case has not passed, or of handling where it is not handled."""
MOST_BYTES = 256 * 2**20
"""Of all slices together; the one that was asked for longest ago goes first. A case takes 100 bytes, its past 75."""

MOST_MADE = 2_000
"""Results that are kept, of one month and region each; one of a million cases a year takes up to 300 kB."""

ROOM = 0.8
"""Share of that up to which months are read that nobody has asked for yet."""

_PLAIN = (
    *LEVEL_COLUMNS, "category", "channel", "unit", "main", "day", "hour", "weekday", "stage", "suspended", "supervised",
    "began", "top", *COHORT,
)  # fmt: skip
_MADE = {
    "waiting": f"coalesce(waiting, {NEVER})",
    "sent": "dispatched_at IS NOT NULL OR handled = 1",
    "rated": "score IS NOT NULL",
    **{stage: f"coalesce({stage}, {UNKNOWN})" for stage in (*STAGE_MINUTES, "natural_minutes", "work_minutes")},
}
NAMES = (*_PLAIN, *_MADE)

_PAST_INSTANTS = ("accepted_at", "handled_at", "closed_at", "suspended_at", "voided_at", "deadline")
_WITHIN = "FROM cases WHERE day BETWEEN ? AND ? ORDER BY key"

Made = TypeVar("Made")
Kind = Literal["cases", "past", "spells"]
"""``past``: what it takes to say how the same cases stood at an earlier instant, row for row beside ``cases``, in the
order of ``key``; ``spells``: their rows of the table of that name, in no order."""

_QUERIES: dict[Kind, str] = {
    "cases": f"SELECT {', '.join(_PLAIN)}, {', '.join(f'{sql} AS {name}' for name, sql in _MADE.items())} {_WITHIN}",
    "past": (
        f"SELECT key, {', '.join(f'coalesce({name}, {NEVER}) AS {name}' for name in _PAST_INSTANTS)},"
        f" {', '.join(f'coalesce({name}, {NO_DAY}) AS {name}' for name in FIRST_DAYS)} {_WITHIN}"
    ),
    "spells": (
        "SELECT key, state, spells.began, ended FROM spells JOIN (SELECT key, day FROM cases) USING (key)"
        " WHERE day BETWEEN ? AND ?"
    ),
}


@dataclass
class _Slice:
    """What one query told of the cases accepted in a month, as of an event number; ``asked`` for since then."""

    columns: Columns
    seq: int
    asked: bool = False

    @property
    def bytes(self) -> int:
        return sum(column.nbytes for column in self.columns.values())


class Slices:
    """Thread-safe. A slice is used for a view only while no commit between the two has changed a case of its month."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._lock = most_bytes, Lock()
        self._kept: OrderedDict[tuple[Kind, int], _Slice] = OrderedDict()
        self._made: OrderedDict[tuple[int, Hashable], tuple[int, Any]] = OrderedDict()
        self._changed: dict[int, int] = {}

    def clear(self) -> None:
        """Forget everything: the extract is built again."""
        with self._lock:
            self._kept.clear()
            self._made.clear()
            self._changed.clear()

    def changed(self, months: Collection[int], seq: int) -> None:
        """Cases of these months (``YYYYMM`` of acceptance) are others from the commit of ``seq`` on; told before it."""
        with self._lock:
            self._changed.update(dict.fromkeys(months, seq))

    def month(self, connection: duckdb.DuckDBPyConnection, seq: int, month: int, kind: Kind = "cases") -> Columns:
        """The cases accepted in a month as the connection, which sees the commit of ``seq``, has them."""
        key = (kind, month)
        with self._lock:
            found, changed = self._kept.get(key), self._changed.get(month, 0)
            if found is not None:
                found.asked = True
                if changed <= min(found.seq, seq):
                    self._kept.move_to_end(key)
                    return found.columns
        return self._fetch(connection, seq, key, asked=True).columns

    def made(self, seq: int, month: int, key: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` makes at ``seq`` of nothing but a month's cases, their past and their spells; kept until one of
        them changes, also where the slices went. Two that ask at once may both make it."""
        with self._lock:
            found, changed = self._made.get((month, key)), self._changed.get(month, 0)
            if found is not None and changed <= min(found[0], seq):
                self._made.move_to_end((month, key))
                kept: Made = found[1]
                return kept
        made = make()
        with self._lock:
            if seq >= self._changed.get(month, 0):
                self._made[month, key] = seq, made
                while len(self._made) > MOST_MADE:
                    self._made.popitem(last=False)
        return made

    def stale(self) -> list[tuple[Kind, int]]:
        """What somebody asked for that has changed since it was read."""
        with self._lock:
            return [key for key, one in self._kept.items() if one.asked and self._changed.get(key[1], 0) > one.seq]

    @property
    def empty(self) -> bool:
        """Whether nothing has been read yet."""
        return not self._kept

    def read_ahead(self, connection: duckdb.DuckDBPyConnection, seq: int, kind: Kind, month: int) -> None:
        """Read it before somebody asks for it, if there is room; of several the first are kept longest."""
        key = (kind, month)
        with self._lock:
            known = key in self._kept
            room = known or self._bytes() < ROOM * self._most
        if room:
            self._fetch(connection, seq, key)
        with self._lock:
            if not known and key in self._kept:
                self._kept.move_to_end(key, last=False)

    def _fetch(
        self, connection: duckdb.DuckDBPyConnection, seq: int, key: tuple[Kind, int], asked: bool = False
    ) -> _Slice:
        found = _Slice(_read(connection, key[1], key[0]), seq, asked)
        if seq >= self._changed.get(key[1], 0):
            self._keep(key, found)
        return found

    def _bytes(self) -> int:
        return sum(one.bytes for one in self._kept.values())

    def _keep(self, key: tuple[Kind, int], read: _Slice) -> None:
        with self._lock:
            self._kept[key] = read
            self._kept.move_to_end(key)
            held = self._bytes()
            while held > self._most and len(self._kept) > 1:
                held -= self._kept.popitem(last=False)[1].bytes


KINDS = tuple(_QUERIES)


def _read(connection: duckdb.DuckDBPyConnection, month: int, kind: Kind) -> Columns:
    found = connection.execute(_QUERIES[kind], (month * 100, month * 100 + 99)).fetchnumpy()
    return {name: np.asarray(column) for name, column in found.items()}


def passing(columns: Columns, tests: Sequence[Test], first: int, last: int) -> NDArray[np.bool_]:
    """Which cases of a slice pass all tests and were accepted on the days ``first`` .. ``last``."""
    kept = np.ones(len(columns["day"]), np.bool_)
    for test in tests:
        kept &= test.holds(columns)
    day = columns["day"]
    if len(day) and not (first % 100 <= 1 and last % 100 >= 31):
        kept &= (day >= first) & (day <= last)
    return kept


class Chosen(Mapping[str, NDArray[np.integer]]):
    """The rows of several slices that are kept, one after the other; a column is put together when it is asked for:
    of a year of all cases that takes 2 ms, and a question needs few of the 35."""

    def __init__(self, parts: Sequence[tuple[Columns, NDArray[np.bool_]]]) -> None:
        self._parts = [(columns, None if kept.all() else np.flatnonzero(kept)) for columns, kept in parts]
        self._made: dict[str, NDArray[np.integer]] = {}

    def __getitem__(self, name: str) -> NDArray[np.integer]:
        found = self._made.get(name)
        if found is None:
            chosen = [columns[name] if rows is None else columns[name][rows] for columns, rows in self._parts]
            found = self._made[name] = chosen[0] if len(chosen) == 1 else np.concatenate(chosen)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)
