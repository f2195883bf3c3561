"""What charts on the light pages have in common: grey marks, one dark accent, labels that are never cut."""

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from layouts.figures.template import template
from layouts.theme import colour

NOTE, LABEL = 12, 13
WIDE, NARROW = 1.0, 0.58
"""Widths of a Chinese character and of others, in type sizes."""


def grey() -> str:
    """The colour of ordinary marks."""
    return colour("still", "light")


def pale() -> str:
    """The colour of what stands behind a mark: wholes, 90th percentiles."""
    return colour("line", "light")


def accent() -> str:
    """The colour of what is chosen or judged."""
    return colour("t1", "light")


def label(size: int = LABEL) -> dict[str, Any]:
    """Type of numbers at marks."""
    return {"color": colour("t1", "light"), "size": size}


def drawn(*traces: Any, clickable: bool = False, **layout: Any) -> go.Figure:
    """Traces in the light template. Hovering is on only where a click leads somewhere, since clicks need it."""
    figure = go.Figure(data=list(traces))
    hover = {
        "hovermode": "closest" if clickable else False,
        "hoverlabel": {
            "bgcolor": colour("bg1", "light"),
            "bordercolor": colour("t1", "light"),
            "font": {"size": LABEL, "color": colour("t1", "light")},
        },
    }
    base = {"font": {"size": NOTE}, "margin": {"l": 4, "r": 4, "t": 4, "b": 4}, "dragmode": False}
    figure.update_layout(template=template("light"), **(base | hover | layout))
    return figure


def category_axis(labels: list[str]) -> dict[str, Any]:
    """A vertical axis of words, first on top, as wide as its longest word."""
    return {
        "type": "category", "autorange": "reversed", "automargin": True, "tickmode": "array", "tickvals": labels,
        "ticklabelstandoff": 6, "tickfont": {"size": LABEL, "color": colour("t1", "light")},
    }  # fmt: skip


def bare_axis(top: float) -> dict[str, Any]:
    """An axis without marks from 0."""
    return {"visible": False, "range": [0, top or 1]}


def room_for(texts: Iterable[str]) -> dict[str, int]:
    """Margins with room at the right for texts behind the longest bar; in px, since type does not shrink on a phone."""
    widest = max((sum(WIDE if ord(char) > 0x2E80 else NARROW for char in text) for text in texts), default=0)
    return {"l": 4, "r": 12 + round(widest * LABEL), "t": 4, "b": 4}
