"""Ranking of streets: both ends, the middle is in the browser."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text
from layouts.panels.frame import heading, panel


def build(lang: Lang) -> Component:
    """Title, column heads and an empty list."""
    columns = [
        html.Span(text(lang, "ranking.rank"), className="rank-rank"),
        html.Span(text(lang, "ranking.change"), className="rank-change"),
        html.Span(text(lang, "level.street"), id=ids.part(ids.RANKING, "level"), className="rank-name"),
        html.Span(id=ids.part(ids.RANKING, "median"), className="rank-axis"),
        html.Span(text(lang, "ranking.score"), className="rank-score"),
        html.Span(text(lang, "ranking.overdue"), className="rank-overdue"),
    ]
    return panel(
        ids.RANKING,
        heading(ids.RANKING, text(lang, "ranking.title")),
        html.Div(columns, className="rank-columns"),
        html.Div(id=ids.part(ids.RANKING, "body"), className="panel-body rank-body"),
        html.Div(id=ids.part(ids.RANKING, "foot"), className="panel-foot"),
        waiting=12,
    )
