"""The terms of a score: the way down from 100, and a table with everything that a term is made of."""

from dash import dcc
from dash.development.base_component import Component

from dashboard.queries.score_answers import Explanation, TermPart
from dashboard.security.caller import Caller
from layouts import html
from layouts.figures import waterfall
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.chart import picture
from layouts.parts.numerals import MINUS, MISSING, count, decimal, percent

GRAPH, TERMS = "score-waterfall", "score-terms"


def term_name(lang: Lang, part: TermPart) -> str:
    """A term's name in a language."""
    return part.zh if lang == "zh-CN" else part.en


def waterfall_card(lang: Lang, told: Explanation, score: float, caller: Caller) -> Component:
    """From 100 to the score; the table of terms carries the same numbers."""
    parts = sorted((part for part in told.parts if not part.missing), key=lambda part: -part.lost)
    steps = [waterfall.Step(_step_words(lang, part), part.lost, _lost(part)) for part in parts]
    median = "" if told.median is None else say(lang, "score.median.mark", median=decimal(told.median, 2))
    words = waterfall.Words(text(lang, "score.full"), text(lang, "score.total"), decimal(score, 2), median)
    graph = dcc.Graph(
        id=GRAPH,
        figure=waterfall.figure(steps, score, told.median, words),
        config={"displayModeBar": False, "responsive": True, "staticPlot": True},
        responsive=True,
        style={"height": waterfall.height(steps)},
    )
    start = waterfall.axis_start(min(score, 100 if told.median is None else told.median))
    title = say(lang, "score.waterfall", score=decimal(score, 2))
    note = [html.Span(say(lang, "score.waterfall.note", start=start)), *_picture(caller, GRAPH, title)]
    return card(title, html.Div(graph, **{"aria-hidden": "true"}), note=note, name="waterfall")


def _picture(caller: Caller, target: str, title: str) -> list[Component]:
    return [picture(target, title)] if caller.may("export") else []


def _step_words(lang: Lang, part: TermPart) -> str:
    return f"{term_name(lang, part)}  {say(lang, 'score.weight', weight=weight_words(part.weight))}"


def _lost(part: TermPart) -> str:
    return f"{MINUS}{decimal(part.lost, 2)}" if part.lost else "0.00"


def weight_words(weight: float) -> str:
    """A weight without zeros at its end."""
    return f"{weight:.2f}".rstrip("0").rstrip(".")


def terms_card(lang: Lang, told: Explanation, caller: Caller) -> Component:
    """Every term with weight, value, fraction, marks, points and rank; they sum to the score."""
    keys = ("", "weight", "value", "fraction", "range", "points", "rank")
    heads = [
        html.Th(text(lang, f"score.term.{key}" if key else "score.term"), className=_class(key), scope="col")
        for key in keys
    ]
    body = [_row(lang, part) for part in told.parts]
    rows = html.Tbody([*body, _sum(lang, told)])
    table = html.Table([html.Thead(html.Tr(heads)), rows], id=TERMS, className="table terms")
    title = text(lang, "score.terms")
    return card(title, html.Div(table, className="table-scroll"), note=_picture(caller, TERMS, title), name="terms")


def _class(key: str) -> str | None:
    return {"": None, "fraction": "wide", "range": "num wide"}.get(key, "num")


def _row(lang: Lang, part: TermPart) -> Component:
    weight = [html.Span(weight_words(part.weight) if not part.missing else MISSING)]
    if not part.missing and abs(part.weight - part.configured) >= 0.005:
        weight.append(
            html.Span(say(lang, "score.term.configured", weight=weight_words(part.configured)), className="term-set")
        )
    return html.Tr(
        [
            html.Th(_definition(lang, part), scope="row", className="term-name"),
            html.Td(weight, className="num"),
            html.Td(html.B(_value(lang, part)), className="num"),
            html.Td(_fraction(lang, part), className="wide soft"),
            html.Td(MISSING if part.missing else _marks(lang, part), className="num wide soft"),
            html.Td(html.B(MISSING if part.missing else decimal(part.points, 2)), className="num"),
            html.Td(MISSING if part.rank is None else str(part.rank), className="num"),
        ]
    )


def _definition(lang: Lang, part: TermPart) -> Component:
    words = part.definition_zh if lang == "zh-CN" else part.definition_en
    lines = [html.P(words)] if words else []
    missing = [html.P(text(lang, "score.term.missing"))] if part.missing else []
    basis = html.P(text(lang, f"score.basis.{part.basis}"), className="soft")
    return html.Details(
        [html.Summary(term_name(lang, part)), html.Div([*lines, *missing, basis], className="term-definition")]
    )


def _value(lang: Lang, part: TermPart) -> str:
    if part.banded:
        return say(lang, "score.term.cases", n=count(part.n))
    words = percent(part.n, part.d)
    return words if words == MISSING else f"{words}%"


def _fraction(lang: Lang, part: TermPart) -> str:
    return text(lang, "score.term.banded") if part.banded else f"{count(part.n)} / {count(part.d)}"


def _marks(lang: Lang, part: TermPart) -> str:
    """The shares that earn nothing and everything, as the value is read: 返工率 counts down."""
    if part.banded:
        return text(lang, "score.term.banded")
    ends = [1 - share if part.inverted else share for share in (part.floor, part.full)]
    return " – ".join(f"{weight_words(end * 100)}%" for end in ends)


def _sum(lang: Lang, told: Explanation) -> Component:
    row = told.row
    return html.Tr(
        [
            html.Th(text(lang, "score.term.sum"), scope="row", className="term-name"),
            html.Td(html.B(weight_words(sum(part.weight for part in told.parts))), className="num"),
            html.Td(""),
            html.Td("", className="wide"),
            html.Td("", className="wide"),
            html.Td(html.B(decimal(row.score, 2)), className="num"),
            html.Td(html.B(MISSING if row.rank is None else str(row.rank)), className="num"),
        ],
        className="terms-sum",
    )
