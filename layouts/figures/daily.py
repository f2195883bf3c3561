"""Accepted cases by day of the month: days off darker, today outlined because it is not complete."""

import plotly.graph_objects as go

from layouts.figures.template import empty
from layouts.theme import colour


def figure(days: list[str] | None = None, counts: list[int] | None = None) -> go.Figure:
    """Bars over ``days`` (the axis' labels). The page sets the colours and labels by day."""
    bars = go.Bar(
        x=days or [],
        y=counts or [],
        marker={"color": colour("still"), "line": {"width": 0, "color": colour("t1")}},
        text=[],
        textposition="outside",
        textfont={"color": colour("t1")},
        cliponaxis=False,
        constraintext="none",
        textangle=0,
    )
    return empty(bars, yaxis={"visible": False, "rangemode": "tozero"}, xaxis={"type": "category", "tickangle": 0})
