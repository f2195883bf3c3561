"""A chart of a report on the screen: drawn by Plotly as in its own page, with the texts that the files print."""

from dash.development.base_component import Component

from dashboard.reports.document import Chart
from layouts.figures.report import figure, height, texts
from layouts.i18n import Lang
from layouts.parts.chart import Chart as Drawn
from layouts.parts.chart import Column, Line, chart


def chart_view(lang: Lang, what: Chart) -> Component:
    """The drawing and its numbers as a table."""
    lines = [Line(pair) for pair in zip(what.labels, texts(what), strict=True)]
    columns = [Column("", number=False), Column(what.title)]
    return chart(lang, Drawn(what.key, what.title, figure(what), height(what), columns, lines))
