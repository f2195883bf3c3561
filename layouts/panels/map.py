"""The map: the browser code stacks its canvases in the body; the legend counts the same snapshot."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text
from layouts.panels.frame import panel

LEGEND = ("moving", "still", "silent", "overdue", "soon")


def entry(lang: Lang, key: str) -> Component:
    """A symbol, its word, its count; the share only exists for moving workers."""
    children = [
        html.Span(className=f"mark mark-{key}", **{"aria-hidden": "true"}),
        html.Span(text(lang, f"map.{key}"), className="legend-word"),
        html.B(id=f"legend-{key}", className="legend-count"),
    ]
    if key == "moving":
        children.append(html.Span(id="legend-moving-share", className="legend-share"))
    return html.Span(children, className="legend-entry")


def build(lang: Lang) -> Component:
    """Title with legend, the canvases' place and the note that names what is not normal."""
    head = html.Header(
        [
            html.H2(text(lang, "map.title"), id=ids.part(ids.MAP, "title"), className="panel-title"),
            html.Span(id=ids.part(ids.MAP, "state"), className="panel-state", hidden=True),
            html.Div([entry(lang, key) for key in LEGEND], className="legend"),
        ],
        className="panel-head",
    )
    note = html.Div(
        [html.B(id=ids.part(ids.MAP, "note-title")), html.Span(id=ids.part(ids.MAP, "note-text"))],
        id=ids.part(ids.MAP, "note"),
        className="map-note",
        hidden=True,
    )
    return panel(ids.MAP, head, html.Div(id=ids.part(ids.MAP, "body"), className="map-body", role="img"), note)
