"""One Plotly template made from the design tokens; every figure of the product uses it."""

from functools import cache
from typing import Any

import plotly.graph_objects as go

from layouts.theme import Theme, colour, font_stack


def template(theme: Theme = "dark") -> go.layout.Template:
    """Transparent ground, hairline axes, tokens' type; sizes are set by the page, which knows the screen."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "tickfont": {"color": colour("t2", theme)},
        "automargin": False,
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": font_stack(), "color": colour("t2", theme)},
            "xaxis": axis,
            "yaxis": axis,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "showlegend": False,
            "hovermode": False,
            "bargap": 0.18,
            "separators": ".,",
        }
    )


@cache
def plain_template(theme: Theme) -> dict[str, Any]:
    """The template as Plotly's JSON, made once."""
    made: dict[str, Any] = template(theme).to_plotly_json()
    return made


def empty(*traces: go.Figure, **layout: object) -> go.Figure:
    """A figure without data in the dark template; the page replaces the arrays."""
    figure = go.Figure(data=list(traces))
    figure.update_layout(template=template(), **layout)
    return figure
