"""Pure builders of Plotly figures, all in the template of the design tokens."""

from typing import Any

from layouts import ids
from layouts.figures import daily, hours, trend


def wall_figures() -> dict[str, Any]:
    """The wall's figures without data, by the id of their graph, as plain JSON."""
    figures = {
        ids.DAILY_GRAPH: daily.figure(),
        ids.HOURS_GRAPH: hours.figure(),
        ids.ON_TIME_GRAPH: trend.figure(),
        ids.SATISFACTION_GRAPH: trend.figure(),
    }
    return {name: figure.to_plotly_json() for name, figure in figures.items()}
