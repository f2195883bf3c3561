"""事件统计: the equation of the month, inflow by day and hour, categories, channels."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text
from layouts.panels.frame import heading, panel


def block(lang: Lang, key: str, body: Component, note: str = "") -> Component:
    """A titled part of the column."""
    head = [
        html.H3(text(lang, f"events.{key}"), className="panel-subtitle"),
        html.Span(note, id=f"events-{key}-note", className="panel-note"),
    ]
    return html.Div([html.Header(head, className="panel-head"), body], className=f"events-block events-{key}")


def build(lang: Lang) -> Component:
    """The column of the 32:9 wall about the month's cases."""
    days = html.Div(id=ids.slot(ids.DAILY_GRAPH), className="wall-graph")
    clock = html.Div(id=ids.slot(ids.HOURS_GRAPH), className="wall-graph")
    return panel(
        ids.EVENTS,
        heading(ids.EVENTS, text(lang, "events.title")),
        html.Div(id="events-equation", className="equation"),
        block(lang, "daily", days),
        block(lang, "hours", clock, text(lang, "events.hours.note")),
        block(
            lang,
            "categories",
            html.Div(id="events-categories-body", className="bars"),
            text(lang, "events.categories.note"),
        ),
        block(lang, "channels", html.Div(id="events-channels-body", className="channels")),
        waiting=10,
    )
