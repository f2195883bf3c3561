"""One Plotly template made from the design tokens; every figure of the product uses it."""

from functools import cache
from typing import TYPE_CHECKING, Any

from layouts.theme import Theme, colour, font_stack

if TYPE_CHECKING:
    import plotly.graph_objects as go


def template(theme: Theme = "dark") -> "go.layout.Template":
    """Transparent ground, hairline axes, tokens' type; sizes are set by the page, which knows the screen."""
    import plotly.graph_objects as go

    return go.layout.Template(layout=_layout(theme))


@cache
def plain_template(theme: Theme) -> dict[str, Any]:
    """The template as Plotly's JSON, made once; Plotly itself (0.3 s, 20 MB) is not needed for it."""
    return {"layout": _layout(theme)}


def _layout(theme: Theme) -> dict[str, Any]:
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "tickfont": {"color": colour("t2", theme)},
        "automargin": False,
    }
    return {
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


def empty(*traces: "go.Figure", **layout: object) -> "go.Figure":
    """A figure without data in the dark template; the page replaces the arrays."""
    import plotly.graph_objects as go

    figure = go.Figure(data=list(traces))
    figure.update_layout(template=template(), **layout)
    return figure
