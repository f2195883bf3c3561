"""Deadlines and durations of judged cases: array arithmetic on the work-time table."""

import numpy as np
import pandas as pd

from dashboard.check.facts import Facts
from dashboard.check.work_table import Instants, WorkTable

MINUTE = 60_000


class LimitClock:
    """Deadlines: the limit of the category from acceptance, moved by the suspensions on the category's clock."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._limit = facts.categories.set_index("code").limit_minutes.astype("Float64")
        self._works = facts.categories.set_index("code").clock == "work"
        self._table: WorkTable | None = None
        self._years = (0, 0)

    def table(self, first: int, last: int) -> WorkTable:
        """The work table of at least the years of two instants, and ten more for deadlines."""
        wanted = (pd.Timestamp(first, unit="ms").year - 1, pd.Timestamp(last, unit="ms").year + 10)
        if self._table is None or wanted[0] < self._years[0] or wanted[1] > self._years[1]:
            self._years = wanted
            self._table = WorkTable(self._facts.zone, self._facts.duty, self._facts.workdays, *wanted)
        return self._table

    def works(self, category: pd.Series) -> np.ndarray:
        """Whether the limit of each category counts work time."""
        return category.map(self._works).fillna(False).to_numpy(bool)

    def limits(self, category: pd.Series) -> pd.Series:
        """The limit of each category in ms, NA where there is none."""
        return category.map(self._limit) * MINUTE


def with_clocks(judged: pd.DataFrame, pauses: pd.DataFrame, clock: LimitClock) -> pd.DataFrame:
    """The cases with ``deadline`` (epoch ms), ``natural_minutes`` and ``work_minutes``, NA where there is none."""
    cases = judged.set_index("id")
    cases = cases.assign(**{name: cases[name].astype("Int64") for name in _INSTANTS})
    times = pd.concat([cases.accepted_at, cases.due, cases.handled_at]).dropna().to_numpy(np.int64)
    table = clock.table(int(times.min()), int(times.max())) if len(times) else clock.table(0, 0)
    cases["deadline"] = _deadlines(cases, pauses, clock, table)
    natural = cases.handled_at - cases.accepted_at
    cases["natural_minutes"] = (natural // MINUTE).where(natural >= 0)
    cases["work_minutes"] = _worked(cases, pauses, table).where(natural >= 0)
    return cases.reset_index()


_INSTANTS = (
    "accepted_at", "voided_at", "closed_at", "handled_at", "suspended_at", "supervised_at", "due", "due_turn",
    "handled_turn", "score",
)  # fmt: skip


def _deadlines(cases: pd.DataFrame, pauses: pd.DataFrame, clock: LimitClock, table: WorkTable) -> pd.Series:
    deadline = cases.due.copy()
    limit = clock.limits(cases.category).astype("Int64")
    limited = cases.due.isna() & cases.accepted_at.notna() & limit.notna()
    some = cases[limited]
    works = clock.works(some.category)
    start: Instants = np.asarray(some.accepted_at, np.int64)
    span: Instants = np.asarray(limit[limited], np.int64)
    deadline[limited] = np.where(works, table.later(start, span), start + span)
    return _moved(deadline, cases, pauses, clock, table)


def _moved(
    deadline: pd.Series, cases: pd.DataFrame, pauses: pd.DataFrame, clock: LimitClock, table: WorkTable
) -> pd.Series:
    """Deadlines moved by the pauses that ended after they were given, the first pause of each case first."""
    if not len(pauses):
        return deadline
    pauses = pauses.join(cases[["due", "due_turn", "category"]], on="case_id", rsuffix="_now")
    pauses = pauses[pauses.due.isna() | (pauses.turn > pauses.due_turn)]
    pauses["number"] = pauses.groupby("case_id").cumcount()
    pauses["category"] = pauses.category.where(pauses.due.notna(), pauses.category_now)
    for _, batch in pauses.groupby("number"):
        batch = batch[deadline.reindex(batch.case_id).notna().to_numpy()]
        start, end = batch.started.to_numpy(np.int64), batch.ended.to_numpy(np.int64)
        before = deadline.reindex(batch.case_id).to_numpy(np.int64)
        works = clock.works(batch.category)
        worked = table.later(before, table.worked(end) - table.worked(start))
        deadline.loc[batch.case_id] = np.where(works, worked, before + end - start)
    return deadline


def _worked(cases: pd.DataFrame, pauses: pd.DataFrame, table: WorkTable) -> pd.Series:
    """Whole work minutes from acceptance to handling less the pauses up to it, NA where unhandled."""
    done = cases[cases.handled_at.notna() & cases.accepted_at.notna()]
    span = table.worked(done.handled_at.to_numpy(np.int64)) - table.worked(done.accepted_at.to_numpy(np.int64))
    total = pd.Series(span, done.index, "Int64")
    if len(pauses):
        counted = pauses.join(cases.handled_turn, on="case_id")
        counted = counted[counted.handled_turn.notna() & (counted.turn <= counted.handled_turn)]
        work = table.worked(counted.ended.to_numpy(np.int64)) - table.worked(counted.started.to_numpy(np.int64))
        paused = pd.Series(work, counted.case_id, "Int64").groupby(level=0).sum()
        total -= paused.reindex(total.index).fillna(0)
    return (total // MINUTE).reindex(cases.index)
