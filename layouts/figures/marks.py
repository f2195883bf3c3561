"""Traces and figures of the light pages as Plotly's JSON, unchecked.

Plotly's own classes check every attribute of every trace and copy all of it: 3 ms a chart against 10 µs, and a page has
a dozen charts. The tests of the pages put Plotly's figures, which check, into the place of ``framed``.
"""

from typing import Any

Mark = dict[str, Any]
"""A trace."""
Figure = dict[str, Any]
"""``data`` and ``layout``."""


def bar(**given: Any) -> Mark:
    """Bars."""
    return {"type": "bar", **given}


def scatter(**given: Any) -> Mark:
    """Points, lines and words at places."""
    return {"type": "scatter", **given}


def heatmap(**given: Any) -> Mark:
    """Cells."""
    return {"type": "heatmap", **given}


def framed(traces: list[Mark], layout: dict[str, Any]) -> Figure:
    """Traces in a layout."""
    return {"data": traces, "layout": layout}
