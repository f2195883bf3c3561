"""Data freshness of every source, always visible; what is lost comes first."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text


def build(lang: Lang) -> Component:
    """The strip at the foot of the wall."""
    children = [
        html.Span(text(lang, "strip.title"), className="strip-title"),
        html.Div(id=ids.part(ids.STRIP, "sources"), className="strip-sources"),
        html.Span(id=ids.part(ids.STRIP, "as-of"), className="strip-as-of"),
    ]
    return html.Footer(children, id=ids.STRIP, className="strip")
