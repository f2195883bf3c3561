"""A rate by day of acceptance against its target."""

import plotly.graph_objects as go

from layouts.figures.template import empty
from layouts.theme import colour


def figure(
    days: list[str] | None = None, rates: list[float | None] | None = None, target: float | None = None
) -> go.Figure:
    """Solid line for what happened, dashed for the target; both in percent, a day without cases is a gap."""
    line = {"color": colour("t1"), "width": 2}
    actual = go.Scatter(x=days or [], y=rates or [], mode="lines", line=line, connectgaps=False)
    promised = go.Scatter(
        x=days or [],
        y=[target] * len(days or []),
        mode="lines",
        line={"color": colour("t3"), "width": 1, "dash": "dash"},
    )
    xaxis = {"type": "category", "nticks": 5, "tickangle": 0}
    return empty(actual, promised, xaxis=xaxis, yaxis={"nticks": 3, "ticksuffix": " %", "side": "right"})
