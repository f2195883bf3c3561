"""From 100 points down to a score: what each term lost, the largest loss first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layouts.figures.light import LABEL, NOTE, accent, category_axis, drawn, grey, label, pale, room_for
from layouts.figures.marks import Figure, bar
from layouts.theme import colour

ROW, ENDS = 34, 52
"""Height of a step, and of what stands above and below the steps, in px."""

_STARTS = (98, 95, 90, 80, 70, 60, 50, 40, 30, 20, 10, 0)
_ROOM = 0.16
"""Share of the axis that stays free left of the lowest bar, for the number before it."""


@dataclass(frozen=True)
class Step:
    """One loss in points: the words of its row, and the number as it is printed."""

    words: str
    lost: float
    printed: str


@dataclass(frozen=True)
class Words:
    """Words of the first and last row, the score as it is printed, and the median's label."""

    full: str
    total: str
    score: str
    median: str = ""


def axis_start(lowest: float) -> int:
    """Where the axis begins, so that the lowest bar has room for its number."""
    return next((start for start in _STARTS if start + (100 - start) * _ROOM <= lowest), 0)


def height(steps: Sequence[Step]) -> int:
    """Height of the figure in px."""
    return (len(steps) + 2) * ROW + ENDS


def figure(steps: Sequence[Step], score: float, median: float | None, words: Words) -> Figure:
    """``steps`` in the order they are drawn; their losses sum to 100 - ``score``. ``median`` None: no line."""
    start = axis_start(min(score, 100 if median is None else median))
    labels = [words.full, *(step.words for step in steps), words.total]
    bases, running = [], 100.0
    for step in steps:
        running -= step.lost
        bases.append(running)
    bars = bar(
        orientation="h",
        y=labels,
        base=[start, *bases, start],
        x=[100 - start, *(step.lost for step in steps), max(score - start, 0)],
        marker={
            "color": _colours(steps),
            "line": {"width": [1, *[0] * (len(steps) + 1)], "color": colour("line2", "light")},
        },
        width=0.62,
        cliponaxis=False,
    )
    return drawn(
        bars,
        xaxis=_axis(start),
        yaxis=category_axis(labels),
        annotations=_numbers(steps, bases, score, words) + _median_label(median, words),
        shapes=_connectors(bases) + _median_line(median),
        margin=room_for(labels) | {"r": 56, "t": 6, "b": ENDS - 12},
    )


def _colours(steps: Sequence[Step]) -> list[str]:
    return [pale(), *(accent() if place == 0 else grey() for place in range(len(steps))), colour("off", "light")]


def _axis(start: int) -> dict[str, Any]:
    return {
        "range": [start, 100], "nticks": 4, "tickangle": 0, "showgrid": True, "gridcolor": colour("line", "light"),
        "tickfont": {"size": NOTE},
    }  # fmt: skip


def _numbers(steps: Sequence[Step], bases: Sequence[float], score: float, words: Words) -> list[dict[str, Any]]:
    ends = [_number(0, 100, "100.00", "left"), _number(len(steps) + 1, score, words.score, "left")]
    losses = [
        _number(place, base, step.printed, "right")
        for place, (step, base) in enumerate(zip(steps, bases, strict=True), 1)
    ]
    return ends + losses


def _number(row: int, x: float, words: str, anchor: str) -> dict[str, Any]:
    shift = 6 if anchor == "left" else -6
    return {
        "x": x, "y": row, "text": f"<b>{words}</b>", "xanchor": anchor, "xshift": shift, "showarrow": False,
        "font": label(LABEL), "bgcolor": colour("bg1", "light"), "borderpad": 1,
    }  # fmt: skip


def _connectors(bases: Sequence[float]) -> list[dict[str, Any]]:
    line = {"color": colour("line2", "light"), "width": 1}
    return [
        {"type": "line", "x0": base, "x1": base, "y0": row + 0.31, "y1": row + 0.69, "line": line}
        for row, base in enumerate(bases, 1)
    ]


def _median_line(median: float | None) -> list[dict[str, Any]]:
    if median is None:
        return []
    line = {"color": colour("t3", "light"), "width": 1.5, "dash": "dash"}
    return [
        {"type": "line", "x0": median, "x1": median, "y0": 0, "y1": 1, "yref": "paper", "line": line, "layer": "above"}
    ]


def _median_label(median: float | None, words: Words) -> list[dict[str, Any]]:
    if median is None:
        return []
    return [
        {
            "x": median, "y": 0, "yref": "paper", "yanchor": "top", "yshift": -18, "text": words.median,
            "showarrow": False, "font": {"size": NOTE, "color": colour("t2", "light")},
        }
    ]  # fmt: skip
