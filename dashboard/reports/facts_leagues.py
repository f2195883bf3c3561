"""Leagues of a report: units of each level in order of the model, with the counters and terms behind every score."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from dashboard.config import Settings
from dashboard.domain.base import BaseData, Unit
from dashboard.domain.indicators import Figures
from dashboard.domain.models import EXTENDED, counts_of
from dashboard.domain.periods import Period
from dashboard.domain.ranking import Model
from dashboard.domain.regions import LEVELS, Region
from dashboard.queries.answers import AsOf
from dashboard.queries.score_answers import League
from dashboard.queries.score_league import Standing, exclusions, league_rows, model_info, period_before, standing
from dashboard.reports.facts_counts import Corrected, correct, counts_by, known_of, nothing
from dashboard.reports.facts_totals import Question
from dashboard.reports.facts_view import under_way
from dashboard.reports.snapshot import ModelTerm

UNIT = "unit"
"""The name of the league of handling units (责任单位)."""

_UNIT_LEVEL = 1
"""What stands for the level of a unit where only a region's is known; its place is then named ``unit``."""


@dataclass(frozen=True)
class Judged:
    """What leagues are made by: the question, base data, settings, the model and the corrections of the period."""

    asked: Question
    base: BaseData
    settings: Settings
    model: Model
    corrected: Sequence[Corrected]


@dataclass(frozen=True)
class Stand:
    """Units of one level in the period and in the one before."""

    league: League
    before: League
    counts: dict[str, dict[str, int]]


def league_of(judged: Judged, level: str, top: str) -> Stand:
    """The league of a level inside ``top``."""
    tree = judged.base.tree
    codes = [tree.regions[node].code for node in tree.at_level(LEVELS.index(level), tree.latest[top])]
    regions = {code: tree.regions[node] for code, node in tree.latest.items()}
    return _stand(judged, level, top, f"l{LEVELS.index(level)}", codes, regions)


def units_league(judged: Judged, top: str) -> Stand:
    """The league of handling units: those of base data, and whatever else cases name."""
    codes = sorted(_units_named(judged) | set(_units_there(judged, top)))
    names = unit_names(judged.base)
    return _stand(judged, UNIT, top, "unit", codes, {code: _as_region(judged.base, code, names) for code in codes})


def standing_in(judged: Judged, level: str, top: str, period: Period) -> League:
    """A league of any period as it stands at the cut-off, without movements."""
    tree = judged.base.tree
    codes = [tree.regions[node].code for node in tree.at_level(LEVELS.index(level), tree.latest[top])]
    regions = {code: tree.regions[node] for code, node in tree.latest.items()}
    here = _standing(judged, _figures(judged, f"l{LEVELS.index(level)}", codes, period), period)
    return _league(judged, level, top, period, here, None, regions)


def _stand(judged: Judged, level: str, top: str, by: str, codes: Sequence[str], regions: Mapping[str, Region]) -> Stand:
    period, earlier = judged.asked.period, period_before(judged.asked.period)
    known = _figures(judged, by, codes, period)
    now, before = _standing(judged, known, period), _standing(judged, _figures(judged, by, codes, earlier), earlier)
    counts = {code: dict(found.counts) for code, found in known.items()}
    return Stand(
        _league(judged, level, top, period, now, before, regions),
        _league(judged, level, top, earlier, before, None, regions),
        counts,
    )


def _figures(judged: Judged, by: str, codes: Sequence[str], period: Period) -> dict[str, Figures]:
    """Figures of each code, corrections of the report's own period included; an earlier period that the system ran for
    a part of has none: ranks by half a month are no places to have moved from."""
    asked, own = judged.asked, period == judged.asked.period
    ran = own or under_way(asked.view, period.first, period.last)
    found = counts_by(asked.view, asked.where, period, asked.cut, by) if ran else {}
    if own:
        correct(found, judged.corrected, by)
    extended = (extended_by(judged, by, period) if ran else {}) if EXTENDED in counts_of(judged.model) else None
    number = asked.view.words.find if by == "unit" else lambda code: asked.view.places.number.get(code, -2)
    none = nothing()
    return {
        code: known_of(
            found.get(number(code), none), asked.satisfied, None if extended is None else extended.get(number(code), 0)
        )
        for code in codes
    }


def extended_by(judged: Judged, by: str, period: Period) -> dict[int, int]:
    """Cases accepted in a period whose deadline was extended up to the cut-off, by a column."""
    view, where = judged.asked.view, judged.asked.where.also("accepted = 1 AND day BETWEEN ? AND ?", *_span(period))
    query = f"SELECT {by}, count(*) FROM cases WHERE key IN (SELECT key FROM extended) AND {where.sql} GROUP BY ALL"
    return {int(group): int(n) for group, n in view.rows(query, where.values)}


def _span(period: Period) -> tuple[int, int]:
    return period.first, period.last


def _standing(judged: Judged, known: Mapping[str, Figures], period: Period) -> Standing:
    configured = exclusions(judged.settings.excluded, period)
    out = {code: why for code, why in configured.items() if code in known}
    return standing(known, judged.model, judged.settings.rules, out)


def _league(
    judged: Judged, level: str, top: str, period: Period, here: Standing, before: Standing | None,
    regions: Mapping[str, Region],
) -> League:  # fmt: skip
    info, rules, cut = model_info(judged.model), judged.settings.rules, judged.asked.cut
    rows = league_rows(here, before, regions)
    if level == UNIT:
        rows = [
            msgspec.structs.replace(row, place=msgspec.structs.replace(row.place, level=UNIT, parent=None))
            for row in rows
        ]
    return League(
        level, period.text, top, info, [info], rules.min_due, rules.small_sample, here.ranking.median,
        AsOf(cut.seq, cut.time), rows,
    )  # fmt: skip


def _units_named(judged: Judged) -> set[str]:
    """Units of the cases accepted in the period or the one before, and of those that something happened to."""
    view, where, found = judged.asked.view, judged.asked.where, set[int]()
    for period in (judged.asked.period, period_before(judged.asked.period)):
        for table, column in (("cases", "day"), ("flows", "on_day")):
            query = f"SELECT DISTINCT unit FROM {table} WHERE {column} BETWEEN ? AND ? AND {where.sql}"
            found |= {row[0] for row in view.rows(query, (*_span(period), *where.values))}
    return {view.words.text(number) for number in found} - {""}


def _units_there(judged: Judged, top: str) -> list[str]:
    """Units of base data that belong to the region; without a filter they are listed even with no case."""
    node = judged.base.tree.latest[top]
    whole = node == 0 and not judged.asked.where.parts
    return [unit.code for unit in judged.base.units.values() if whole or _inside(judged, unit, node)]


def _inside(judged: Judged, unit: Unit, node: int) -> bool:
    tree = judged.base.tree
    home = tree.latest.get(unit.region or "")
    return home is not None and node <= home < int(tree.end[node])


def _as_region(base: BaseData, code: str, names: Mapping[str, str]) -> Region:
    unit = base.units.get(code)
    return Region(code, names.get(code, code), _UNIT_LEVEL, group="" if unit is None else unit.group)


def unit_names(base: BaseData) -> dict[str, str]:
    """Names of units by code; those that several have (区公安分局) with the region of each (槐湖区公安分局)."""
    often = Counter(unit.name for unit in base.units.values())
    return {
        unit.code: unit.name if often[unit.name] == 1 else _with_region(base, unit) for unit in base.units.values()
    }


def _with_region(base: BaseData, unit: Unit) -> str:
    node = base.tree.latest.get(unit.region or "")
    place = "" if node is None else base.tree.regions[node].name
    shared = 1 if place and unit.name.startswith(place[-1]) else 0
    return place + unit.name[shared:]


def groups_of(base: BaseData, leagues: Mapping[str, League]) -> dict[str, str]:
    """The ranking group of each ranked place: its own, else the type of region (街道, 镇); those without are absent."""
    found: dict[str, str] = {}
    for level, league in leagues.items():
        for row in league.rows:
            found[row.place.code] = _group(base, level, row.place.code)
    return {code: group for code, group in found.items() if group}


def _group(base: BaseData, level: str, code: str) -> str:
    if level == UNIT:
        unit = base.units.get(code)
        return "" if unit is None else unit.group
    region = base.tree.regions[base.tree.latest[code]]
    return region.group or region.kind


def terms_of(model: Model) -> list[ModelTerm]:
    """The terms of a model in plain values."""
    return [
        ModelTerm(
            term.key, term.zh, float(term.weight), term.numerator, term.denominator, term.inverted, term.bands,
            float(term.floor), float(term.full), term.definition_zh, term.basis,
        )
        for term in model.terms
    ]  # fmt: skip
