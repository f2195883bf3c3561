"""What the change of a case changes in tallies, inflow and histograms."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboard.domain.changes import Inflow, TallyRow
from dashboard.domain.contributions import contributions, difference, durations, inflow
from dashboard.domain.life_cycle import Case
from dashboard.ingest.counting import Counting
from dashboard.ingest.inflowing import Inflowing
from dashboard.ingest.rules import Rules
from dashboard.store import HistogramRow, Store


@dataclass(frozen=True, slots=True)
class Changed:
    """Rows after a transaction: ``tallies`` and ``inflow`` absolute, ``histogram`` to be added."""

    tallies: list[TallyRow]
    inflow: list[Inflow]
    histogram: list[HistogramRow]


class Projections:
    """Adds up the differences between cases before and after. Not thread-safe; one writer owns it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._counting = Counting(rules.base.tree)
        self._inflowing = Inflowing()
        self._histogram: Counter[tuple[str, int, str, int]] = Counter()

    def count(self, old: Case | None, new: Case) -> None:
        """Note that a case counted as ``old`` (None: not at all) now counts as ``new``."""
        if old is not None and old.accepted_at is None:
            old = None
        if new.accepted_at is None:
            return
        self._count_tallies(old, new)
        if old is None or _origin(old) != _origin(new):
            self._count_inflow(old, -1)
            self._count_inflow(new, 1)
        before = None if old is None else durations(old, self._rules.days)
        after = durations(new, self._rules.days)
        if before != after or (old is not None and old.region != new.region):
            self._count_durations(old, before, -1)
            self._count_durations(new, after, 1)

    def settle(self, store: Store, connection: Connection) -> Changed:
        """Everything noted as rows; reads from the transaction what is not in memory."""
        histogram, self._histogram = self._histogram, Counter()
        return Changed(
            self._counting.settle(lambda period: store.tallies_of(connection, period)),
            self._inflowing.settle(lambda day: store.inflow_counts(connection, day)),
            [HistogramRow(*key, n) for key, n in histogram.items() if n],
        )

    def _count_tallies(self, old: Case | None, new: Case) -> None:
        days = self._rules.days
        after, day = contributions(new, days), days.day(new.accepted_at or 0)
        if old is None:
            self._counting.add(new.region, day, after)
        elif old.region == new.region and old.accepted_at == new.accepted_at:
            self._counting.add(new.region, day, difference(after, contributions(old, days)))
        else:
            self._counting.add(old.region, days.day(old.accepted_at or 0), contributions(old, days), -1)
            self._counting.add(new.region, day, after)

    def _count_inflow(self, case: Case | None, sign: int) -> None:
        if case is not None and case.accepted_at is not None:
            days = self._rules.days
            codes = self._counting.chains.above_street(case.region, days.day(case.accepted_at))
            self._inflowing.add(codes, inflow(case, days, self._rules.base.categories), sign)

    def _count_durations(self, case: Case | None, found: tuple[int, int, int] | None, sign: int) -> None:
        if case is None or found is None:
            return
        day, natural, work = found
        for code in self._counting.chains.above(case.region, day):
            self._histogram[code, day // 100, "natural", natural] += sign
            self._histogram[code, day // 100, "work", work] += sign


def _origin(case: Case) -> tuple[object, ...]:
    """What the inflow of a case depends on."""
    return case.accepted_at, case.region, case.category, case.channel, case.kind
