"""What a score needs of single cases, read from the extract: the same answers as from the store, in less time."""

from collections.abc import Sequence

from dashboard.domain.indicators import Figures, figures
from dashboard.domain.periods import Period
from dashboard.extract import View
from dashboard.queries.drill_counts import Moment, accepted_in, by_code, gather
from dashboard.queries.drill_where import Condition, one_of
from dashboard.queries.refolding import Refolded
from dashboard.queries.score_cases import WAYS, Trouble


def of_unit(where: Condition, view: View, unit: str) -> Condition:
    """Narrowed to the cases of a handling unit; empty: all."""
    return where.also("unit = ?", view.words.find(unit)) if unit else where


def figures_in(
    view: View, where: Condition, codes: Sequence[str], level: int, period: Period, at: Moment, satisfied_score: int
) -> dict[str, Figures]:
    """Counts of the cases within ``where`` by regions of one level, each code with a row."""
    chosen = one_of(view, level, codes)
    where = Condition((*where.parts, *chosen.parts), (*where.values, *chosen.values))
    found, none = by_code(gather(view, where, period, at, f"l{level}"), view.places.codes), Refolded()
    known = {code: found.get(code, none) for code in codes}
    return {
        code: figures(one.counts.tolist(), one.cohort_overdue, satisfied_score=satisfied_score)
        for code, one in known.items()
    }


def troubles_in(view: View, where: Condition, period: Period, now: int, satisfied_score: int) -> list[Trouble]:
    """Every case within ``where`` that cost its region something in the period, in no order."""
    cohort = accepted_in(period, where)
    flags = ("late = 1", f"coalesce(waiting < {int(now)}, false)", "reworked = 1", "reopened = 1")
    query = (
        f"SELECT id, coalesce(handled_at, {int(now)}) - coalesce(deadline, {int(now)}), ever_handled, ever_closed, "
        f"{', '.join(flags)} FROM cases WHERE {cohort.sql} AND accepted = 1 AND ({' OR '.join(flags)})"
    )
    found: dict[str, Trouble] = {}
    for case, lateness, handled, closed, *held in view.rows(query, cohort.values):
        ways = [way for way, flag in zip(WAYS, held, strict=True) if flag]
        found[case] = Trouble(case, ways, max(int(lateness), 0), bool(handled), bool(closed))
    for case, ratings in _unsatisfied(view, where, period, satisfied_score):
        trouble = found.setdefault(case, Trouble(case))
        trouble.ways.append("unsatisfied")
        trouble.ratings = ratings
    return list(found.values())


def _unsatisfied(
    view: View, where: Condition, period: Period, satisfied_score: int
) -> Sequence[tuple[str, dict[int, int]]]:
    scores = range(1, satisfied_score)
    if not scores:
        return []
    sums = ", ".join(f"sum(rated_{score}) AS r{score}" for score in scores)
    some = " OR ".join(f"rated_{score} > 0" for score in scores)
    query = (
        f"WITH bad AS (SELECT key, {sums} FROM flows WHERE on_day BETWEEN ? AND ? AND ({some}) AND {where.sql} "
        f"GROUP BY key) SELECT id, {', '.join(f'r{score}' for score in scores)} FROM bad JOIN cases USING (key)"
    )
    rows = view.rows(query, (period.first, period.last, *where.values))
    return [(row[0], {score: int(n) for score, n in zip(scores, row[1:], strict=True) if n}) for row in rows]
