"""人房管理: persons, houses, sampled accuracy, priority visits. Without such figures: trends of case handling."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text
from layouts.panels.frame import heading, panel


def whole(lang: Lang, key: str) -> Component:
    """A large number and the bar of its parts."""
    children = [
        html.Div(text(lang, f"stock.{key}"), className="stock-label"),
        html.Div(
            [
                html.Span(id=f"stock-{key}-value", className="stock-value"),
                html.Span(id=f"stock-{key}-unit", className="tile-unit"),
            ],
            className="stock-main",
        ),
        html.Div(id=f"stock-{key}-parts", className="parts-bar"),
        html.Div(id=f"stock-{key}-legend", className="parts-legend"),
    ]
    return html.Div(children, className="stock-whole")


def block(lang: Lang, key: str) -> Component:
    """A titled list inside the panel."""
    head = [
        html.H3(text(lang, f"stock.{key}"), className="panel-subtitle"),
        html.Span(id=f"stock-{key}-note", className="panel-note"),
    ]
    return html.Div(
        [html.Header(head, className="panel-head"), html.Div(id=f"stock-{key}-body", className="stock-rows")],
        className=f"stock-block stock-{key}",
    )


def trends(lang: Lang) -> Component:
    """Two charts of the last 30 days, for installations that import no such figures."""
    graphs = []
    for graph_id, key in ((ids.ON_TIME_GRAPH, "trend.on_time"), (ids.SATISFACTION_GRAPH, "trend.satisfaction")):
        title = html.H3(text(lang, key), className="panel-subtitle")
        graph = html.Div(id=ids.slot(graph_id), className="wall-graph")
        graphs.append(html.Div([title, graph], className="trend-block"))
    words = [html.B(text(lang, "stock.none")), html.Span(text(lang, "stock.none.note"))]
    return html.Div(
        [html.Div(words, className="stock-none"), *graphs], id="stock-trends", className="stock-trends", hidden=True
    )


def build(lang: Lang) -> Component:
    """The column of the 32:9 wall about persons and houses."""
    figures = [whole(lang, "persons"), whole(lang, "houses"), block(lang, "accuracy"), block(lang, "tasks")]
    return panel(
        ids.STOCK,
        heading(ids.STOCK, text(lang, "stock.title")),
        html.Div(figures, id="stock-figures", className="stock-figures"),
        trends(lang),
        waiting=8,
    )
