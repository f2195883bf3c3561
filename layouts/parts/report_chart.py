"""A chart of a report on the screen: drawn by Plotly, with the texts that the files print."""

from dash.development.base_component import Component

from dashboard.reports.document import Chart
from dashboard.reports.numbers import written
from layouts.figures.bars import Item, lying, standing
from layouts.i18n import Lang
from layouts.parts.chart import Chart as Drawn
from layouts.parts.chart import Column, Line, chart

BAR, LEAST, STANDING = 26, 120, 220


def chart_view(lang: Lang, what: Chart) -> Component:
    """The drawing and its numbers as a table."""
    texts = [written(value, what.unit) for value in what.values]
    items = [
        Item(label, value or 0.0, words)
        for label, value, words in zip(what.labels, what.values, texts, strict=True)
    ]  # fmt: skip
    lies = what.kind == "bars"
    lines = [Line(pair) for pair in zip(what.labels, texts, strict=True)]
    return chart(
        lang,
        Drawn(
            name=what.key, title=what.title, figure=lying(items) if lies else standing(items, numbers=len(items) <= 12),
            height=max(LEAST, BAR * len(items)) if lies else STANDING,
            columns=[Column("", number=False), Column(what.title)], lines=lines,
        ),
    )  # fmt: skip
