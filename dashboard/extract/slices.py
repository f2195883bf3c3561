"""Columns of the extract by month, kept as arrays between questions.

A page asks a dozen questions about the cases of one period. Each as a query of its own reads, plans and groups for
some 4 ms even where it counts 300 cases; over arrays that lie ready all of them together take 2 ms.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

import duckdb
import numpy as np
from numpy.typing import NDArray

from dashboard.extract.conditions import Test
from dashboard.extract.months import NAMES, Columns, Kind, Part, read, runs

MOST_BYTES = 256 * 2**20
"""Of all slices together; the one that was asked for longest ago goes first. A case takes 100 bytes, its past 75."""

MOST_MADE = 2_000
"""Results that are kept, of one month and region each; one of a million cases a year takes up to 300 kB."""

ROOM = 0.8
"""Share of that up to which months are read that nobody has asked for yet."""

LONGEST_RUN = 12
"""Months of one region that are read by one query: a year of a street with ten million cases takes 40 ms so, month by
month 100. Of all cases each month is read by itself, for what it takes in memory."""

Made = TypeVar("Made")
Key = tuple[Kind, int, Part]


@dataclass
class _Slice:
    """What one query told of the cases accepted in a month, as of an event number; ``asked`` for since then."""

    columns: Columns
    seq: int
    asked: bool = False

    def __post_init__(self) -> None:
        self.bytes = sum(column.nbytes for column in self.columns.values())


class Slices:
    """Thread-safe. A slice is used for a view only while no commit between the two has changed a case of its month."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._lock = most_bytes, Lock()
        self._kept: OrderedDict[Key, _Slice] = OrderedDict()
        self._held = 0
        self._made: OrderedDict[tuple[int, Hashable], tuple[int, Any]] = OrderedDict()
        self._changed: dict[int, int] = {}

    def clear(self) -> None:
        """Forget everything: the extract is built again."""
        with self._lock:
            self._kept.clear()
            self._held = 0
            self._made.clear()
            self._changed.clear()

    def changed(self, months: Collection[int], seq: int) -> None:
        """Cases of these months (``YYYYMM`` of acceptance) are others from the commit of ``seq`` on; told before it."""
        with self._lock:
            self._changed.update(dict.fromkeys(months, seq))

    def months(
        self,
        connection: duckdb.DuckDBPyConnection,
        seq: int,
        kinds: Sequence[Kind],
        months: Sequence[int],
        part: Part = None,
        of_part: Sequence[Kind] | None = None,
    ) -> list[Mapping[Kind, Columns]]:
        """The columns of each month, row for row of the same cases: all of the month where it lies ready, else those of
        ``part``, of which ``of_part`` are enough. As the connection has them, which sees the commit of ``seq``."""
        wanted = kinds if of_part is None or part is None else of_part
        found = {month: self._ready(seq, {None: kinds, part: wanted}, month) for month in months}
        missing = [month for month, columns in found.items() if columns is None]
        for run in runs(missing, 1 if part is None else LONGEST_RUN):
            fetched = {kind: self._fetch(connection, seq, kind, run, part) for kind in wanted}
            found |= {month: {kind: of[month] for kind, of in fetched.items()} for month in run}
        return [columns for columns in found.values() if columns is not None]

    def _ready(self, seq: int, wanted: Mapping[Part, Sequence[Kind]], month: int) -> Mapping[Kind, Columns] | None:
        with self._lock:
            for part, kinds in wanted.items():
                slices = [self._asked(seq, (kind, month, part)) for kind in kinds]
                ready = {kind: one.columns for kind, one in zip(kinds, slices, strict=True) if one is not None}
                if len(ready) == len(kinds):
                    return ready
        return None

    def _asked(self, seq: int, key: Key) -> _Slice | None:
        """What is kept and was so at ``seq``. Somebody wants it, also where it is not."""
        found = self._kept.get(key)
        if found is None:
            return None
        found.asked = True
        if self._changed.get(key[1], 0) > min(found.seq, seq):
            return None
        self._kept.move_to_end(key)
        return found

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

    def stale(self) -> list[Key]:
        """What somebody asked for that has changed since it was read."""
        with self._lock:
            return [key for key, one in self._kept.items() if one.asked and self._changed.get(key[1], 0) > one.seq]

    @property
    def empty(self) -> bool:
        """Whether nothing has been read yet."""
        return not self._kept

    def read_ahead(self, connection: duckdb.DuckDBPyConnection, seq: int, key: Key) -> None:
        """Read it before somebody asks for it, if there is room; of several the first are kept longest."""
        kind, month, part = key
        with self._lock:
            known = key in self._kept
            room = known or self._held < ROOM * self._most
        if room:
            self._fetch(connection, seq, kind, [month], part, asked=False)
        with self._lock:
            if not known and key in self._kept:
                self._kept.move_to_end(key, last=False)

    def _fetch(
        self,
        connection: duckdb.DuckDBPyConnection,
        seq: int,
        kind: Kind,
        months: Sequence[int],
        part: Part,
        asked: bool = True,
    ) -> dict[int, Columns]:
        found = read(connection, kind, months, part)
        for month, columns in found.items():
            if seq >= self._changed.get(month, 0):
                self._keep((kind, month, part), _Slice(columns, seq, asked))
        return found

    def _keep(self, key: Key, one: _Slice) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._held += one.bytes - (before.bytes if before else 0)
            self._kept[key] = one
            while self._held > self._most and len(self._kept) > 1:
                self._held -= self._kept.popitem(last=False)[1].bytes


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
