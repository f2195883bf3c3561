"""What the region page shows: any region and period, filtered or not, from the tallies or from the extract."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice

import msgspec

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.indicators import Figures, figures
from dashboard.domain.periods import MINUTE, LocalDays, Period
from dashboard.domain.regions import LEVELS, STREET
from dashboard.extract import Extract, NotReady, View
from dashboard.queries import drill_breakdown as parts
from dashboard.queries.answers import AsOf, Kpis, Place
from dashboard.queries.cohort_sums import CohortSums
from dashboard.queries.counting import held
from dashboard.queries.drill_answers import Breakdown, CaseLines, Children, ChildRow, Compared, Hit
from dashboard.queries.drill_compare import STOCKS, as_they_stood, compared, with_satisfied
from dashboard.queries.drill_counts import Moment, by_code, gather, gather_cohort, gather_one
from dashboard.queries.drill_lines import ORDERS, in_period, lines, page, total, worded
from dashboard.queries.drill_search import case_hits, region_hits, shared_out, told_hits, worker_hits
from dashboard.queries.drill_spans import Kind, Pair, Span, earlier_day, pairs
from dashboard.queries.drill_where import Condition, inside, narrowed, one_of
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.queries.kpis import Rules, beside, equation, evaluated
from dashboard.queries.queries import Queries, read_period
from dashboard.queries.refolding import Refolded
from dashboard.queries.selection import Selection
from dashboard.security.caller import Caller
from dashboard.store.store import Store

LONGEST_PAGE = 500
SHORTEST_SEARCH = 1
NEAR = 20 * MINUTE
"""A stored moment further away says nothing of an instant."""


class Drill:
    """Thread-safe; asks for no caller but in ``search``: whoever calls has bounded the region.

    What the extract has to answer raises ``extract.NotReady`` until it is built; figures without filters of periods
    that tallies hold need no extract. ``Refused`` and ``NotFoundHere`` are about parameters.
    """

    def __init__(
        self,
        store: Store,
        base: Callable[[], BaseData],
        settings: Settings,
        now: Callable[[], int],
        extract: Extract,
        queries: Queries,
    ) -> None:
        self._store, self._base, self._now = store, base, now
        self._extract, self._queries = extract, queries
        self._days = LocalDays(settings.zone)
        self._rules = Rules(settings.rules.due_soon, settings.rules.satisfied_score)

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """What this thread asks inside stands side by side: all of one moment of the store and one of the extract."""
        with self._store.one_moment(), self._extract.one_moment():
            yield

    def kpis(self, asked: Selection, unit: str = "") -> Kpis:
        """Every indicator. With filters the presence of workers is unknown: it has no category and no channel."""
        asked, period = self._read(asked)
        node = self._node(asked.region)
        plain = not asked.filtered and not unit
        if plain and (self._tallies_hold(period, int(self._base().tree.level[node])) or not self._extract.ready):
            return self._queries.kpis(asked.region, period.text)
        presence = self._queries.presence(asked.region) if plain else None
        at = self._moment()
        with self._extract.reading() as view:
            known = gather_one(view, self._condition(view, asked, unit, at), period, at)
            seq = view.seq
        return Kpis(
            self._place(node), period.text, period.first, period.last, AsOf(seq, at.now),
            evaluated(known, presence, self._rules), beside(known), equation(known),
        )  # fmt: skip

    def _tallies_hold(self, period: Period, level: int) -> bool:
        """Whether stored rows alone give the figures fast: whole months at any level, single days to the street."""
        return bool(period.whole_months()) or (held(period, level) and period.first == period.last)

    def compared(self, asked: Selection, unit: str = "") -> list[Compared]:
        """The indicators beside those of earlier spans of equal age, see ``drill_spans`` and ``drill_compare``.

        A running month without filters is compared by the stored ends of days, as the wall does; anything else that
        runs is read off the extract. Periods that are over are compared as they stand now. Stocks are set beside those
        of the stored moment at the same time of the earlier day, where nothing is filtered and the period runs.
        A value is None where it is not known, such as satisfaction up to a time of day; without filters a comparison
        that waits for the extract is left out, and so is one with a span before the first month that has cases: nobody
        recorded any then, which is not the same as none.
        """
        asked, period = self._read(asked)
        self._node(asked.region)
        now = self._now()
        plain = not asked.filtered and not unit
        begun = self._queries.first_month()
        found: list[Compared] = []
        known: dict[Span, Figures] = {}
        stocks = cache(lambda instant: self._stock_at(asked.region, instant))
        for pair in pairs(period, now, self._days):
            if begun is None or pair.then.last // 100 < begun:
                continue
            try:
                sides = self._sides(asked, unit, pair, plain, known)
            except NotReady:
                if not plain:
                    raise
                continue
            found += compared(pair, *sides)
            if plain and pair.now.until is not None:
                found += self._compared_stocks(stocks, period, pair.kind, now)
        return found

    def _sides(
        self, asked: Selection, unit: str, pair: Pair, plain: bool, known: dict[Span, Figures]
    ) -> tuple[Figures, Figures]:
        """Figures of both spans; those read off the cases are kept in ``known``."""
        level = int(self._base().tree.level[self._node(asked.region)])
        if plain and level <= STREET and pair.to_date_of_month:
            now_end, then_end = (self._at_day_end(asked.region, span.last) for span in (pair.now, pair.then))
            if now_end is not None and then_end is not None:
                return now_end, then_end
        for span in (pair.now, pair.then):
            if span not in known:
                ask = self._stood if span.until is not None else self._standing
                known[span] = ask(asked, unit, span, plain, level)
        return known[pair.now], known[pair.then]

    def _standing(self, asked: Selection, unit: str, span: Span, plain: bool, level: int) -> Figures:
        """Flows and cohorts of a span that is over, as they stand now."""
        if plain and (self._tallies_hold(span.period, level) and span.first != span.last):
            return self._queries.known_cohort(asked.region, span.period, self._now())
        at = self._moment()
        with self._extract.reading() as view:
            where = self._condition(view, asked, unit, at)
            return gather_cohort(view, where, span.period, at, self._rules.satisfied_score)

    def _at_day_end(self, region: str, day: int) -> Figures | None:
        rows = self._store.day_end(day, [region])
        return figures(rows[0].counts, rows[0].overdue, satisfied_score=self._rules.satisfied_score) if rows else None

    def _stood(self, asked: Selection, unit: str, span: Span, plain: bool, level: int) -> Figures:
        at, told = self._moment(), plain and span.whole and held(span.period, level)
        with self._extract.reading() as view:
            where = self._condition(view, asked, unit, at)
            start, score = self._days.start(span.first), self._rules.satisfied_score
            flows = with_satisfied(self._queries.known_flows(asked.region, span.period), score) if told else None
            return as_they_stood(view, where, span, start, score, flows)

    def _compared_stocks(
        self, stock_at: Callable[[int], Mapping[str, int] | None], period: Period, kind: Kind, now: int
    ) -> list[Compared]:
        today = self._days.day(now)
        day = earlier_day(period, today, kind)
        then = self._days.start(day) + now - self._days.start(today)
        known, past = stock_at(now), stock_at(then)
        if known is None or past is None:
            return []
        text = Span(day, day).text
        return [Compared(key, kind, text, known[name], past[name], False) for key, name in STOCKS.items()]

    def _stock_at(self, region: str, instant: int) -> Mapping[str, int] | None:
        """Stocks of the stored moment nearest to an instant; None where there is none, or it knows not the region."""
        nearest = self._store.nearest_moment(instant, NEAR)
        return None if nearest is None else nearest.of(region)

    def children(self, asked: Selection, unit: str = "") -> Children:
        """All figures of each region directly below, in tree order; one question for all of them."""
        asked, period = self._read(asked)
        tree = self._base().tree
        nodes = tree.children(self._node(asked.region))
        if not nodes:
            return Children("", self._queries.as_of(), [])
        plain, level = not asked.filtered and not unit, int(tree.level[nodes[0]])
        codes = [tree.regions[node].code for node in nodes]
        if plain and (self._tallies_hold(period, level) or (held(period, level) and not self._extract.ready)):
            as_of = self._queries.as_of()
            known = self._queries.known_below(codes, period, as_of.time)
        else:
            known, as_of = self._gathered(asked, unit, codes, period)
        nothing = Refolded()
        presence = self._queries.presences(codes) if plain else {}
        rows = [
            ChildRow(self._place(node), evaluated(known.get(code, nothing), presence.get(code), self._rules))
            for node, code in zip(nodes, codes, strict=True)
        ]
        return Children(LEVELS[level], as_of, rows)

    def _gathered(
        self, asked: Selection, unit: str, codes: Sequence[str], period: Period
    ) -> tuple[dict[str, Refolded], AsOf]:
        at, tree = self._moment(), self._base().tree
        known: dict[str, Refolded] = {}
        with self._extract.reading() as view:
            for level in sorted({int(tree.level[tree.latest[code]]) for code in codes}):
                where = narrowed(one_of(view, level, codes), view, asked, unit, at.now, at.soon)
                known |= by_code(gather(view, where, period, at, f"l{level}"), view.places.codes)
            return known, AsOf(view.seq, at.now)

    def breakdown(self, asked: Selection, unit: str = "") -> Breakdown:
        """How the cases accepted in the period came in, where they stand and how long they took."""
        asked, period = self._read(asked)
        self._node(asked.region)
        at = self._moment()
        with self._extract.reading() as view:
            tests = self._condition(view, asked, unit, at).tests
            sums = CohortSums.sum(view.by_month(period, tests, CohortSums.of))
            as_of, words = AsOf(view.seq, at.now), view.words
        heat = sums.heat.tolist()
        return Breakdown(
            as_of,
            parts.funnel(sums),
            parts.stage_times(sums),
            parts.levels(sums),
            parts.bars(sums.channels, words, parts.own_name),
            parts.bars(sums.categories, words, parts.category_names(self._base().categories)),
            parts.hour_bars(heat),
            parts.weekday_bars(heat),
            heat,
            parts.trend(sums.daily, period, at.now),
        )

    def case_lines(
        self, asked: Selection, unit: str = "", sort: str = "", cursor: str = "", limit: int = 50, q: str = "",
        titles: bool = True,
    ) -> CaseLines:  # fmt: skip
        """A page of cases. ``unit`` is the one a caller is bound to, ``q`` words that each begin an id, stand in the
        name of a place or, with ``titles``, in the title. Titles are as the citizens wrote them.

        ``sort`` is one of ``drill_lines.ORDERS``; empty: newest acceptance first. By ``deadline`` without a state means
        the open cases. Lists of stocks (open, overdue, ...) leave the period out, as their tiles do.
        """
        asked, period = self._read(asked)
        self._node(asked.region)
        if sort and sort not in ORDERS:
            raise Refused(f"there is no order {sort!r}: use {', '.join(ORDERS)}", "sort")
        if not 1 <= limit <= LONGEST_PAGE:
            raise Refused(f"a page has 1 to {LONGEST_PAGE} cases", "limit")
        if sort == "deadline" and not asked.state:
            asked = msgspec.structs.replace(asked, state="open")
        at = self._moment()
        with self._extract.reading() as view:
            where = self._condition(view, asked, unit, at)
            where = worded(in_period(where, asked.state, period, self._days), q, view, self._base().tree, titles)
            rows, following = page(view, where, ORDERS[sort or "-accepted"], cursor, limit, asked.state)
            complete = not cursor and following is None
            n = len(rows) if complete else total(view, where, asked.state)
            return CaseLines(lines(rows, self._base(), at.now), n, following, AsOf(view.seq, at.now))

    def search(self, q: str, caller: Caller, limit: int = 12) -> list[Hit]:
        """Regions, cases and workers whose names or codes fit, within the caller's scope; for callers with the right
        ``personal`` also by addresses, phones and names of persons. Cases are left out while the extract is built."""
        q = q.strip()
        if len(q) < SHORTEST_SEARCH or limit < 1 or not caller.may("read"):
            return []
        base = self._base()
        found = [list(islice(region_hits(q, base, caller), limit)), self._found_cases(q, base, caller, limit)]
        found.append(list(islice(worker_hits(q, base, caller), limit)))
        return shared_out(found, limit)

    def _found_cases(self, q: str, base: BaseData, caller: Caller, limit: int) -> list[Hit]:
        try:
            with self._extract.reading() as view:
                found = case_hits(q, view, base, caller, limit)
        except NotReady:
            return []
        known = {hit.id for hit in found}
        more = told_hits(q, self._store, base, caller, limit) if len(found) < limit else []
        return (found + [hit for hit in more if hit.id not in known])[:limit]

    def _read(self, asked: Selection) -> tuple[Selection, Period]:
        period = read_period(asked.period or self._queries.running_month())
        return asked, period

    def _condition(self, view: View, asked: Selection, unit: str, at: Moment) -> Condition:
        return narrowed(inside(view, self._base().tree, asked.region), view, asked, unit, at.now, at.soon)

    def _moment(self) -> Moment:
        return Moment(self._now(), self._rules.due_soon)

    def _node(self, region: str) -> int:
        node = self._base().tree.node(region)
        if node is None:
            raise NotFoundHere(f"there is no region {region!r}", "region")
        return node

    def _place(self, node: int) -> Place:
        region = self._base().tree.regions[node]
        return Place(region.code, region.name, region.name_en, LEVELS[region.level], region.parent)
