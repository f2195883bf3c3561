"""A rate by day (or month) of acceptance against its target, above the number of cases accepted."""

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.figures.light import AXIS, NOTE, STANDOFF, accent, drawn, grey, room_for
from layouts.figures.marks import Figure, Mark, bar, scatter
from layouts.theme import colour


@dataclass(frozen=True)
class Point:
    """One day or month: its words, rate in percent (None: nothing was due) and as read, cases, where a click leads;
    ``unfinished``: so many cases still have time left that the rate may fall."""

    words: str
    rate: float | None
    text: str
    accepted: int
    href: str
    unfinished: bool = False


def figure(points: Sequence[Point], target: float | None, lowest: float) -> Figure:
    """Line and dashed target (percent) above, bars below; ``lowest`` is where the axis of rates begins."""
    words, hrefs = [point.words for point in points], [point.href for point in points]
    rates = scatter(
        x=words, y=[point.rate for point in points], mode="lines+markers", connectgaps=False, customdata=hrefs,
        line={"color": accent(), "width": 2}, marker=_marks(points), text=[point.text for point in points],
        hovertemplate="%{x} %{text}<extra></extra>", yaxis="y",
    )  # fmt: skip
    accepted = bar(
        x=words, y=[point.accepted for point in points], marker={"color": grey()}, customdata=hrefs, yaxis="y2",
        hovertemplate="%{x} %{y:,}<extra></extra>",
    )  # fmt: skip
    most = max((point.accepted for point in points), default=0)
    top = 100 + max(0.4, 0.04 * (100 - lowest))  # room for half a mark at 100 %, however low the axis begins
    promised = [] if target is None else [_promised(words, target)]
    return drawn(
        rates, *promised, accepted, clickable=True,
        xaxis={"type": "category", "nticks": 8, "tickangle": 0, "anchor": "y2"},
        yaxis={"domain": [0.42, 1], "range": [lowest, top], "nticks": 4, "ticksuffix": "%", **_lines()},
        yaxis2={"domain": [0, 0.32], **_ticks(most), "rangemode": "tozero", "tickformat": ",d", **_lines()},
        margin=room_for(("100.0%", f"{most:,}"), below=AXIS),
    )  # fmt: skip


def _marks(points: Sequence[Point]) -> dict[str, object]:
    """Full where the rate stands, hollow where it does not yet."""
    fills = [colour("bg1", "light") if point.unfinished else accent() for point in points]
    line = {"color": accent(), "width": [1.5 if point.unfinished else 0 for point in points]}
    return {"size": [7 if point.unfinished else 5 for point in points], "color": fills, "line": line}


def _ticks(most: int) -> dict[str, object]:
    """Counts have no halves."""
    return {"dtick": 1} if most <= 3 else {"nticks": 3}


def _promised(words: Sequence[str], target: float) -> Mark:
    line = {"color": colour("t3", "light"), "width": 1, "dash": "dash"}
    return scatter(x=list(words), y=[target] * len(words), mode="lines", line=line, hoverinfo="skip")


def _lines() -> dict[str, object]:
    grid = {"showgrid": True, "gridcolor": colour("line", "light"), "gridwidth": 1, "ticklabelstandoff": STANDOFF}
    return grid | {"tickfont": {"size": NOTE}, "zeroline": False}
