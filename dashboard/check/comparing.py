"""Compares the recount with what the tables hold, figure by figure."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd
from sqlalchemy import Connection, select

from dashboard.check.facts import Facts
from dashboard.check.oracle import Recount, stocks
from dashboard.domain.indicators import BY_KEY, evaluate, figures
from dashboard.domain.tallies import COUNTERS
from dashboard.store import schema

CASE_FIGURES = (
    "region", "category", "accepted_at", "voided_at", "closed_at", "handled_at", "suspended_at", "supervised_at",
    "deadline", "score", "ever_handled", "ever_closed", "reworked", "reopened", "closed_first", "natural_minutes",
    "work_minutes",
)  # fmt: skip
"""What is compared of each case."""

RATES = {
    "closure_rate": ("closed_due", ("handled_due", "overdue")),
    "on_time_rate": ("on_time", ("handled_due", "overdue")),
    "rework_rate": ("reworked", ("ever_handled",)),
    "reopen_rate": ("reopened", ("ever_closed",)),
    "closed_share": ("closed", ("accepted",)),
}
"""Rates by the contract's words: numerator, and what adds up to the denominator."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One figure that the tables and the events tell differently. ``of`` says where: region and period, or a case."""

    of: str
    figure: str
    stored: object
    recounted: object


@dataclass(frozen=True)
class Comparison:
    """How many figures were compared, and those that disagree."""

    compared: int
    disagreements: list[Disagreement]


def compare(
    connection: Connection, facts: Facts, told: Recount, now: int, soon_minutes: int, satisfied: int
) -> Comparison:
    """Every case, every counter of every region and period, every stock, and the rates made of them."""
    held = _stored_cases(connection)
    parts = [
        _compare_cases(held, told.cases),
        _compare_tallies(connection, told.tallies),
        _compare_inflow(connection, told.inflow),
        _compare_durations(connection, told.durations),
        _compare_stocks(held, facts, told, now, soon_minutes),
        _compare_rates(told, satisfied),
        _compare_equation(told),
    ]
    return Comparison(sum(part.compared for part in parts), [found for part in parts for found in part.disagreements])


def _stored_cases(connection: Connection) -> pd.DataFrame:
    columns = [schema.case.c[name] for name in ("id", *CASE_FIGURES)]
    result = connection.execute(select(*columns))
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


def _compare_cases(held: pd.DataFrame, told: pd.DataFrame) -> Comparison:
    if not len(held) and not len(told):
        return Comparison(0, [])
    both = _comparable(held).join(_comparable(told), how="outer", lsuffix=":s", rsuffix=":r")
    found: list[Disagreement] = []
    for name in CASE_FIGURES:
        stored, recounted = both[f"{name}:s"], both[f"{name}:r"]
        for case in both.index[stored != recounted]:
            found.append(Disagreement(f"case {case}", name, stored[case] or None, recounted[case] or None))
    return Comparison(len(both) * len(CASE_FIGURES), found)


def _comparable(cases: pd.DataFrame) -> pd.DataFrame:
    """Figures as text, empty where there is none. What a void or unaccepted case keeps besides counts nowhere."""
    if not len(cases):
        return pd.DataFrame(columns=list(CASE_FIGURES), index=pd.Index([], name="id"), dtype=str)
    frame = cases.set_index("id")[list(CASE_FIGURES)].copy()
    for name in CASE_FIGURES[2:]:
        frame[name] = frame[name].astype("Int64").astype("string").fillna("")
    counted = (frame.voided_at == "") & (frame.accepted_at != "")
    kept = [name for name in CASE_FIGURES if name not in ("region", "category", "accepted_at", "voided_at")]
    frame.loc[~counted, kept] = ""
    return frame


def _compare_tallies(connection: Connection, told: pd.DataFrame) -> Comparison:
    columns = [schema.tally.c[name] for name in ("region", "period", *COUNTERS)]
    result = connection.execute(select(*columns))
    wide = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    held = wide.melt(["region", "period"], var_name="counter", value_name="n")
    return _compare_counts(held[held.n != 0], told, ["region", "period", "counter"], len(held))


def _compare_inflow(connection: Connection, told: pd.DataFrame) -> Comparison:
    table = schema.inflow.c
    result = connection.execute(
        select(table.region, table.day, table.dimension, table.key, table.n).where(table.n != 0)
    )
    held = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    return _compare_counts(held, told, ["region", "day", "dimension", "key"], len(held))


def _compare_durations(connection: Connection, told: pd.DataFrame) -> Comparison:
    table = schema.histogram.c
    columns = (table.region, table.period, table.clock, table.bin, table.n)
    result = connection.execute(select(*columns).where(table.n != 0))
    held = pd.DataFrame(result.fetchall(), columns=list(result.keys())).astype({"bin": str})
    return _compare_counts(held, told, ["region", "period", "clock", "bin"], len(held))


def _compare_stocks(held: pd.DataFrame, facts: Facts, told: Recount, now: int, soon_minutes: int) -> Comparison:
    if not len(held):
        return _compare_counts(told.stocks, told.stocks, ["region", "stock"], 0)
    epochs = told.cases.set_index("id").epoch
    placed = held.assign(epoch=held.id.map(epochs).fillna(0).astype(int))
    with duckdb.connect() as duck:
        duck.register("above", facts.above)
        counted = stocks(duck, placed, now, soon_minutes)
    return _compare_counts(counted, told.stocks, ["region", "stock"], 5 * facts.above.above.nunique())


def _compare_counts(held: pd.DataFrame, told: pd.DataFrame, key: Sequence[str], compared: int) -> Comparison:
    told = told if len(told) else held.iloc[:0]
    held = held if len(held) else told.iloc[:0]
    both = held.merge(told, on=list(key), how="outer", suffixes=("_s", "_r")).fillna({"n_s": 0, "n_r": 0})
    wrong = both[both.n_s != both.n_r]
    found = [
        Disagreement(" ".join(str(row[name]) for name in key[:-1]), str(row[key[-1]]), int(row.n_s), int(row.n_r))
        for _, row in wrong.iterrows()
    ]
    return Comparison(max(compared, len(both)), found)


def _compare_rates(told: Recount, satisfied: int) -> Comparison:
    """Rates of every region and month by the registry of indicators, against a division of the recounted sums."""
    months = told.tallies[told.tallies.period < 1_000_000]
    found: list[Disagreement] = []
    compared = 0
    for (region, period), rows in months.groupby(["region", "period"]):
        counts = dict(zip(rows.counter, rows.n, strict=True))
        for name, stored, recounted in _rates(counts, satisfied):
            compared += 1
            if stored != recounted:
                found.append(Disagreement(f"{region} {period}", name, stored, recounted))
    return Comparison(compared, found)


def _rates(counts: dict[str, int], satisfied: int) -> list[tuple[str, float | None, float | None]]:
    known = figures([counts.get(name, 0) for name in COUNTERS], 0, satisfied_score=satisfied)
    rates = []
    for name, (numerator, denominators) in RATES.items():
        total = sum(counts.get(part, 0) for part in denominators)
        rates.append((name, evaluate(BY_KEY[name], known).value, counts.get(numerator, 0) / total if total else None))
    rated = [counts.get(f"rated_{score}", 0) for score in range(1, 5)]
    share = sum(rated[satisfied - 1 :]) / sum(rated) if sum(rated) else None
    return [*rates, ("satisfaction", evaluate(BY_KEY["satisfaction"], known).value, share)]


def _compare_equation(told: Recount) -> Comparison:
    """All that ever came in less all that went out is what is open, in every region."""
    months = told.tallies[told.tallies.period < 1_000_000]
    signs = {"accepted_flow": 1, "reopened_flow": 1, "closed_flow": -1, "voided_flow": -1}
    balance = (months.n * months.counter.map(signs).fillna(0)).groupby(months.region).sum()
    standing = told.stocks[told.stocks.stock == "open"].set_index("region").n
    both = pd.concat([balance, standing], axis=1, keys=["balance", "open"]).fillna(0)
    wrong = both[both.balance != both.open]
    found = [
        Disagreement(str(code), "open by equation", int(row.balance), int(row.open)) for code, row in wrong.iterrows()
    ]
    return Comparison(len(both), found)
