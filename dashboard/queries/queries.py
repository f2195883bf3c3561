"""Questions about any region and any period, answered from the store."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.indicators import Figures, figures
from dashboard.domain.models import EXTENDED, counts_of
from dashboard.domain.periods import MINUTE, LocalDays, Period, parse_period
from dashboard.domain.ranking import Model, rank
from dashboard.domain.regions import LEVELS
from dashboard.domain.tallies import COLUMN, FLOW, WIDTH
from dashboard.queries.answers import (
    AsOf,
    CasePage,
    Kpis,
    Place,
    Quarantine,
    QuarantineSample,
    Ranking,
    Timeline,
    WorkerList,
)
from dashboard.queries.borders import Borders
from dashboard.queries.cases import CaseFilters, case_record, select_cases, timeline
from dashboard.queries.counting import first_month, held, period_keys, sum_region, sum_regions
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.queries.kept import Kept
from dashboard.queries.kpis import Rules, beside, equation, evaluated, span_of, stored, stored_below, stored_cohort
from dashboard.queries.league import chosen_model, level_number, row_above, row_below
from dashboard.queries.open_stock import overdue_by_region
from dashboard.queries.past import past_cut_off
from dashboard.queries.people import workers_inside
from dashboard.queries.refolding import Refolded, add_up, add_up_by_region, counted_cases, past_cases
from dashboard.queries.score_cases import extended_by_region
from dashboard.queries.score_models import default_model
from dashboard.store.store import Store

MOMENT_AGE = 15 * MINUTE
"""Moments older than this say nothing of the present."""

SAMPLE_BYTES = 500
"""How much of a refused item is shown."""


class Queries:
    """Reads only; thread-safe.

    ``base`` gives the base data in force, ``now`` the present of the data directory (epoch ms), ``presence`` the live
    counts of a region (names: ``domain.indicators.PRESENCE``) or None; without it presence is that of the newest stored
    moment. ``models`` are the score models by key, the default first (``score_models.models_of``); without them there
    is that of the settings alone.
    """

    def __init__(
        self,
        store: Store,
        base: Callable[[], BaseData],
        settings: Settings,
        now: Callable[[], int],
        presence: Callable[[str], Mapping[str, int] | None] | None = None,
        models: Mapping[str, Model] | None = None,
    ) -> None:
        self._store, self._base, self._settings, self._now = store, base, settings, now
        self._presence = presence or self._stored_presence
        default = default_model(settings)
        self.models: Mapping[str, Model] = models or {default.key: default}
        self._days = LocalDays(settings.zone)
        self._kept = Kept.within(base().tree, self._days)
        self._rules = Rules(settings.rules.due_soon, settings.rules.satisfied_score)

    def running_month(self) -> str:
        """The month of the present as a period text."""
        month = self._days.month(self._now())
        return f"{month // 100:04d}-{month % 100:02d}"

    def _stored_presence(self, region: str) -> Mapping[str, int] | None:
        return self._stored_presences([region]).get(region)

    def _stored_presences(self, codes: Sequence[str]) -> dict[str, Mapping[str, int]]:
        """Presence at the newest of the moments that are stored every ten minutes; empty where all are too old."""
        now = self._now()
        moments = self._store.moments(now - MOMENT_AGE, now)
        found = {code: moments[-1].of(code) for code in codes} if moments else {}
        return {
            code: {name: counts[name] for name in ("moving", "still", "silent")}
            for code, counts in found.items()
            if counts is not None
        }

    def presence(self, region: str) -> Mapping[str, int] | None:
        """Workers of a region by presence, as ``kpis`` counts them; None where it is not known."""
        return self._presence(region)

    def presences(self, codes: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """Workers of many regions by presence; regions of which it is not known are absent."""
        if self._presence == self._stored_presence:
            return self._stored_presences(codes)
        found = {code: self._presence(code) for code in codes}
        return {code: counts for code, counts in found.items() if counts is not None}

    def as_of(self) -> AsOf:
        """The present cut-off."""
        return AsOf(self._store.last_seq(), self._now())

    def kpis(self, region: str, period: str, as_of: str = "") -> Kpis:
        """Every indicator of a region and period; ``as_of`` is a past cut-off ``SEQ`` or ``SEQ@INSTANT``, empty: now.

        Stocks are those at the cut-off, whatever the period. A past cut-off is folded from the events with the base
        data of today.
        """
        base, span = self._base(), read_period(period)
        node = self._node(region)
        cut_off = past_cut_off(self._store, as_of) if as_of else self.as_of()
        known = self._known(region, int(base.tree.level[node]), span, cut_off, bool(as_of))
        presence = None if as_of else self._presence(region)
        return Kpis(
            self._place(node), period, span.first, span.last, cut_off,
            evaluated(known, presence, self._rules), beside(known), equation(known),
        )  # fmt: skip

    def _known(self, region: str, level: int, period: Period, cut_off: AsOf, past: bool) -> Refolded:
        borders = self._current_borders()
        with self._store.read() as connection:
            if held(period, level) and not past:
                return stored(connection, self._current(), region, period, cut_off.time, self._rules)
            cases = (
                past_cases(connection, self._base(), borders, region, cut_off.seq)
                if past
                else counted_cases(connection, borders, region)
            )
            return add_up(cases, self._days, period, cut_off.time, self._rules.due_soon)

    def known_cohort(self, region: str, period: Period, now: int) -> Figures:
        """Flows and cohorts of a region as they stand now; the period must be one that tallies hold for its level."""
        with self._store.read() as connection:
            return stored_cohort(connection, self._current(), region, period, now, self._rules)

    def first_month(self) -> int | None:
        """The first month (202610) that any case belongs to; of spans before it nothing is known."""
        with self._store.read() as connection:
            return first_month(connection)

    def known_flows(self, region: str, period: Period) -> dict[str, int]:
        """Counters of what happened on the days of a period in a region; it must be one that tallies hold."""
        with self._store.read() as connection:
            counts = sum_region(connection, region, period_keys(period)).tolist()
        return {name: counts[COLUMN[name]] for name in FLOW}

    def handling_ahead(self, codes: Sequence[str], month: int) -> None:
        """Read how long the cases of a month took in these regions, so that it is known when it is asked for."""
        with self._store.read() as connection:
            self._current().handling.of(connection, codes, [month])

    def known_below(self, codes: Sequence[str], period: Period, now: int) -> dict[str, Refolded]:
        """Counts of many regions, none inside another, from stored rows; one of which nothing is stored may be absent.

        The period must be one that tallies hold for their levels, see ``counting.held``.
        """
        with self._store.read() as connection:
            return stored_below(connection, self._current(), codes, period, now, self._rules)

    def ranking(self, level: str = "", period: str = "", model: str = "", under: str = "") -> Ranking:
        """Units of a level (default: the configured one) in order of a score model, those below the line last."""
        base, as_of = self._base(), self.as_of()
        regions = base.tree.regions
        level = level or self._settings.ranking_level
        chosen = chosen_model(self.models, model)
        top = self._node(under) if under else 0
        nodes = (
            {regions[n].code: regions[n] for n in base.tree.at_level(level_number(LEVELS, level), top)}
            if regions
            else {}
        )
        period = period or self.running_month()
        known = self.figures_of(list(nodes), level_number(LEVELS, level), read_period(period), as_of.time, chosen)
        limits = self._settings.rules
        ranked = rank(known.items(), chosen, limits.min_due, limits.small_sample)
        rows = [row_above(row, nodes[row.code], known[row.code]) for row in ranked.rows]
        rows += [row_below(row, nodes[row.code], known[row.code]) for row in ranked.below]
        return Ranking(level, period, under, chosen.key, chosen.version, as_of, rows)

    def figures_of(
        self, codes: Sequence[str], level: int, period: Period, now: int, model: Model, inside: str = "", unit: str = ""
    ) -> dict[str, Figures]:
        """The counts that a model needs of regions of one level, overdue as at ``now``, each code with a row.

        ``inside`` narrows to cases that lay in that region when they were accepted, ``unit`` to those of a unit.
        """
        borders = self._current_borders()
        elsewhere = bool(inside and borders.changes)
        with self._store.read() as connection:
            if held(period, level) and not unit and not elsewhere:
                counts = self._counts_held(connection, codes, level, period, now)
            else:
                counts = self._counts_of_cases(connection, codes, level, period, now, inside, unit)
            if EXTENDED not in counts_of(model):
                return {code: Figures(found) for code, found in counts.items()}
            late = extended_by_region(connection, borders, level, span_of(period, self._days), unit)
        return {code: Figures(found | {EXTENDED: late.get(code, 0)}) for code, found in counts.items()}

    def _counts_held(
        self, connection: Connection, codes: Sequence[str], level: int, period: Period, now: int
    ) -> dict[str, dict[str, int]]:
        counts = sum_regions(connection, codes, period_keys(period))
        late = overdue_by_region(connection, self._current().cases, level, span_of(period, self._days), now)
        nothing = [0] * WIDTH
        return {
            code: self._counted(counts[code].tolist() if code in counts else nothing, late.get(code, 0))
            for code in codes
        }

    def _counts_of_cases(
        self, connection: Connection, codes: Sequence[str], level: int, period: Period, now: int, inside: str, unit: str
    ) -> dict[str, dict[str, int]]:
        borders, none = self._current_borders(), Refolded()
        cases = counted_cases(connection, borders, inside, span_of(period, self._days)[0], unit)
        found = add_up_by_region(cases, borders, level, period, now, self._rules.due_soon)
        known = {code: found.get(code, none) for code in codes}
        return {code: self._counted(one.counts.tolist(), one.cohort_overdue) for code, one in known.items()}

    def _counted(self, tally: list[int], overdue: int) -> dict[str, int]:
        return dict(figures(tally, overdue, satisfied_score=self._rules.satisfied_score).counts)

    def _current_borders(self) -> Borders:
        return self._current().borders

    def _current(self) -> Kept:
        tree = self._base().tree
        if self._kept.borders.tree is not tree:
            self._kept = Kept.within(tree, self._days)
        return self._kept

    def _place(self, node: int) -> Place:
        region = self._base().tree.regions[node]
        return Place(region.code, region.name, region.name_en, LEVELS[region.level], region.parent)

    def cases(self, filters: CaseFilters, cursor: str = "", limit: int = 100) -> CasePage:
        """One page of cases, newest first; ``Refused`` for a bad period or cursor."""
        as_of, borders = self.as_of(), self._current_borders()
        inside = None
        if filters.region:
            self._node(filters.region)
            inside = borders.inside_sql(filters.region)
        with self._store.read() as connection:
            rows, following = select_cases(connection, filters, inside, self._days, as_of.time, cursor, limit)
        return CasePage([case_record(row, as_of.time) for row in rows], following, as_of)

    def case(self, case_id: str) -> Timeline | None:
        """A case with its stored events in the order they count in; None where there is none."""
        with self._store.read() as connection:
            found = self._store.cases([case_id], connection)
            events = self._store.events_of([case_id], connection)
        return Timeline(case_record(found[0], self._now()), timeline(events)) if found else None

    def workers(self, region: str) -> WorkerList:
        """Workers whose own region lies in a region."""
        return WorkerList(region, workers_inside(self._base(), self._node(region)))

    def quarantine(self, limit: int = 50) -> Quarantine:
        """Refused items: how many for each reason, and the newest ones."""
        newest = self._store.quarantined(limit)
        samples = [
            QuarantineSample(row.received, row.source, row.reason, row.detail, row.case_id, _shown(row.raw))
            for row in newest
        ]
        return Quarantine(self._store.quarantine_counts(), samples)

    def _node(self, region: str) -> int:
        node = self._base().tree.node(region)
        if node is None:
            raise NotFoundHere(f"there is no region {region!r}", "region")
        return node

    def _day(self, date: str) -> int:
        period = read_period(date, "date")
        if period.first != period.last:
            raise Refused(f"{date!r} is not a day", "date")
        return period.first


def read_period(text: str, where: str = "period") -> Period:
    """A period by its text; ``Refused`` names the parameter ``where`` it stands."""
    try:
        return parse_period(text)
    except ValueError as problem:
        raise Refused(str(problem), where) from problem


def _shown(raw: bytes) -> str:
    return raw[:SAMPLE_BYTES].decode("utf-8", "replace")
