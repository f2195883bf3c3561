"""The curves of a soak as a picture: memory of server and page over the hours of the stream, drawn by Chromium."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tests.chromium import started_chromium

WIDTH, HEIGHT = 1200, 640
PATIENCE = 300_000
"""Milliseconds: on a machine that is at other work drawing takes longer, and a day's run must not end without it."""
PANELS = (
    ("server", "server, resident after collection (MB)", "#1F5F99"),
    ("heap", "page heap after collection (MB)", "#2A7A4B"),
)


def draw(path: Path, samples: Sequence[Any], slopes: Mapping[str, float], warm_up: float) -> None:
    """Write the PNG; ``slopes`` in MB an hour of stream stand in the titles, the shaded part is not counted in them."""
    hours = [one.hour for one in samples]
    titles = [f"{title}: {slopes[name]:+.2f} an hour of stream" for name, title, _ in PANELS]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.12)
    for row, (name, _, colour) in enumerate(PANELS, 1):
        values = [getattr(one, name) for one in samples]
        figure.add_trace(go.Scatter(x=hours, y=values, mode="lines+markers", line={"color": colour}), row, 1)
        figure.update_yaxes(range=[0, max(values) * 1.15], row=row, col=1)
    figure.add_vrect(x0=0, x1=hours[int(len(hours) * warm_up)], fillcolor="#888", opacity=0.15, line_width=0)
    figure.update_xaxes(title_text="hours of stream at twenty times its pace", row=2, col=1)
    figure.update_layout(width=WIDTH, height=HEIGHT, showlegend=False, template="plotly_white", margin={"t": 50})
    with started_chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_default_timeout(PATIENCE)
        page.set_content(figure.to_html(config={"displayModeBar": False}))
        page.wait_for_selector(".js-plotly-plot .main-svg")
        page.screenshot(path=path)
