"""Rankings and the explanation of a score, among the units that the caller may see."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.explain import changed, closing, difference, earned, gone_well, term_rank, without
from dashboard.domain.indicators import Figures
from dashboard.domain.models import EXTENDED, counts_of
from dashboard.domain.periods import LocalDays, Period, parse_period
from dashboard.domain.ranking import Model, exact_score, score
from dashboard.domain.regions import LEVELS, Region
from dashboard.extract import Extract
from dashboard.queries.answers import AsOf
from dashboard.queries.borders import Borders
from dashboard.queries.case_lines import case_line
from dashboard.queries.counting import held
from dashboard.queries.drill_counts import Moment
from dashboard.queries.drill_where import Condition, inside
from dashboard.queries.errors import Refused
from dashboard.queries.kpis import span_of
from dashboard.queries.league import chosen_model, level_number
from dashboard.queries.queries import Queries
from dashboard.queries.score_answers import CaseMover, Explanation, League, LeagueRow, Mover, TermPart, WhatIf
from dashboard.queries.score_cases import Cohort, Trouble, Unfinished, troubles, unfinished
from dashboard.queries.score_extract import figures_in, of_unit, troubles_in
from dashboard.queries.score_league import (
    Standing,
    exclusions,
    league_row,
    league_rows,
    model_info,
    period_before,
    place_of,
    rank_if,
    standing,
)
from dashboard.queries.score_told import Told
from dashboard.security.caller import Caller
from dashboard.security.scope import bounded
from dashboard.store import schema
from dashboard.store.rows import CASE_COLUMNS, case_row
from dashboard.store.store import Store

MOST_CASES = 10
"""How many cases an explanation names."""

MOST_STANDINGS = 40
"""Standings kept, each as many figures as there are units: the period before one is often asked for itself."""


@dataclass(frozen=True)
class _Question:
    """What is asked, resolved: units of a level inside ``top``, as one caller may see them."""

    level: int
    period: Period
    top: str
    model: Model
    unit: str
    at: AsOf
    base: int

    @property
    def asked(self) -> tuple[object, ...]:
        """What is asked, whenever it is."""
        return self.level, self.period, self.top, self.model.key, self.unit, self.base


class Scores:
    """Reads only; thread-safe. ``models`` are all score models by key, the default first.

    Where the ``extract`` is ready it answers what no tally holds; without it the store does, which takes longer.

    Ranks, medians and intervals are taken among units inside the caller's region; for a caller bound to a handling unit
    every count is one of that unit's cases.
    """

    def __init__(
        self,
        store: Store,
        base: Callable[[], BaseData],
        settings: Settings,
        now: Callable[[], int],
        queries: Queries,
        models: Mapping[str, Model] | None = None,
        extract: Extract | None = None,
    ) -> None:
        self._extract = extract
        self._store, self._base, self._settings, self._now, self._queries = store, base, settings, now, queries
        self._models = models or queries.models
        self._days = LocalDays(settings.zone)
        self._leagues, self._standings = Told[League](), Told[Standing](MOST_STANDINGS)

    def league(self, level: str, period: str, under: str, model: str, caller: Caller, age: int = 0) -> League:
        """Units of a level (default: the configured one, below it the next) inside ``under``, in order of a model.

        The answer may be the one of up to ``age`` ms before: it says what it is as of. Raises ``UnknownRegion`` and
        ``OutOfScope`` for ``under``, ``NotFoundHere`` for a level or model, ``Refused`` for a period.
        """
        top = bounded(self._base().tree, caller, under)
        number = level_number(LEVELS, level) if level else self._level_below(top)
        ask = self._question(number, period, top, model, caller)
        return self._leagues.of(ask.asked, ask.at.time, age, lambda: self._league(ask, age))

    def _league(self, ask: _Question, age: int) -> League:
        now, before = (self._recent(ask, period, age) for period in (ask.period, period_before(ask.period)))
        rules = self._settings.rules
        return League(
            LEVELS[ask.level], ask.period.text, ask.top, model_info(ask.model),
            list(map(model_info, self._models.values())), rules.min_due, rules.small_sample, now.ranking.median, ask.at,
            league_rows(now, before, self._regions()),
        )  # fmt: skip

    def _level_below(self, region: str) -> int:
        """The configured level, or the next one under a region that is not above it."""
        tree = self._base().tree
        node, usual = tree.latest[region], level_number(LEVELS, self._settings.ranking_level)
        if int(tree.level[node]) < usual:
            return usual
        return min((int(tree.level[child]) for child in tree.children(node)), default=int(tree.level[node]))

    def _question(self, level: int, period: str, top: str, model: str, caller: Caller) -> _Question:
        try:
            span = parse_period(period or self._queries.running_month())
        except ValueError as problem:
            raise Refused(str(problem), "period") from problem
        return _Question(
            level,
            span,
            top,
            chosen_model(self._models, model),
            caller.unit,
            self._queries.as_of(),
            self._base().version,
        )

    def _recent(self, ask: _Question, period: Period, age: int) -> Standing:
        asked = replace(ask, period=period).asked
        return self._standings.of(asked, ask.at.time, age, lambda: self._standing(ask, period))

    def _standing(self, ask: _Question, period: Period) -> Standing:
        tree = self._base().tree
        codes = [tree.regions[n].code for n in tree.at_level(ask.level, tree.latest[ask.top])]
        known = self._figures(ask, codes, ask.level, period)
        out = {code: why for code, why in exclusions(self._settings.excluded, period).items() if code in known}
        return standing(known, ask.model, self._settings.rules, out)

    def _figures(
        self, ask: _Question, codes: list[str], level: int, period: Period, within: str = ""
    ) -> dict[str, Figures]:
        """Counts of regions of a level, ``within`` narrows to cases that lay there when they were accepted."""
        tree = self._base().tree
        plain = held(period, level) and not ask.unit and not (within and len(tree.latest) != len(tree))
        if plain or self._extract is None or not self._extract.ready or EXTENDED in counts_of(ask.model):
            return self._queries.figures_of(codes, level, period, ask.at.time, ask.model, within, ask.unit)
        rules = self._settings.rules
        with self._extract.reading() as view:
            where = of_unit(inside(view, tree, within) if within else Condition(), view, ask.unit)
            return figures_in(
                view, where, codes, level, period, Moment(ask.at.time, rules.due_soon), rules.satisfied_score
            )

    def _regions(self) -> Mapping[str, Region]:
        return self._base().tree.by_code

    def explain(self, region: str, period: str, model: str, caller: Caller) -> Explanation:
        """Why a region has its score, beside the others of its level that the caller may see. Raises as ``league``."""
        tree = self._base().tree
        code, top = bounded(tree, caller, region), bounded(tree, caller)
        ask = self._question(int(tree.level[tree.latest[code]]), period, top, model, caller)
        earlier = period_before(ask.period)
        now, before = self._standing(ask, ask.period), self._standing(ask, earlier)
        regions, known = self._regions(), now.known[code]
        row, then = _row_of(code, now, before, regions, ask.model), _row_of(code, before, None, regions, ask.model)
        cases, chances = self._cases(ask, code, known), self._chances(ask, code, now)
        parent = regions.get(regions[code].parent or "")
        return Explanation(
            place_of(regions[code]), None if parent is None or code == top else place_of(parent), ask.period.text,
            ask.at, model_info(ask.model), list(map(model_info, self._models.values())), row, len(now.ranking.rows),
            now.ranking.median, then if then.score is not None else None, earlier.text, _parts(code, now, ask.model),
            self._children(ask, code, known), cases,
            _lost_for_good(chances, row), chances, self._settings.rules.min_due, self._settings.rules.small_sample,
        )  # fmt: skip

    def _children(self, ask: _Question, code: str, known: Figures) -> list[Mover]:
        tree = self._base().tree
        by_level: dict[int, list[str]] = {}
        for node in tree.children(tree.latest[code]):
            by_level.setdefault(int(tree.level[node]), []).append(tree.regions[node].code)
        regions = self._regions()
        found = [
            _mover(regions[child], figures, known, ask.model)
            for level, codes in by_level.items()
            for child, figures in self._figures(ask, codes, level, ask.period, code).items()
        ]
        return sorted((mover for mover in found if mover.due), key=lambda mover: (mover.points, mover.place.code))

    def _cohort(self, ask: _Question, code: str) -> Cohort:
        return Cohort(Borders(self._base().tree, self._days), code, span_of(ask.period, self._days), ask.unit)

    def _cases(self, ask: _Question, code: str, known: Figures) -> list[CaseMover]:
        worst = _costliest(self._troubles(ask, code), known, ask.model)
        with self._store.read() as connection:
            return self._movers(connection, worst, ask.at.time)

    def _troubles(self, ask: _Question, code: str) -> list[Trouble]:
        satisfied, now = self._settings.rules.satisfied_score, ask.at.time
        if self._extract is None or not self._extract.ready:
            with self._store.read() as connection:
                return troubles(connection, self._cohort(ask, code), now, satisfied)
        with self._extract.reading() as view:
            where = of_unit(inside(view, self._base().tree, code), view, ask.unit)
            return troubles_in(view, where, ask.period, now, satisfied, MOST_CASES)

    def _movers(self, connection: Connection, worst: list[tuple[float, Trouble]], now: int) -> list[CaseMover]:
        columns = [schema.case.c[name] for name in CASE_COLUMNS]
        query = select(*columns).where(schema.case.c.id.in_([trouble.id for _, trouble in worst]))
        rows = {row[0]: case_row(row) for row in connection.execute(query)}
        base = self._base()
        return [
            CaseMover(case_line(rows[trouble.id], base, now), trouble.ways, points, "overdue" in trouble.ways)
            for points, trouble in worst
        ]

    def _chances(self, ask: _Question, code: str, now: Standing) -> list[WhatIf]:
        """What can still change, each line on top of the ones before it."""
        with self._store.read() as connection:
            left = unfinished(connection, self._cohort(ask, code), ask.at.time)
        known, found = now.known[code], list[WhatIf]()
        for key in CHANCES:
            some = [one for one in left if one.state == key]
            known = _after(known, some)
            better = score(known, ask.model)
            if some and better is not None:
                gain = difference(known, now.known[code], ask.model)
                rank = None if code in now.excluded else rank_if(known, code, now, ask.model, self._settings.rules)
                found.append(WhatIf(key, sum(one.n for one in some), gain or 0.0, better / 100, rank))
        return found


CHANCES = ("overdue", "handled", "in_time")
"""Sentences of what can still change, in order: overdue cases handled and closed today (late), handled ones closed,
those not due yet handled and closed on time."""


def _after(known: Figures, left: Iterable[Unfinished]) -> Figures:
    for one in left:
        if one.state == "handled":
            by = {"closed": 1, "closed_due": 1, "ever_closed": int(not one.ever_closed)}
        else:
            by = closing(one.ever_handled, one.ever_closed, one.state == "in_time", one.state == "overdue")
        known = changed(known, {name: n * one.n for name, n in by.items()})
    return known


def _lost_for_good(chances: list[WhatIf], row: LeagueRow) -> float:
    """Points that the cases accepted so far cannot bring back, whatever happens to the open ones."""
    reached = chances[-1].score if chances else row.score
    return 0.0 if reached is None else 100 - reached


def _row_of(
    code: str, now: Standing, before: Standing | None, regions: Mapping[str, Region], model: Model
) -> LeagueRow:
    """A unit's row; also one below the line carries the score it would have."""
    rows = league_rows(now, before, regions)
    found = next(row for row in rows if row.place.code == code)
    own = score(now.known[code], model)
    if found.score is not None or own is None:
        return found
    return league_row(code, now, regions, small=found.small, score=own / 100, reason=found.reason, note=found.note)


def _parts(code: str, now: Standing, model: Model) -> list[TermPart]:
    known, peers = now.known[code], now.ranked()
    return [
        TermPart(
            one.term.key, one.term.zh, one.term.en, one.n, one.d, one.term.inverted, one.missing,
            float(one.term.weight), one.weight / 100, one.points / 100, (one.weight - one.points) / 100,
            term_rank(one.term, known, peers), one.term.definition_zh, one.term.definition_en, one.term.basis,
            float(one.term.floor), float(one.term.full), bool(one.term.bands),
        )
        for one in earned(known, model)
    ]  # fmt: skip


def _mover(region: Region, figures: Figures, known: Figures, model: Model) -> Mover:
    rest = without(known, figures)
    alone = exact_score(rest, model)
    points = difference(known, rest, model)
    due = figures.total(model.due) or 0
    return Mover(place_of(region), due, None if alone is None else float(alone), points or 0.0)


def _costliest(found: list[Trouble], known: Figures, model: Model) -> list[tuple[float, Trouble]]:
    """The cases that cost most, the same cost in order of lateness. Cases that stand alike cost the same."""
    costs: dict[tuple[object, ...], float] = {}
    weighed: list[tuple[float, Trouble]] = []
    for one in found:
        kind = (*one.ways, one.ever_handled, one.ever_closed, *sorted(one.ratings.items()))
        if kind not in costs:
            well = changed(known, gone_well(one.ways, one.ever_handled, one.ever_closed, one.ratings))
            costs[kind] = difference(known, well, model) or 0.0
        if costs[kind] < 0:
            weighed.append((costs[kind], one))
    return sorted(weighed, key=lambda pair: (pair[0], -pair[1].lateness, pair[1].id))[:MOST_CASES]
