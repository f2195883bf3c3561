"""Accepted cases by hour of the day."""

import plotly.graph_objects as go

from layouts.figures.template import empty
from layouts.theme import colour

HOURS = [f"{hour:02d}" for hour in range(24)]
LABELLED = ["00", "06", "08", "12", "14", "18", "23"]


def figure(counts: list[int] | None = None) -> go.Figure:
    """24 bars; ``counts`` is one number for each hour of the local day."""
    bars = go.Bar(
        x=HOURS, y=counts or [0] * 24, marker={"color": colour("still"), "line": {"width": 0}}, text=[],
        textposition="outside", textfont={"color": colour("t2")}, cliponaxis=False,
        constraintext="none",
        textangle=0,
    )  # fmt: skip
    xaxis = {"type": "category", "tickvals": LABELLED, "tickangle": 0}
    return empty(bars, yaxis={"visible": False, "rangemode": "tozero"}, xaxis=xaxis)
