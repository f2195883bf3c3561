"""The oracle: recounts every figure from the stored events, sharing no rule with the code that counted them live.

Cases are judged in SQL (DuckDB) a few hundred thousand events at a time; only the clock arithmetic of deadlines runs in
numpy.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pandas as pd
from sqlalchemy import Connection, text

from dashboard.check.deadlines import LimitClock, with_clocks
from dashboard.check.facts import Facts, with_tops
from dashboard.check.steps import PAUSE_CATEGORY, STATEMENTS
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
        clock = LimitClock(facts)
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


def _judge(
    duck: duckdb.DuckDBPyConnection, facts: Facts, clock: LimitClock, events: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    duck.register("event_in", events)
    for name, query in STATEMENTS:
        duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
    judged = duck.execute("SELECT * FROM judged WHERE true").df()
    pauses = duck.execute(PAUSE_CATEGORY).df()
    whole = with_clocks(judged, pauses, clock)
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
