"""What pages of whole years add up, counted before somebody waits for it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import duckdb
from sqlalchemy.exc import DBAPIError

from dashboard.domain.base import BaseData
from dashboard.domain.periods import month_period
from dashboard.domain.regions import STREET
from dashboard.extract import Extract, NotReady
from dashboard.extract.slices import MOST_MADE
from dashboard.queries.cohort_sums import CohortSums
from dashboard.queries.drill_compare import settled
from dashboard.queries.drill_where import inside
from dashboard.queries.queries import Queries
from dashboard.store import StoreError

_log = logging.getLogger(__name__)
MADE_EACH = 3
"""Results of a month and region: two of these counts, and room for one that somebody else asks for."""
BETWEEN = 0.05
"""Seconds between two counts: pages are waited for, these are not."""


class LookAhead:
    """Reads only."""

    def __init__(self, extract: Extract, queries: Queries, base: Callable[[], BaseData]) -> None:
        self._extract, self._queries, self._base = extract, queries, base

    def run(self, stop: Event) -> None:
        """Count all months, the newest first, of the city and its districts; durations of handling down to the street.
        No more than are kept. Once, as soon as the extract is ready, until stopped."""
        while not (self._extract.ready or stop.wait(1)):
            pass
        tree = self._base().tree
        large = [tree.regions[node].code for node in (0, *tree.children(0))] if len(tree) else []
        to_street = [code for code, node in tree.latest.items() if tree.level[node] <= STREET]
        for month in self._months()[: MOST_MADE // (MADE_EACH * max(1, len(large)))]:
            for code in large:
                if stop.wait(BETWEEN):
                    return
                self._count(code, month)
            with _left_out(f"month {month}"):
                self._queries.handling_ahead(to_street, month)

    def _months(self) -> list[int]:
        with _left_out("a month"), self._extract.reading() as view:
            return view.accepted_months()
        return []

    def _count(self, code: str, month: int) -> None:
        with _left_out(f"month {month}"), self._extract.reading() as view:
            tests = inside(view, self._base().tree, code).tests
            view.by_month(month_period(month), tests, CohortSums.of)
            settled(view, tests, month)


@contextmanager
def _left_out(what: str) -> Iterator[None]:
    """What cannot be counted ahead is counted when a page asks for it."""
    try:
        yield
    except (NotReady, DBAPIError, StoreError, duckdb.Error) as problem:
        _log.warning("%s was not counted ahead: %s", what, problem)
