"""Charts of a report's page: the numbers of the paper, written as the paper writes them."""

from dashboard.reports.document import Chart
from dashboard.reports.files.plain import plain
from dashboard.reports.files.widths import width
from dashboard.reports.numbers import written
from layouts.figures.bars import Item, lying, standing
from layouts.figures.light import AXIS, accent, drawn, label, room_for
from layouts.figures.marks import Figure, scatter
from layouts.theme import colour

BAR, LEAST, STANDING = 26, 96, 230
"""Heights in px: of a lying bar, of the smallest chart, of a standing one."""
NAME = 14.0
"""Em of a name beside a lying bar: half of a phone's page. The table under the chart has all of it."""
CROWDED = 12
"""From so many bars on their numbers stand in the table alone."""


def figure(chart: Chart) -> Figure:
    """The figure; its reference, where there is one, is a dashed line with its number."""
    made = _line(chart) if chart.kind == "line" else _bars(chart)
    if chart.reference is not None:
        _refer(made, chart, chart.reference)
    return made


def height(chart: Chart) -> int:
    """Px."""
    return max(LEAST, BAR * len(chart.labels) + 20) if chart.kind == "bars" else STANDING


def texts(chart: Chart) -> list[str]:
    """The values as they are read."""
    return [written(value, chart.unit) for value in chart.values]


def _bars(chart: Chart) -> Figure:
    rows = zip(_names(chart), chart.values, texts(chart), strict=True)
    items = [Item(name, value or 0.0, text) for name, value, text in rows]
    if chart.kind == "bars":
        return lying(items)
    return standing(items, numbers=len(items) <= CROWDED, every=-(-len(items) // CROWDED))


def _names(chart: Chart) -> list[str]:
    """What stands beside the bars; whole where two of them would begin alike."""
    whole = [plain(label) for label in chart.labels]
    short = [_short(name) for name in whole]
    return short if len(set(short)) == len(set(whole)) else whole


def _short(name: str) -> str:
    if width(name) <= NAME:
        return name
    room = next(size for size in range(len(name), 0, -1) if width(name[:size]) <= NAME - 1)
    return f"{name[:room].rstrip()}…"


def _line(chart: Chart) -> Figure:
    said = texts(chart)
    trace = scatter(
        x=[plain(label) for label in chart.labels], y=chart.values, text=said, mode="lines+markers+text",
        connectgaps=False, textposition="top center", textfont=label(12), cliponaxis=False,
        line={"color": accent(), "width": 2}, marker={"color": accent(), "size": 6},
        hovertemplate="%{x} %{text}<extra></extra>",
    )  # fmt: skip
    known = [value for value in (*chart.values, chart.reference) if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    margin = (high - low) * 0.25 or 0.5
    axis = {"visible": False, "range": [low - margin, high + margin]}
    return drawn(
        trace, clickable=True, xaxis={"type": "category", "nticks": CROWDED, "tickangle": 0}, yaxis=axis,
        margin=room_for((), said[-1:], below=AXIS),
    )  # fmt: skip


def _refer(made: Figure, chart: Chart, value: float) -> None:
    lies = chart.kind == "bars"
    line = {"color": colour("t2", "light"), "width": 1, "dash": "dash"}
    ends = {"x0": value, "x1": value, "y0": 0, "y1": 1} if lies else {"x0": 0, "x1": 1, "y0": value, "y1": value}
    axes = {"xref": "x", "yref": "paper"} if lies else {"xref": "paper", "yref": "y"}
    place = (
        {"x": value, "y": 0, "yanchor": "top"}
        if lies
        else {"x": 1, "y": value, "yanchor": "bottom", "xanchor": "right"}
    )
    words = {
        "text": written(value, chart.unit),
        "showarrow": False,
        "font": {"size": 12, "color": colour("t2", "light")},
    }
    made["layout"]["shapes"] = [{"type": "line", "line": line, **ends, **axes}]
    made["layout"]["annotations"] = [words | place | axes]
