"""Two reports beside each other as tables: totals, ranks, channels and categories."""

from collections.abc import Mapping, Sequence

from dash.development.base_component import Component

from dashboard.reports.comparison import Beside, Comparison, Moved
from dashboard.reports.numbers import written
from dashboard.reports.snapshot import Fact
from layouts import html
from layouts.i18n import Lang, messages, say, text
from layouts.parts.card import card
from layouts.parts.names import indicator_name, level_name, place_name
from layouts.parts.report_words import period_words

ROWS = 120
"""Ranked units of a level that the page shows."""
PLUS = "+"


def totals_card(lang: Lang, found: Comparison) -> Component:
    """The indicators."""
    rows = [_beside(lang, one, indicator_name(lang, one.key)) for one in found.totals]
    title = text(lang, "reports.compare.totals")
    return card(title, _table(title, _heads(lang, found, "reports.compare.indicator"), rows), name="compare-totals")


def counted_card(
    lang: Lang, found: Comparison, kind: str, lines: Sequence[Beside], names: Mapping[str, str] | None = None
) -> Component:
    """Cases by channel or category; ``names`` are those of the page's language by code, where there are any."""
    known = names or {}
    words = [_channel(lang, one) if kind == "channels" else known.get(one.key, one.name) for one in lines]
    rows = [_beside(lang, one, name) for one, name in zip(lines, words, strict=True)]
    title = text(lang, f"reports.compare.{kind}")
    return card(title, _table(title, _heads(lang, found, f"reports.compare.{kind}"), rows), name=f"compare-{kind}")


def _channel(lang: Lang, one: Beside) -> str:
    key = f"channel.{one.key}"
    return text(lang, key) if key in messages(lang) else one.name


def ranks_card(lang: Lang, found: Comparison, level: str) -> Component:
    """The units of a level in the order of the later report."""
    moved = found.ranks[level]
    heads = _heads(lang, found, "reports.compare.unit")
    heads[-1:] = [text(lang, "reports.compare.move"), text(lang, "reports.compare.score"),
                  text(lang, "reports.compare.change")]  # fmt: skip
    rows = [_rank(lang, one) for one in moved[:ROWS]]
    left = len(moved) - ROWS
    more = [html.P(say(lang, "reports.rows.in_files", n=left), className="note")] if left > 0 else []
    title = say(lang, "reports.compare.ranks", level=level_name(lang, level))
    noise = [html.P(text(lang, "reports.compare.noise"), className="note")] if any(_maybe(one) for one in moved) else []
    return card(title, _table(title, heads, rows), *more, *noise, name="compare-ranks")


def _heads(lang: Lang, found: Comparison, first: str) -> list[str]:
    periods = [period_words(lang, one.asked.period) for one in (found.earlier, found.later)]
    return [text(lang, first), *periods, text(lang, "reports.compare.change")]


def _beside(lang: Lang, one: Beside, name: str) -> list[str]:
    return [name, fact_words(one.earlier), fact_words(one.later), change_words(lang, one.change)]


def _rank(lang: Lang, one: Moved) -> list[str]:
    ranks = [written(rank, "rank") for rank in (one.earlier, one.later)]
    score = [fact_words(one.score), change_words(lang, one.change)]
    return [place_name(lang, one.place), *ranks, _move(lang, one), *score]


def _move(lang: Lang, one: Moved) -> str:
    if one.up is None:
        return text(lang, "reports.compare.new") if one.earlier is None else written(None, "rank")
    if not one.up:
        return text(lang, "reports.compare.same")
    words = f"{'▲' if one.up > 0 else '▼'}{abs(one.up)}"
    return f"{words} {text(lang, 'reports.compare.maybe')}" if _maybe(one) else words


def _maybe(one: Moved) -> bool:
    """Whether a unit moved by so little that it may be chance."""
    return bool(one.up) and one.noise


def fact_words(fact: Fact) -> str:
    """A fact as the reports print it."""
    return written(fact.value, fact.unit, fact.n, fact.d)


def change_words(lang: Lang, change: Fact) -> str:
    """A difference with its sign; of shares in 百分点."""
    if change.value is None:
        return written(None, change.unit)
    form = {"points": "signed", "score": "score", "hours": "hours"}.get(change.unit, "plain")
    words = written(change.value, change.unit, change.n, change.d, form)
    sign = PLUS if change.value > 0 else ""
    return say(lang, "reports.compare.points", points=f"{sign}{words}") if change.unit == "points" else f"{sign}{words}"


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Component:
    sides = [None, *("num" for _ in heads[1:])]
    head = html.Tr([html.Th(words, className=side, scope="col") for words, side in zip(heads, sides, strict=True)])
    body = [html.Tr([html.Td(words, className=side) for words, side in zip(row, sides, strict=True)]) for row in rows]
    caption = html.Caption(title, className="unseen")
    grid = html.Table([caption, html.Thead(head), html.Tbody(body)], className="table")
    return html.Div(grid, className="table-scroll")
