"""The page ``/score``: why a unit has its score and its rank."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.queries.score_answers import Explanation, TermPart
from dashboard.security.caller import Caller
from layouts import html
from layouts.address import RANKING, SCORE, Address
from layouts.i18n import Lang, say, text
from layouts.pages.ranking import exports, heading_note, model_choice
from layouts.parts.cut_off import cut_off
from layouts.parts.league import interval_words
from layouts.parts.names import place_name
from layouts.parts.numerals import MISSING, count, decimal
from layouts.parts.periods import period_choice
from layouts.parts.score_movers import cases_card, children_card, what_if_card
from layouts.parts.score_terms import term_name, terms_card, waterfall_card
from layouts.parts.shell import Crumb

__all__ = ["crumbs", "heading", "heading_note", "layout"]


def heading(lang: Lang, told: Explanation) -> str:
    """What the page is called."""
    return say(lang, "score.page", name=place_name(lang, told.place))


def crumbs(address: Address, told: Explanation) -> tuple[Crumb, ...]:
    """The ranking the unit stands in, and the region above it."""
    lang = address.language
    ranking = address.plain(RANKING, level=told.place.level, model=address.model)
    above = [] if told.parent is None else [_crumb(address, told.parent.code, place_name(lang, told.parent))]
    return (Crumb(text(lang, "score.all"), ranking.href), *above)


def _crumb(address: Address, code: str, words: str) -> Crumb:
    return Crumb(words, address.plain(SCORE, region=code, model=address.model).href)


def layout(address: Address, told: Explanation, caller: Caller, zone: str = "Asia/Shanghai") -> Component:
    """The page's content: head, waterfall beside cases, terms beside what can still change, regions below."""
    lang, score = address.language, told.row.score
    choices = html.Div(
        [period_choice(address, told.as_of.time, zone), model_choice(address, told.model, told.models)],
        className="filters",
    )
    if score is None:
        none = html.P(text(lang, "score.none"), className="soft")
        return html.Div(
            [choices, _head(lang, told), html.Section([none, *_notes(lang, told)], className="card")], className="score"
        )
    files = exports(address, "score") if caller.may("export") else []
    links = html.Div([*files, cut_off(lang, told.as_of, zone)], className="score-exports")
    left = [waterfall_card(lang, told, score, caller), terms_card(lang, told, caller)]
    right = [cases_card(address, told), what_if_card(lang, told, *_notes(lang, told)), *children_card(address, told)]
    columns = html.Div(
        [html.Div(left, className="score-column"), html.Div(right, className="score-column")], className="grid-main"
    )
    return html.Div([choices, _head(lang, told), columns, links], className="score")


def _head(lang: Lang, told: Explanation) -> Component:
    row = told.row
    figures = [
        _figure(text(lang, "score.now"), html.B(decimal(row.score, 2), className="score-big")),
        _figure(text(lang, "score.rank"), *_rank(lang, told)),
        _figure(say(lang, "score.before", period=told.before_period), *_before(lang, told)),
        _figure(text(lang, "score.median"), *_median(lang, told)),
    ]
    return html.Section([*figures, html.P(_biggest(lang, told), className="score-said")], className="card score-head")


def _figure(label: str, *children: Component) -> Component:
    return html.Div([html.Span(label, className="score-label"), html.Div(children, className="score-figure")])


def _rank(lang: Lang, told: Explanation) -> list[Component]:
    row = told.row
    if row.rank is None:
        return [html.B(MISSING, className="score-big")]
    of = html.Span(say(lang, "score.of", n=told.of), className="soft")
    found = [html.B(str(row.rank), className="score-big"), of]
    if interval_words(row):
        words = say(lang, "score.interval", low=row.low, high=row.high)
        found.append(html.Span(words, className="score-interval soft", title=text(lang, "score.interval.hint")))
    tags = [name for name, holds in (("tied", row.tied), ("small", row.small)) if holds]
    return found + [html.Span(text(lang, f"score.{tag}"), className="league-tag") for tag in tags]


def _before(lang: Lang, told: Explanation) -> list[Component]:
    before = told.before
    if before is None:
        return [html.Span(text(lang, "score.before.none"), className="soft")]
    unranked = text(lang, "score.before.unranked")
    rank = unranked if before.rank is None else say(lang, "score.before.rank", rank=before.rank)
    words = [html.B(decimal(before.score, 2), className="score-mid"), html.Span(rank, className="soft")]
    return (
        words
        if before.rank is None or told.row.rank is None or told.of < 2
        else [*words, html.Span(_moved(lang, told.row.change), className="soft")]
    )


def _moved(lang: Lang, change: int | None) -> str:
    if not change:
        return text(lang, "score.moved.none")
    return say(lang, "score.moved.up" if change > 0 else "score.moved.down", n=abs(change))


def _median(lang: Lang, told: Explanation) -> list[Component]:
    found = [html.B(decimal(told.median, 2), className="score-mid")]
    if told.median is None or told.row.score is None or told.of < 2:
        return found
    gap = told.row.score - told.median
    words = say(lang, "score.gap" if gap < 0 else "score.ahead", points=decimal(abs(gap), 2))
    return [*found, html.Span(words, className="soft")]


def _biggest(lang: Lang, told: Explanation) -> str:
    losses = [part for part in told.parts if not part.missing]
    lost = sum(part.lost for part in losses)
    if told.row.score is None or not losses:
        return text(lang, "score.none")
    if lost < 0.005:
        return text(lang, "score.loss.none")
    return _loss(lang, max(losses, key=lambda part: part.lost), lost)


def _loss(lang: Lang, part: TermPart, lost: float) -> str:
    share = decimal(part.lost / lost * 100, 0)
    key = "score.loss.banded" if part.banded else "score.loss"
    return say(
        lang, key, lost=decimal(lost, 2), points=decimal(part.lost, 2), term=term_name(lang, part), n=count(part.n),
        d=count(part.d), share=share,
    )  # fmt: skip


def _notes(lang: Lang, told: Explanation) -> list[Component]:
    lines = [
        *([say(lang, "score.lost", points=decimal(told.lost_for_good, 2))] if told.row.score is not None else []),
        *_sample(lang, told),
        *([text(lang, "score.alone.note")] if told.of < 2 and told.row.rank is not None else []),
        text(lang, "score.appeal"),
    ]
    return [html.P(line, className="note") for line in lines]


def _sample(lang: Lang, told: Explanation) -> Sequence[str]:
    row = told.row
    if row.reason:
        return [say(lang, f"score.{row.reason}.note", due=count(row.due), min=told.min_due, note=row.note)]
    return [say(lang, "score.small.note", due=count(row.due), small=told.small_below)] if row.small else []
