"""The oracle: recounts every figure from the stored events, sharing no rule with the code that counted them live.

Cases are judged in SQL (DuckDB) a few hundred thousand events at a time; only the clock arithmetic of deadlines runs in
numpy.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
from sqlalchemy import Connection, text

from dashboard.check.facts import Facts, with_tops
from dashboard.check.steps import PAUSE_CATEGORY, STATEMENTS
from dashboard.check.work_table import Instants, WorkTable
from dashboard.domain.histogram import FIRSTS

CHUNK = 400_000
"""Events judged at once."""

MINUTE = 60_000
_EVENTS = text(
    "SELECT case_id, time, type, region, raw FROM event WHERE case_id > :after AND seq <= :seq"
    " ORDER BY case_id LIMIT :n"
)
_COHORT = """
SELECT id AS case_id, accepted_at AS instant, counter FROM (
    SELECT *, unnest(CASE WHEN voided_at IS NOT NULL THEN ['voided'] ELSE list_filter([
        'accepted',
        CASE WHEN closed_at IS NOT NULL THEN 'closed' END,
        CASE WHEN handled_at IS NOT NULL THEN 'handled' END,
        CASE WHEN handled_at IS NOT NULL AND deadline IS NOT NULL THEN 'handled_due' END,
        CASE WHEN handled_at <= deadline THEN 'on_time' END,
        CASE WHEN handled_at > deadline THEN 'late' END,
        CASE WHEN closed_at IS NOT NULL AND deadline IS NOT NULL THEN 'closed_due' END,
        CASE WHEN deadline IS NULL THEN 'no_deadline' END,
        CASE WHEN ever_handled THEN 'ever_handled' END,
        CASE WHEN reworked THEN 'reworked' END,
        CASE WHEN ever_closed THEN 'ever_closed' END,
        CASE WHEN reopened THEN 'reopened' END,
        CASE WHEN closed_first THEN 'closed_first' END,
        CASE WHEN escalated THEN 'escalated' END], lambda name: name IS NOT NULL) END) AS counter
    FROM cases WHERE accepted_at IS NOT NULL)
"""
_CAME_IN = """
SELECT id AS case_id, accepted_at AS instant, unnest(['category', 'channel', 'kind', 'hour']) AS dimension,
       unnest([coalesce(top, category), channel, kind, strftime({local}, '%H')]) AS key
FROM (SELECT c.*, k.top FROM cases c LEFT JOIN category_in k ON k.code = c.category) WHERE accepted_at IS NOT NULL
"""
_LASTED = """
SELECT id AS case_id, accepted_at AS instant, clock AS dimension, CAST(bin AS VARCHAR) AS key
FROM (SELECT id, accepted_at, unnest(['natural', 'work']) AS clock, unnest([natural_minutes, work_minutes]) AS minutes
      FROM cases WHERE voided_at IS NULL AND natural_minutes IS NOT NULL AND work_minutes IS NOT NULL)
ASOF JOIN bins ON minutes >= first
"""
_COUNTED = """
SELECT region, epoch, {day} AS day, dimension, key, count(*) AS n
FROM (SELECT case_id, instant, 'tally' AS dimension, counter AS key FROM flow
      UNION ALL SELECT case_id, instant, 'tally', counter FROM cohort
      UNION ALL SELECT * FROM came_in UNION ALL SELECT * FROM lasted) JOIN cases ON id = case_id
GROUP BY ALL
"""
LAST_MONTH = 999_999
DIMENSIONS = ("category", "channel", "kind", "hour")
CLOCKS = ("natural", "work")


@dataclass(frozen=True)
class Recount:
    """What the events say.

    ``tallies``: region, period, counter, n, for months at every level and days down to the street, no zeros.
    ``cases``: one row for each case, the columns that figures depend on. ``stocks``: region, stock, n.
    ``inflow``: region, day, dimension, key, n, down to the street. ``durations``: region, period (a month), clock,
    bin, n.
    """

    tallies: pd.DataFrame
    cases: pd.DataFrame
    stocks: pd.DataFrame
    inflow: pd.DataFrame
    durations: pd.DataFrame


def recount(connection: Connection, facts: Facts, seq: int, now: int, soon_minutes: int) -> Recount:
    """Recount the events up to ``seq``; stocks are those at ``now`` (epoch ms)."""
    with duckdb.connect() as duck:
        duck.execute("SET autoinstall_known_extensions = false")
        clock = _Clock(facts)
        duck.register("category_in", with_tops(facts.categories))
        duck.register("bins", pd.DataFrame({"bin": range(len(FIRSTS)), "first": FIRSTS}))
        duck.register("starts", pd.DataFrame({"epoch": range(len(facts.starts)), "first": facts.starts}))
        parts = [_judge(duck, facts, clock, chunk) for chunk in _chunks(connection, seq)]
        if not parts:
            return _nothing()
        cases = pd.concat([part[0] for part in parts], ignore_index=True)
        leaves = pd.concat([part[1] for part in parts], ignore_index=True)
        duck.register("above", facts.above)
        counts = _rolled_up(duck, leaves)
        days = counts.period > LAST_MONTH
        return Recount(
            counts[counts.dimension == "tally"].rename(columns={"key": "counter"}).drop(columns="dimension"),
            cases,
            stocks(duck, cases, now, soon_minutes),
            counts[counts.dimension.isin(DIMENSIONS) & days].rename(columns={"period": "day"}),
            counts[counts.dimension.isin(CLOCKS) & ~days].rename(columns={"dimension": "clock", "key": "bin"}),
        )


def _nothing() -> Recount:
    return Recount(
        _empty("region", "period", "counter", "n"),
        _empty("id"),
        _empty("region", "stock", "n"),
        _empty("region", "day", "dimension", "key", "n"),
        _empty("region", "period", "clock", "bin", "n"),
    )


def _empty(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({column: [] for column in columns})


def _chunks(connection: Connection, seq: int) -> Iterator[pd.DataFrame]:
    """Events of whole cases, in order of the case id."""
    after = ""
    while True:
        result = connection.execute(_EVENTS, {"after": after, "seq": seq, "n": CHUNK})
        found = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
        if len(found) < CHUNK:
            if len(found):
                yield found
            return
        last = found.case_id.iloc[-1]
        whole = found[found.case_id != last]
        if not len(whole):
            raise ValueError(f"case {last} has more than {CHUNK} events")
        after = whole.case_id.iloc[-1]
        yield whole


class _Clock:
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


def _judge(
    duck: duckdb.DuckDBPyConnection, facts: Facts, clock: _Clock, events: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    duck.register("event_in", events)
    for name, query in STATEMENTS:
        duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
    judged = duck.execute("SELECT * FROM judged WHERE true").df()
    pauses = duck.execute(PAUSE_CATEGORY).df()
    whole = _with_clocks(judged, pauses, clock)
    duck.register("cases_in", whole)
    day = _day("accepted_at", facts.zone)
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE cases AS SELECT c.*, "
        f"(SELECT max(epoch) FROM starts WHERE first <= coalesce({day}, 0)) AS epoch FROM cases_in c"
    )
    duck.execute(f"CREATE OR REPLACE TEMP TABLE cohort AS {_COHORT}")
    duck.execute(f"CREATE OR REPLACE TEMP TABLE came_in AS {_CAME_IN.format(local=_local('accepted_at', facts.zone))}")
    duck.execute(f"CREATE OR REPLACE TEMP TABLE lasted AS {_LASTED}")
    counted = duck.execute(_COUNTED.format(day=_day("instant", facts.zone))).df()
    return duck.execute("SELECT * FROM cases").df(), counted


def _local(instant: str, zone: str) -> str:
    return f"make_timestamp(CAST({instant} AS BIGINT) * 1000) AT TIME ZONE 'UTC' AT TIME ZONE '{zone}'"


def _day(instant: str, zone: str) -> str:
    return f"CAST(strftime({_local(instant, zone)}, '%Y%m%d') AS INTEGER)"


def _with_clocks(judged: pd.DataFrame, pauses: pd.DataFrame, clock: _Clock) -> pd.DataFrame:
    """Add ``deadline``, ``natural_minutes`` and ``work_minutes``."""
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


def _deadlines(cases: pd.DataFrame, pauses: pd.DataFrame, clock: _Clock, table: WorkTable) -> pd.Series:
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
    deadline: pd.Series, cases: pd.DataFrame, pauses: pd.DataFrame, clock: _Clock, table: WorkTable
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


def _rolled_up(duck: duckdb.DuckDBPyConnection, leaves: pd.DataFrame) -> pd.DataFrame:
    """Counts of every region and month, and of every day down to the street."""
    duck.register("leaves", leaves)
    found: pd.DataFrame = duck.execute(
        "SELECT above AS region, day // 100 AS period, dimension, key, CAST(sum(n) AS BIGINT) AS n"
        " FROM leaves JOIN above USING (region, epoch) GROUP BY ALL UNION ALL "
        "SELECT above, day, dimension, key, CAST(sum(n) AS BIGINT) FROM leaves JOIN above USING (region, epoch)"
        " WHERE street GROUP BY ALL"
    ).df()
    return found


def stocks(duck: duckdb.DuckDBPyConnection, cases: pd.DataFrame, now: int, soon_minutes: int) -> pd.DataFrame:
    """Stock of every region at ``now``, no zeros; ``duck`` knows ``above``, the cases have their epoch."""
    duck.register("standing", cases)
    waiting = "handled_at IS NULL AND suspended_at IS NULL"
    found: pd.DataFrame = duck.execute(
        "SELECT above AS region, stock, count(*) AS n FROM ("
        f" SELECT region, epoch, unnest(list_filter(['open',"
        "  CASE WHEN suspended_at IS NOT NULL THEN 'suspended' END,"
        "  CASE WHEN supervised_at IS NOT NULL THEN 'supervised' END,"
        f" CASE WHEN {waiting} AND deadline < {now} THEN 'overdue' END,"
        f" CASE WHEN {waiting} AND deadline BETWEEN {now} AND {now + soon_minutes * MINUTE} THEN 'due_soon' END],"
        "  lambda name: name IS NOT NULL)) AS stock"
        " FROM standing WHERE accepted_at IS NOT NULL AND closed_at IS NULL AND voided_at IS NULL)"
        " JOIN above USING (region, epoch) GROUP BY ALL"
    ).df()
    return found
