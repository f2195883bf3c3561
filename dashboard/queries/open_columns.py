"""The open cases of the database as columns, kept from one question to the next while nothing is stored between them.

A page asks a handful of times how many cases of large regions are open, late or suspended. In SQL each groups all open
cases by their own regions, thousands of them, so that they can be added up along the borders of their days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, func, select, text
from sqlalchemy import case as when

from dashboard.domain.periods import MINUTE
from dashboard.domain.regions import LEVELS
from dashboard.domain.stocks import NEVER
from dashboard.queries.borders import Borders
from dashboard.queries.stands import Stands, stands
from dashboard.store import schema

_case = schema.case.c
_COUNTS_DOWN = and_(_case.handled_at.is_(None), _case.suspended_at.is_(None))
_COLUMNS = (
    _case.accepted_at, _case.stage, _case.suspended_at.is_not(None), _case.supervised_at.is_not(None),
    func.coalesce(when((_COUNTS_DOWN, _case.deadline)), NEVER),
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """What is counted: at the instant ``now``, due until ``soon``, of a cohort ``first`` .. ``last`` (epoch ms)."""

    now: int
    soon: int
    first: int
    last: int

    @classmethod
    def of(cls, now: int, soon_minutes: int, span: tuple[int, int]) -> "Moment":
        """With 临期 in minutes and the cohort as a span of instants."""
        return cls(now, now + soon_minutes * MINUTE, *span)


@dataclass(frozen=True)
class OpenColumns:
    """``node``: the latest node of the region of each level that a case lay in when it was accepted, or -1, of shape
    (cases, levels); instants in epoch ms, ``deadline`` ``NEVER`` for those that do not count down."""

    node: NDArray[np.int32]
    accepted: NDArray[np.int64]
    deadline: NDArray[np.int64]
    stage: NDArray[np.int64]
    suspended: NDArray[np.bool_]
    supervised: NDArray[np.bool_]

    def late(self, at: Moment) -> NDArray[np.bool_]:
        """Overdue cases of the cohort."""
        return (self.deadline < at.now) & (self.accepted >= at.first) & (self.accepted < at.last)

    def counted(self, place: NDArray[np.intp], length: int, at: Moment) -> NDArray[np.int64]:
        """``STOCKS`` and the overdue cases of the cohort, of shape (length, 10); ``place`` is the row of each case,
        ``length`` for those that count nowhere."""
        overdue = self.deadline < at.now
        columns = (
            np.ones(len(place), np.bool_), self.stage == 1, self.stage == 2, self.stage == 3, self.suspended,
            self.supervised, overdue, overdue & self.supervised, ~overdue & (self.deadline <= at.soon), self.late(at),
        )  # fmt: skip
        counts = [np.bincount(place[column], minlength=length + 1)[:length] for column in columns]
        return np.stack(counts, axis=1).astype(np.int64)


class OpenCases:
    """Thread-safe. The open cases as they lay within ``borders``."""

    def __init__(self, borders: Borders) -> None:
        self.borders = borders
        self._lock = Lock()
        self._kept: tuple[Stands, OpenColumns] | None = None

    def columns(self, connection: Connection) -> OpenColumns:
        """As the connection's transaction sees them."""
        now = stands(connection)
        with self._lock:
            if self._kept is None or self._kept[0] != now:
                self._kept = now, self._read(connection)
            return self._kept[1]

    def places(self, columns: OpenColumns, codes: Sequence[str]) -> NDArray[np.intp]:
        """Which of the codes, none inside another, each case lies in; ``len(codes)`` for none of them."""
        tree = self.borders.tree
        place = np.full(len(columns.accepted), len(codes), np.intp)
        row = np.full(len(tree) + 1, len(codes), np.intp)
        nodes = [tree.latest[code] for code in codes]
        row[nodes] = np.arange(len(codes))
        for level in {int(tree.level[node]) for node in nodes}:
            place = np.minimum(place, row[columns.node[:, level]])
        return place

    def _read(self, connection: Connection) -> OpenColumns:
        query = select(_case.region, self.borders.epoch_sql(), *_COLUMNS).where(text(schema.OPEN))
        rows = connection.execute(query).all()
        regions, epochs, accepted, stage, suspended, supervised, deadline = (
            zip(*rows, strict=True) if rows else [()] * 7
        )
        nodes = [self._nodes(region, epoch) for region, epoch in zip(regions, epochs, strict=True)]
        return OpenColumns(
            np.array(nodes, np.int32).reshape(-1, len(LEVELS)), np.array(accepted, np.int64),
            np.array(deadline, np.int64), np.array(stage, np.int64), np.array(suspended, np.bool_),
            np.array(supervised, np.bool_),
        )  # fmt: skip

    def _nodes(self, region: str, epoch: int) -> tuple[int, ...]:
        tree, found = self.borders.tree, [-1] * len(LEVELS)
        for code in self.borders.above(region, epoch):
            node = tree.latest[code]
            found[int(tree.level[node])] = node
        return tuple(found)
