"""Escalation by level: how many cases came to each level (pale) and how many of them were handled there (dark)."""

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.figures.light import accent, bare_axis, category_axis, drawn, label, pale, room_for
from layouts.figures.marks import Figure, bar, scatter


@dataclass(frozen=True)
class Level:
    """One level: its words, the cases that reached it, those handled without going higher, 就地办结率 as read."""

    words: str
    reached: int
    handled: int
    text: str


def figure(levels: Sequence[Level]) -> Figure:
    """Two bars for each level on a common axis, the rate behind them."""
    words = [level.words for level in levels]
    top = max((level.reached for level in levels), default=0)
    reached = bar(x=[level.reached for level in levels], y=words, orientation="h", marker={"color": pale()}, width=0.62)
    handled = bar(
        x=[level.handled for level in levels], y=words, orientation="h", marker={"color": accent()}, width=0.3
    )
    numbers = scatter(
        x=[level.reached for level in levels], y=words, mode="text", text=[f"  {level.text}" for level in levels],
        textposition="middle right", textfont=label(), cliponaxis=False,
    )  # fmt: skip
    return drawn(
        reached,
        handled,
        numbers,
        barmode="overlay",
        xaxis=bare_axis(top),
        yaxis=category_axis(words),
        margin=room_for(words, (f"  {level.text}" for level in levels)),
    )
