"""What a score needs of single cases, read from the extract: the same answers as from the store, in less time."""

from collections.abc import Sequence
from typing import Any

from dashboard.domain.indicators import Figures, figures
from dashboard.domain.periods import Period
from dashboard.extract import View
from dashboard.extract.conditions import Test
from dashboard.queries.drill_counts import Moment, accepted_in, by_code, gather_scored
from dashboard.queries.drill_where import Condition, one_of
from dashboard.queries.refolding import Refolded
from dashboard.queries.score_cases import WAYS, Trouble


def of_unit(where: Condition, view: View, unit: str) -> Condition:
    """Narrowed to the cases of a handling unit; empty: all."""
    return where.tested(Test("unit", "=", (view.words.find(unit),))) if unit else where


def figures_in(
    view: View, where: Condition, codes: Sequence[str], level: int, period: Period, at: Moment, satisfied_score: int
) -> dict[str, Figures]:
    """Counts of the cases within ``where`` by regions of one level, each code with a row."""
    chosen = one_of(view, level, codes)
    where = Condition((*where.parts, *chosen.parts), (*where.values, *chosen.values), (*where.known, *chosen.known))
    found, none = by_code(gather_scored(view, where, period, at, f"l{level}"), view.places.codes), Refolded()
    known = {code: found.get(code, none) for code in codes}
    return {
        code: figures(one.counts.tolist(), one.cohort_overdue, satisfied_score=satisfied_score)
        for code, one in known.items()
    }


def troubles_in(
    view: View, where: Condition, period: Period, now: int, satisfied_score: int, most: int
) -> list[Trouble]:
    """Cases within ``where`` that cost their region something in the period, in no order.

    Of those that stand alike, which therefore cost the same, the ``most`` latest ones.
    """
    scores = range(1, satisfied_score)
    query, cohort = _query(where, period, int(now), scores), accepted_in(period, where)
    values = (*cohort.values, period.first, period.last, *where.values, most)
    return [_trouble(row, scores) for row in view.rows(query, values)]


def _query(where: Condition, period: Period, now: int, scores: Sequence[int]) -> str:
    """One row for each case: id, lateness, ever handled, ever closed, the flags of ``WAYS``, bad ratings by score."""
    flags = {"late": "late = 1", "overdue": f"coalesce(waiting < {now}, false)", "rework": "reworked = 1"}
    flags["reopened"] = "reopened = 1"
    bad = ", ".join(f"sum(rated_{score}) AS r{score}" for score in scores) or "0 AS r"
    some = " OR ".join(f"rated_{score} > 0" for score in scores) or "false"
    alike = ", ".join(["handled", "closed", *(f"is_{way}" for way in WAYS), *(f"n{score}" for score in scores)])
    return (
        f"WITH wrong AS (SELECT key, {', '.join(f'{flag} AS {way}' for way, flag in flags.items())}, "
        f"coalesce(handled_at, {now}) - coalesce(deadline, {now}) AS over FROM cases "
        f"WHERE {accepted_in(period, where).sql} AND accepted = 1 AND ({' OR '.join(flags.values())})), "
        f"bad AS (SELECT key, {bad} FROM flows WHERE on_day BETWEEN ? AND ? AND ({some}) AND {where.sql} GROUP BY key) "
        "SELECT cases.id, greatest(coalesce(over, 0), 0) AS over, cases.ever_handled AS handled, "
        f"cases.ever_closed AS closed, {', '.join(f'coalesce(wrong.{way}, false) AS is_{way}' for way in WAYS)}"
        f"{''.join(f', coalesce(r{score}, 0) AS n{score}' for score in scores)} "
        "FROM wrong FULL JOIN bad USING (key) JOIN cases USING (key) "
        f"QUALIFY row_number() OVER (PARTITION BY {alike} ORDER BY over DESC, cases.id) <= ?"
    )


def _trouble(row: Sequence[Any], scores: Sequence[int]) -> Trouble:
    case, over, handled, closed, *rest = row
    ways = [way for way, flag in zip(WAYS, rest, strict=False) if flag]
    ratings = {score: int(n) for score, n in zip(scores, rest[len(WAYS) :], strict=True) if n}
    return Trouble(
        case, [*ways, *(["unsatisfied"] if ratings else [])], int(over), bool(handled), bool(closed), ratings
    )
