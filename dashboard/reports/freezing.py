"""From store and extract at a cut-off to a ``Snapshot``: everything a report says, frozen.

The same cut-off gives the same bytes however many events came later: cases that changed since are folded again up to
it (``facts_view``), stocks are counted at its instant, and nothing else of the present enters but base data (names,
borders, limits) and settings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import UNSET, UnsetType

from dashboard.domain.base import BaseData
from dashboard.domain.indicators import INDICATORS
from dashboard.domain.periods import LocalDays, Period
from dashboard.domain.ranking import Model
from dashboard.domain.regions import LEVELS
from dashboard.extract import View
from dashboard.queries.answers import Place
from dashboard.queries.drill_lines import containing
from dashboard.queries.drill_where import Condition, inside, narrowed
from dashboard.queries.errors import Refused
from dashboard.queries.score_answers import League
from dashboard.queries.score_league import model_info, period_before, place_of
from dashboard.queries.selection import Selection
from dashboard.reports.asking import checked, period_of
from dashboard.reports.facts_analysis import analysis_facts
from dashboard.reports.facts_counts import Corrected, corrected_in
from dashboard.reports.facts_crew import crew_facts
from dashboard.reports.facts_leagues import (
    UNIT,
    Judged,
    Stand,
    groups_of,
    league_of,
    standing_in,
    terms_of,
    units_league,
)
from dashboard.reports.facts_lists import bottom_of, gaps_of, lists_of
from dashboard.reports.facts_own import own_of
from dashboard.reports.facts_restated import restated_of
from dashboard.reports.facts_totals import Question, total_facts
from dashboard.reports.facts_view import Books, cut_now, note_extended, view_at
from dashboard.reports.freeze_rules import FreezeRules
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import BASE_VERSION, Asked, Correction, Cut, Fact, Own, Snapshot

__all__ = ["Books", "FreezeRules", "Tell", "close_period", "freeze"]

Tell = Callable[[float], None]
"""Takes the share that is done, 0 to 1."""
USUAL = FreezeRules()
_FILTERS = ("category", "channel", "unit", "state", "hour", "weekday")


def _nobody(share: float) -> None:
    return None


def close_period(books: Books) -> Cut:
    """The cut-off of a period that is closed at this moment: every event stored so far, the present instant."""
    return cut_now(books)


def freeze(
    books: Books, asked: Asked, cut: Cut, rules: FreezeRules = USUAL, *,
    corrections: Sequence[Correction] = (), issued: Sequence[Snapshot] = (), groups: Mapping[str, str] | None = None,
    tell: Tell = _nobody,
) -> Snapshot:  # fmt: skip
    """Freeze what is asked as of ``cut``.

    ``corrections`` are the accepted appeals, ``issued`` the snapshots of earlier issued reports of the same kind and
    region, newest first, ``groups`` the ranking groups that an office names itself, by code: the region's own place is
    one in its group. ``ReportRefused`` says why there can be no such report: a period that is not over, a region,
    level, model or filter that does not exist.
    """
    base, days = books.base(), LocalDays(books.settings.zone)
    asked = checked(asked, base.tree, days.day(cut.time))
    model = _model(books, asked.model)
    top = asked.region or _root(base)
    with view_at(books, cut) as view:
        note_extended(view, books, cut, model)
        tell(0.3)
        work = _Work(books, base, asked, cut, rules, view, model, top, period_of(asked), days, groups or {})
        return work.snapshot(corrections, issued, tell)


def _model(books: Books, key: str) -> Model:
    found = books.models.get(key) if key else next(iter(books.models.values()))
    if found is None:
        raise ReportRefused(f"there is no score model {key!r}: use {', '.join(books.models)}", "model", "model")
    return found


def _root(base: BaseData) -> str:
    if not len(base.tree):
        raise ReportRefused("there are no regions yet: import them first", "empty", "region")
    return base.tree.regions[0].code


@dataclass(frozen=True)
class _Work:
    """One freezing, everything resolved."""

    books: Books
    base: BaseData
    asked: Asked
    cut: Cut
    rules: FreezeRules
    view: View
    model: Model
    top: str
    period: Period
    days: LocalDays
    named: Mapping[str, str] = field(default_factory=dict)

    def snapshot(self, corrections: Sequence[Correction], issued: Sequence[Snapshot], tell: Tell) -> Snapshot:
        question = self._question(inside(self.view, self.base.tree, self.top))
        corrected = corrected_in(self.view, question.where, corrections)
        facts, _ = total_facts(question, corrected)
        tell(0.45)
        analysis, names = analysis_facts(question, corrected, self.base, self.rules.repeat_days)
        tell(0.55)
        stands, units = self._leagues(question, corrected), self._units(question, corrected)
        leagues = {level: stand.league for level, stand in stands.items()}
        everybody = stands | ({} if units is None else {UNIT: units})
        standing = {level: stand.league for level, stand in everybody.items()}
        tell(0.75)
        lists, lengths = lists_of(question, self.base, self.rules.list_length, self.rules.crossing_tag)
        crew = crew_facts(self.books, self.base, self.top, self.period, self.cut, self.days) if self._whole else {}
        tell(0.9)
        groups = groups_of(self.base, standing)
        info = model_info(self.model)
        return Snapshot(
            asked=self.asked, cut=self.cut, place=self._place(), first=self.period.first, last=self.period.last,
            facts=facts | analysis | lengths | crew | _sizes(standing),
            names=names | self._names(leagues, standing.get(UNIT)) | self._told, model=info,
            definitions=[(one.key, one.zh, one.definition_zh) for one in INDICATORS if one.unit != "people"],
            leagues=leagues, before_leagues={level: stand.before for level, stand in stands.items()}, groups=groups,
            lists=lists, units=standing.get(UNIT), gaps=gaps_of(question, self.base, self.top),
            bottom=self._bottom(question, stands, groups, issued),
            restated=[one for earlier in issued for one in restated_of(self.books, earlier, self.cut)],
            corrections=[one.correction for one in corrected], zone=self.days.zone,
            counts={level: stand.counts for level, stand in everybody.items()},
            terms={self.model.key: terms_of(self.model)}, demo=self.books.demo,
            own=self._own(corrected),
        )  # fmt: skip

    @property
    def _told(self) -> dict[str, str]:
        """What a recount has to be told besides: the tag of 三跨, the counts that make what is due in the model, the
        version of base data."""
        told = {"list.crossing": self.rules.crossing_tag, "model.due": ",".join(self.model.due)}
        return told | {BASE_VERSION: str(self.base.version)}

    @property
    def _whole(self) -> bool:
        """Whether the report is about all cases of its region, not a choice of them."""
        return not self.asked.filters

    def _question(self, place: Condition) -> Question:
        rules = self.books.settings.rules
        return Question(
            self.view, self._narrowed(place), self.period, self.cut, self.days, rules.satisfied_score, rules.due_soon
        )

    def _narrowed(self, place: Condition) -> Condition:
        filters = dict(self.asked.filters)
        selection = Selection(**{name: filters.pop(name) for name in _FILTERS if name in filters})
        self._expect_known(selection)
        words = filters.pop("words", "")
        for name in ("region", "grid"):
            for code in filter(None, [filters.pop(name, "")]):
                if code not in self.base.tree.latest:
                    raise ReportRefused(f"there is no {name} {code!r}", "filter", name)
                narrower = inside(self.view, self.base.tree, code)
                place = Condition((*place.parts, *narrower.parts), (*place.values, *narrower.values))
        if filters:
            raise ReportRefused(f"reports know no filter {min(filters)!r}", "filter", min(filters))
        try:
            found = narrowed(place, self.view, selection, "", self.cut.time, self.books.settings.rules.due_soon)
        except Refused as problem:
            raise ReportRefused(str(problem), "filter", problem.where) from problem
        named = containing(Condition(), words)
        return found.also(f"key IN (SELECT key FROM cases WHERE {named.sql})", *named.values) if words else found

    def _expect_known(self, chosen: Selection) -> None:
        """``ReportRefused`` for a category, channel or unit that neither base data nor any case has."""
        words, base = self.view.words, self.base
        for name, code, known in (
            ("category", chosen.category, chosen.category in base.categories or words.starting(chosen.category)),
            ("channel", chosen.channel, words.find(chosen.channel) >= 0),
            ("unit", chosen.unit, chosen.unit in base.units or words.find(chosen.unit) >= 0),
        ):
            if code and not known:
                raise ReportRefused(f"there is no {name} {code!r}", "filter", name)

    def _judged(self, question: Question, corrected: Sequence[Corrected]) -> Judged:
        return Judged(question, self.base, self.books.settings, self.model, corrected)

    def _leagues(self, question: Question, corrected: Sequence[Corrected]) -> dict[str, Stand]:
        level = int(self.base.tree.level[self.base.tree.latest[self.top]])
        below = [name for name in self.asked.levels if LEVELS.index(name) > level]
        return {name: league_of(self._judged(question, corrected), name, self.top) for name in below}

    def _own(self, corrected: Sequence[Corrected]) -> Own | UnsetType:
        """The region's place among its peers; none of the whole city, nor where cases are a choice."""
        node, root = self.base.tree.latest[self.top], _root(self.base)
        if node == 0 or not self._whole:
            return UNSET
        judged = self._judged(self._question(inside(self.view, self.base.tree, root)), corrected)
        return own_of(judged, LEVELS[int(self.base.tree.level[node])], root, self.top, self.named)

    def _units(self, question: Question, corrected: Sequence[Corrected]) -> Stand | None:
        return units_league(self._judged(question, corrected), self.top) if self.rules.units else None

    def _bottom(
        self, question: Question, stands: dict[str, Stand], groups: dict[str, str], issued: Sequence[Snapshot]
    ) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for level, stand in stands.items():
            series = [stand.league, *self._earlier(question, level, stand, issued)]
            found[level] = bottom_of(series[: self.rules.bottom_periods], groups)
        return {level: codes for level, codes in found.items() if codes}

    def _earlier(self, question: Question, level: str, stand: Stand, issued: Sequence[Snapshot]) -> list[League]:
        """Leagues of the periods before, the last one first: as they were issued, else as they stand at the cut-off."""
        told = {one.asked.period: one.leagues[level] for one in issued if level in one.leagues}
        found, period = list[League](), self.period
        for number in range(self.rules.bottom_periods - 1):
            period = period_before(period)
            counted = stand.before if number == 0 else None
            found.append(told.get(period.text) or counted or self._standing(question, level, period))
        return found

    def _standing(self, question: Question, level: str, period: Period) -> League:
        return standing_in(self._judged(question, ()), level, self.top, period)

    def _place(self) -> Place:
        return place_of(self.base.tree.regions[self.base.tree.latest[self.top]])

    def _names(self, leagues: dict[str, League], units: League | None) -> dict[str, str]:
        """Of handling units only those that have a part in the report: a district's names nobody else's."""
        tree = self.base.tree
        codes = {row.place.code for league in leagues.values() for row in league.rows}
        codes |= {tree.regions[node].code for node in tree.children(tree.latest[self.top])}
        codes |= {tree.regions[node].code for node in tree.chain(tree.latest[self.top])}
        told = {row.place.code for row in (units.rows if units else ())} | set(self.asked.filters.values())
        return {code: tree.regions[tree.latest[code]].name for code in codes} | {
            unit.code: unit.name for unit in self.base.units.values() if unit.code in told
        }


def _sizes(leagues: dict[str, League]) -> dict[str, Fact]:
    """``ranked.LEVEL``: how many units have a rank."""
    counts = {level: sum(row.rank is not None for row in league.rows) for level, league in leagues.items()}
    return {f"ranked.{level}": Fact(n, "number") for level, n in counts.items()}
