"""Overdue cases with countdown, supervised first; under them what is due within two hours."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text
from layouts.panels.frame import heading, panel


def build(lang: Lang) -> Component:
    """Two lists with their own heads."""
    soon_head = html.Header(
        [
            html.H3([text(lang, "overdue.soon"), " ", html.B(id="soon-total")], className="panel-subtitle"),
            html.Span(text(lang, "overdue.soon.note"), className="panel-note"),
        ],
        className="panel-head soon-head",
    )
    return panel(
        ids.OVERDUE,
        heading(ids.OVERDUE, "", text(lang, "overdue.note")),
        html.Div(id=ids.part(ids.OVERDUE, "body"), className="due-body"),
        soon_head,
        html.Div(id=ids.part(ids.OVERDUE, "soon"), className="due-body"),
        waiting=6,
    )
