"""Acceptances by weekday and hour: 7 rows of 24 cells in greys."""

from collections.abc import Sequence

from layouts.figures.light import AXIS, STANDOFF, drawn, label, room_for
from layouts.figures.marks import Figure, heatmap
from layouts.theme import colour

HOURS = [f"{hour:02d}" for hour in range(24)]
LABELLED = HOURS[::3]


def figure(counts: Sequence[Sequence[int]], days: Sequence[str], hrefs: Sequence[Sequence[str]]) -> Figure:
    """``counts`` and ``hrefs`` by weekday (Monday first) and hour; ``days`` are the weekdays' words."""
    cells = heatmap(
        z=[list(row) for row in counts], x=HOURS, y=list(days), customdata=[list(row) for row in hrefs],
        colorscale=[[0, colour("bg2", "light")], [1, colour("t1", "light")]], zmin=0, showscale=False, xgap=2, ygap=2,
        hovertemplate="%{y} %{x} · %{z:,}<extra></extra>",
    )  # fmt: skip
    xaxis = {"type": "category", "tickmode": "array", "tickvals": LABELLED, "tickangle": 0}
    yaxis = {
        "type": "category",
        "autorange": "reversed",
        "ticklabelstandoff": STANDOFF,
        "tickfont": label(12),
    }
    return drawn(cells, clickable=True, xaxis=xaxis, yaxis=yaxis, margin=room_for(days, below=AXIS))
