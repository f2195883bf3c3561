"""The line of a worker's day: chart, legend, and the same spans as a table."""

from collections.abc import Mapping

from dash import dcc
from dash.development.base_component import Component

from dashboard.queries.worker_answers import Span, WorkerDay
from layouts import html
from layouts.figures import day_line
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.worker_words import between, duration, whole_minutes

CONFIG = {"displayModeBar": False, "staticPlot": True, "responsive": True}
STATES = ("moving", "still", "stop", "off", "gap")


def line_card(lang: Lang, day: WorkerDay, zone: str) -> Component:
    """The whole day on a line of time."""
    title = text(lang, "worker.line")
    if not day.spans:
        return card(title, html.P(text(lang, "worker.no_shift"), className="soft"), name="day-line")
    figure = day_line.figure(day, zone, text(lang, "worker.line.off"), text(lang, "worker.line.gap"))
    graph = dcc.Graph(
        id="day-line", figure=figure, config=CONFIG, responsive=True, style={"height": day_line.HEIGHT},
        className="day-line-graph",
    )  # fmt: skip
    seen = html.Div(html.Div(graph, className="day-line-wide"), className="table-scroll", **{"aria-hidden": "true"})
    return card(title, seen, _table(lang, day, zone), note=_legend(lang, day), name="day-line")


def _legend(lang: Lang, day: WorkerDay) -> list[Component]:
    present = {span.state for span in day.spans}
    marks = [(state, text(lang, f"worker.span.{state}")) for state in STATES if state in present]
    kinds: Mapping[str, frozenset[str]] = {"reported": day_line.REPORTED, "checked": day_line.CHECKED}
    told = {step.type for step in day.touched}
    marks += [(name, text(lang, f"worker.mark.{name}")) for name, types in kinds.items() if told & types]
    if told - day_line.REPORTED - day_line.CHECKED:
        marks.append(("step", text(lang, "worker.mark.step")))
    return [
        html.Span([html.I(className=f"key key-{name}", **{"aria-hidden": "true"}), words], className="day-key")
        for name, words in marks
    ]


def _table(lang: Lang, day: WorkerDay, zone: str) -> Component:
    heads = [html.Th(text(lang, f"worker.line.{name}"), scope="col") for name in ("state", "time", "length")]
    rows = [html.Tr([html.Td(cell) for cell in _cells(lang, span, zone)]) for span in day.spans]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table")
    words = say(lang, "worker.line.table", n=len(day.spans))
    return html.Details([html.Summary(words), html.Div(table, className="table-scroll")], className="as-table")


def _cells(lang: Lang, span: Span, zone: str) -> list[str]:
    state = text(lang, f"worker.span.{span.state}")
    minutes = whole_minutes((span.end - span.begin) / 60_000)
    named = f"{state} {span.stop}" if span.stop is not None else state
    return [named, between(span.begin, span.end, zone), duration(lang, minutes)]
