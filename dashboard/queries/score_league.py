"""Units of one level in order of a model, with how sure each rank is and where each stood in the period before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from dashboard.config import Exclusion, Rules
from dashboard.domain.indicators import BY_KEY, Figures, evaluate
from dashboard.domain.intervals import moved, rank_intervals, spread
from dashboard.domain.periods import Period, as_date, as_day, parse_period, plus_months
from dashboard.domain.ranking import Model, Ranking, rank
from dashboard.domain.regions import LEVELS, Region
from dashboard.queries.answers import Place
from dashboard.queries.score_answers import LeagueRow, ModelInfo


@dataclass(frozen=True)
class Standing:
    """Who stands where in one period: figures by code, the ranking, (low, high) by code of those above the line."""

    known: Mapping[str, Figures]
    ranking: Ranking
    intervals: Mapping[str, tuple[int, int]]
    excluded: Mapping[str, str]

    def rank_of(self, code: str) -> int | None:
        """A unit's place, None below the line."""
        return next((row.rank for row in self.ranking.rows if row.code == code), None)

    def ranked(self) -> list[Figures]:
        """Figures of the units above the line."""
        return [self.known[row.code] for row in self.ranking.rows]


def standing(known: Mapping[str, Figures], model: Model, rules: Rules, excluded: Mapping[str, str]) -> Standing:
    """Ranks units, the ``excluded`` ones (code -> reason) left out of it."""
    among = {code: found for code, found in known.items() if code not in excluded}
    ranking = rank(among.items(), model, rules.min_due, rules.small_sample)
    return Standing(known, ranking, _intervals(ranking, known, model), excluded)


def _intervals(ranking: Ranking, known: Mapping[str, Figures], model: Model) -> dict[str, tuple[int, int]]:
    spreads = [spread(known[row.code], model) for row in ranking.rows]
    found = rank_intervals([row.score for row in ranking.rows], spreads).tolist()
    return {
        row.code: (min(low, row.rank), max(high, row.rank))
        for row, (low, high) in zip(ranking.rows, found, strict=True)
    }


def rank_if(known: Figures, code: str, others: Standing, model: Model, rules: Rules) -> int | None:
    """The place a unit would take with other figures, everybody else as they are; None below the line."""
    among = {unit: found for unit, found in others.known.items() if unit not in others.excluded} | {code: known}
    found = rank(among.items(), model, rules.min_due, rules.small_sample)
    return next((row.rank for row in found.rows if row.code == code), None)


def league_rows(now: Standing, before: Standing | None, regions: Mapping[str, Region]) -> list[LeagueRow]:
    """Rows above the line in order, then those below it: excluded, few cases, none."""
    above = [
        league_row(
            row.code, now, regions, rank=row.rank, tied=row.tied, small=row.small, score=row.score,
            change=_change(row.code, now, before),
        )
        for row in now.ranking.rows
    ]  # fmt: skip
    out = [
        league_row(code, now, regions, reason="excluded", note=now.excluded[code])
        for code in now.known
        if code in now.excluded
    ]
    below = [league_row(row.code, now, regions, small=True, reason=row.reason) for row in now.ranking.below]
    return above + out + sorted(below, key=lambda row: -row.due)


def _change(code: str, now: Standing, before: Standing | None) -> int | None:
    """Places won since the period before, None within noise: while the rank intervals overlap."""
    here, there = now.intervals.get(code), None if before is None else before.intervals.get(code)
    if before is None or here is None or there is None:
        return None
    was, is_now = before.rank_of(code), now.rank_of(code)
    return was - is_now if was is not None and is_now is not None and moved(there, here) else None


def league_row(
    code: str, now: Standing, regions: Mapping[str, Region], *, rank: int | None = None, tied: bool = False,
    small: bool = False, score: float | None = None, change: int | None = None, reason: str = "", note: str = "",
) -> LeagueRow:  # fmt: skip
    """One unit with the figures it is judged by."""
    known, region = now.known[code], regions[code]
    low, high = now.intervals.get(code, (None, None))
    due, rated = (known.total(names) or 0 for names in (BY_KEY["due_to_close"].numerator, ("rated",)))
    on_time, closure, rework, reopen, satisfied = (evaluate(BY_KEY[key], known).value for key in _RATES)
    parent = regions.get(region.parent or "")
    return LeagueRow(
        place_of(region), None if parent is None else place_of(parent), rank, tied, small, reason, low, high, change,
        score, due, on_time, closure, rework, reopen, satisfied, rated, known.counts.get("overdue_cohort", 0), note,
    )  # fmt: skip


_RATES = ("on_time_rate", "closure_rate", "rework_rate", "reopen_rate", "satisfaction")


def place_of(region: Region) -> Place:
    """A region as the answers name it."""
    return Place(region.code, region.name, region.name_en, LEVELS[region.level], region.parent)


def model_info(model: Model) -> ModelInfo:
    """A model as people choose it."""
    return ModelInfo(model.key, model.version, model.zh, model.en)


def exclusions(configured: Sequence[Exclusion], period: Period) -> dict[str, str]:
    """Codes that are not ranked in a period, with the reason; a span is told by the period's text."""
    return {one.region: one.reason for one in configured if one.period in ("", period.text)}


def period_before(period: Period) -> Period:
    """The period before, of the same kind: a month before a month, a quarter before a quarter, as many months before
    whole ones, else as many days."""
    months = period.whole_months()
    if months:
        first, last = plus_months(months[0], -len(months)), plus_months(months[-1], -len(months))
        return parse_period(_text(period.text, first, last))
    length = (as_date(period.last) - as_date(period.first)).days + 1
    first_day, last_day = as_date(period.first) - timedelta(length), as_date(period.first) - timedelta(1)
    text = last_day.isoformat() if length == 1 else f"{first_day.isoformat()}..{last_day.isoformat()}"
    return Period(as_day(first_day), as_day(last_day), text)


def _text(text: str, first: int, last: int) -> str:
    if ".." in text:
        return f"{first // 100:04d}-{first % 100:02d}..{last // 100:04d}-{last % 100:02d}"
    if "Q" in text.upper():
        return f"{first // 100:04d}-Q{last % 100 // 3}"
    return f"{first // 100:04d}-{first % 100:02d}" if first == last else f"{first // 100:04d}"
