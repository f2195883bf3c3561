"""Table of the regions right under the scope, beside the map where the screen is wide enough."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text
from layouts.panels.frame import heading, panel

COLUMNS = {
    "rank": "ranking.rank",
    "change": "ranking.change",
    "name": "level.district",
    "score": "ranking.score",
    "working": "districts.working",
    "open": "districts.open",
    "overdue": "ranking.overdue",
}


def build(lang: Lang) -> Component:
    """Column heads and an empty list with a line of totals."""
    columns = [
        html.Span(text(lang, word), id=f"districts-column-{key}", className=f"dist-{key}")
        for key, word in COLUMNS.items()
    ]
    return panel(
        ids.DISTRICTS,
        heading(ids.DISTRICTS, ""),
        html.Div(columns, className="dist-columns"),
        html.Div(id=ids.part(ids.DISTRICTS, "body"), className="panel-body dist-body"),
        waiting=9,
    )
