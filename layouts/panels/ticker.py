"""Live stream of case steps, newest on top."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text
from layouts.panels.frame import heading, panel


def build(lang: Lang) -> Component:
    """Title, names of the five stages, an empty list."""
    return panel(
        ids.TICKER,
        heading(ids.TICKER, text(lang, "ticker.title"), text(lang, "ticker.note")),
        html.Div(id=ids.part(ids.TICKER, "body"), className="ticker-body"),
        waiting=5,
    )
