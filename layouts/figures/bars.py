"""Counts by a key, lying: categories, channels; or standing: hours, weekdays."""

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.figures.light import AXIS, accent, bare_axis, category_axis, drawn, grey, label, literal, room_for
from layouts.figures.marks import Figure, bar


@dataclass(frozen=True)
class Item:
    """One bar: its words as people wrote them, number, number as read, where a click leads (empty: nowhere), and
    whether it is chosen."""

    words: str
    n: float
    text: str
    href: str = ""
    chosen: bool = False


def _colours(items: Sequence[Item]) -> list[str]:
    any_chosen = any(item.chosen for item in items)
    return [accent() if item.chosen else grey() for item in items] if any_chosen else [grey()] * len(items)


def lying(items: Sequence[Item]) -> Figure:
    """Bars to the right in the given order, the number behind each."""
    words = [literal(item.words) for item in items]
    trace = bar(
        x=[item.n for item in items], y=words, orientation="h", marker={"color": _colours(items)},
        text=[item.text for item in items], textposition="outside", textfont=label(), cliponaxis=False,
        customdata=[item.href for item in items], hovertemplate="%{y} %{text}<extra></extra>", constraintext="none",
    )  # fmt: skip
    top = max((item.n for item in items), default=0)
    margin = room_for((item.words for item in items), (item.text for item in items))
    return drawn(trace, clickable=True, xaxis=bare_axis(top), yaxis=category_axis(words), bargap=0.35, margin=margin)


def standing(items: Sequence[Item], numbers: bool = True, every: int = 1) -> Figure:
    """Bars upwards in the given order; ``numbers`` writes each on top, ``every`` n-th word stands below."""
    words = [literal(item.words) for item in items]
    trace = bar(
        x=words, y=[item.n for item in items], marker={"color": _colours(items)},
        text=[item.text for item in items], textposition="outside" if numbers else "none", textfont=label(12),
        cliponaxis=False, customdata=[item.href for item in items], hovertemplate="%{x} %{text}<extra></extra>",
        constraintext="none", textangle=0,
    )  # fmt: skip
    top = max((item.n for item in items), default=0) * (1.2 if numbers else 1.02)
    axis = {"type": "category", "tickangle": 0, "tickmode": "array", "tickvals": words[::every]}
    return drawn(trace, clickable=True, xaxis=axis, yaxis=bare_axis(top), bargap=0.25, margin=room_for(below=AXIS))
