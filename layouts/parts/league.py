"""Units in order of their score: places with their intervals, changes, a dot on a common axis, the panel of a page."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.queries.score_answers import League, LeagueRow, ModelInfo
from layouts import html
from layouts.address import RANKING, REGION, SCORE, Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.names import level_name, place_name
from layouts.parts.numerals import MISSING, count, decimal, share

FAR_DOWN = 5
"""From this many places down the change is drawn in amber."""


def league_panel(address: Address, league: League, lang: Lang, limit: int | None = None, as_of: str = "") -> Component:
    """The ranking of a page's children in a card; ``limit`` cuts it, with a link to all of it; ``as_of`` says its
    time."""
    everything = html.Link(text(lang, "score.ranking.see"), href=ranking_address(address, league).href)
    title = say(lang, "score.ranking.title", level=level_name(lang, league.level))
    model = model_name(lang, league.model)
    if not any(row.rank for row in league.rows):
        words = text(lang, "score.ranking.empty") if not league.rows else _below_words(lang, league)
        return card(title, html.P(words, className="soft"), note=[everything], name="league")
    rows = league.rows[:limit]
    ignores = [html.Span(text(lang, "region.ignores"))] if address.selection.filtered else []
    time = [html.Span(as_of)] if as_of else []
    note = [*ignores, html.Span(model), *time, everything]
    return card(title, league_table(address, league, rows), note=note, name="league")


def _below_words(lang: Lang, league: League) -> str:
    return say(lang, "score.ranking.below.note", min=league.min_due)


def ranking_address(address: Address, league: League) -> Address:
    """The whole ranking page of a league."""
    return address.plain(RANKING, level=league.level, region=league.under, model=address.model)


def model_name(lang: Lang, model: ModelInfo) -> str:
    """A model's name in a language."""
    return model.zh if lang == "zh-CN" else model.en


def league_table(address: Address, league: League, rows: Sequence[LeagueRow]) -> Component:
    """A plain table: place, change, unit, dot, score, on time, satisfied, overdue."""
    lang = address.language
    low = axis_low([row.score for row in rows if row.score is not None], league.median)
    words = {
        "rank": "num", "change": "league-change", "unit": "", "axis": "league-axis", "score": "num",
        "on_time": "num wide", "satisfaction": "num wide", "overdue": "num",
    }  # fmt: skip
    heads = [html.Th(_head(lang, key, league, low), className=name or None, scope="col") for key, name in words.items()]
    body = [_line(address, row, league, low) for row in rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table league-table")
    return html.Div(table, className="table-scroll")


def _head(lang: Lang, key: str, league: League, low: int) -> str:
    if key != "axis":
        return text(lang, f"score.ranking.{key}")
    return "" if league.median is None else say(lang, "score.ranking.median", median=decimal(league.median, 2))


def _line(address: Address, row: LeagueRow, league: League, low: int) -> Component:
    lang = address.language
    place = address.to(path=REGION, region=row.place.code, model="", level="")
    return html.Tr(
        [
            html.Td(rank_words(address, row), className="num league-rank"),
            html.Td(change_mark(lang, row.change) if row.rank else MISSING, className="league-change"),
            html.Td([html.Link(place_name(lang, row.place), href=place.href), " ", *_tags(lang, row, league)]),
            html.Td([dot(row.score, league.median, low)] if row.score is not None else [], className="league-axis"),
            html.Td(html.B(decimal(row.score, 2)), className="num"),
            html.Td(_percent(row.on_time_rate), className="num wide"),
            html.Td(_percent(row.satisfaction), className="num wide"),
            html.Td(overdue_words(row.overdue), className="num"),
        ]
    )


def rank_words(address: Address, row: LeagueRow) -> Component | str:
    """The place with its interval, leading to its explanation; 并列 where it is shared."""
    if row.rank is None:
        return MISSING
    lang = address.language
    tied = [html.Span(text(lang, "score.tied"), className="league-tag")] if row.tied else []
    interval = html.Span(interval_words(row), className="league-interval", title=text(lang, "score.interval.hint"))
    return html.Span([html.Link(html.B(str(row.rank)), href=score_address(address, row).href), *tied, interval])


def interval_words(row: LeagueRow) -> str:
    """``(3–12)``; nothing where the place is certain or there is none."""
    return "" if row.low is None or row.low == row.high else f"({row.low}–{row.high})"


def score_address(address: Address, row: LeagueRow) -> Address:
    """The explanation of a unit's score."""
    return address.plain(SCORE, region=row.place.code, model=address.model)


def change_mark(lang: Lang, change: int | None) -> Component:
    """Places won or lost; grey, amber where a unit fell far."""
    if not change:
        return html.Span(MISSING, className="soft", title=text(lang, "score.ranking.steady"))
    words = say(lang, "score.ranking.up" if change > 0 else "score.ranking.down", n=abs(change))
    arrow = html.Span("▲" if change > 0 else "▼", **{"aria-hidden": "true"}, className="league-arrow")
    tone = "warn" if change <= -FAR_DOWN else "soft"
    return html.Span(
        [arrow, html.Span(words, className="unseen"), html.Span(str(abs(change)), **{"aria-hidden": "true"})],
        className=tone,
    )


def _tags(lang: Lang, row: LeagueRow, league: League) -> list[Component]:
    if row.rank is None:
        return [html.Span(reason_words(lang, row, league), className="league-tag")]
    return [html.Span(text(lang, "score.small"), className="league-tag")] if row.small else []


def reason_words(lang: Lang, row: LeagueRow, league: League) -> str:
    """Why a unit is below the line."""
    return say(lang, f"score.ranking.reason.{row.reason}", min=league.min_due, note=row.note)


def overdue_words(n: int) -> Component | str:
    """Overdue open cases: the mark only where there are some."""
    if not n:
        return "0"
    return html.Span([html.Span("▲", **{"aria-hidden": "true"}), f" {count(n)}"], className="crit")


def _percent(value: float | None) -> str:
    return MISSING if value is None else f"{share(value)}%"


def axis_low(scores: Sequence[float], median: float | None) -> int:
    """Where the axis of the dots begins: the ten below the lowest score."""
    lowest = min([*scores, *([] if median is None else [median])], default=0.0)
    return max(0, int((lowest - 1) // 10 * 10))


def dot(score: float, median: float | None, low: int) -> Component:
    """A score on the axis ``low``..100 with a tick at the median; the number itself stands in the next cell."""
    tick = [] if median is None else [html.I(className="league-tick", style={"left": _at(median, low)})]
    return html.Span(
        [*tick, html.I(className="league-dot", style={"left": _at(score, low)})],
        className="league-line",
        **{"aria-hidden": "true"},
    )


def _at(score: float, low: int) -> str:
    return f"{max(0.0, (score - low) / (100 - low)) * 100:.1f}%"
