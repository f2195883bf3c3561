"""What pages of whole years add up, counted before somebody waits for it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import duckdb
from sqlalchemy.exc import DBAPIError

from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays, month_period, plus_months
from dashboard.domain.regions import STREET
from dashboard.extract import Extract, NotReady
from dashboard.queries.cohort_sums import CohortSums
from dashboard.queries.drill_compare import settled
from dashboard.queries.drill_where import inside
from dashboard.queries.queries import Queries
from dashboard.store import StoreError

_log = logging.getLogger(__name__)
BETWEEN = 0.05
"""Seconds between two counts: pages are waited for, these are not."""


class LookAhead:
    """Reads only. ``now`` is the present of the data directory (epoch ms)."""

    def __init__(
        self, extract: Extract, queries: Queries, base: Callable[[], BaseData], days: LocalDays, now: Callable[[], int]
    ) -> None:
        self._extract, self._queries, self._base, self._days, self._now = extract, queries, base, days, now

    def run(self, stop: Event) -> None:
        """Count the months of this year and the last one, the newest first, of the city and its districts; durations of
        handling down to the street. Once, as soon as the extract is ready, until stopped."""
        while not (self._extract.ready or stop.wait(1)):
            pass
        tree, month = self._base().tree, self._days.month(self._now())
        large = [tree.regions[node].code for node in (0, *tree.children(0))] if len(tree) else []
        to_street = [code for code, node in tree.latest.items() if tree.level[node] <= STREET]
        for one in (plus_months(month, -back) for back in range(12 + month % 100)):
            for code in large:
                if stop.wait(BETWEEN):
                    return
                self._count(code, one)
            with _left_out(one):
                self._queries.handling_ahead(to_street, one)

    def _count(self, code: str, month: int) -> None:
        with _left_out(month), self._extract.reading() as view:
            tests = inside(view, self._base().tree, code).tests
            view.by_month(month_period(month), tests, CohortSums.of)
            settled(view, tests, month)


@contextmanager
def _left_out(month: int) -> Iterator[None]:
    """What cannot be counted ahead is counted when a page asks for it."""
    try:
        yield
    except (NotReady, DBAPIError, StoreError, duckdb.Error) as problem:
        _log.warning("month %d was not counted ahead: %s", month, problem)
