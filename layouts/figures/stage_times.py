"""How long each stage took: a dark bar to the median, a pale one to the 90th percentile."""

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.figures.light import accent, bare_axis, category_axis, drawn, label, pale, room_for
from layouts.figures.marks import Figure, bar, scatter


@dataclass(frozen=True)
class Stage:
    """One stage: its words, median and 90th percentile in hours (None: nobody went through it), both as read."""

    words: str
    median: float | None
    p90: float | None
    text: str


def figure(stages: Sequence[Stage]) -> Figure:
    """Bars on a common axis of hours from 0."""
    words = [stage.words for stage in stages]
    top = max((stage.p90 or 0 for stage in stages), default=0)
    far = bar(x=[stage.p90 for stage in stages], y=words, orientation="h", marker={"color": pale()}, width=0.62)
    middle = bar(x=[stage.median for stage in stages], y=words, orientation="h", marker={"color": accent()}, width=0.3)
    numbers = scatter(
        x=[stage.p90 or 0 for stage in stages], y=words, mode="text", text=[f"  {stage.text}" for stage in stages],
        textposition="middle right", textfont=label(), cliponaxis=False,
    )  # fmt: skip
    return drawn(
        far,
        middle,
        numbers,
        barmode="overlay",
        xaxis=bare_axis(top),
        yaxis=category_axis(words),
        margin=room_for(words, (f"  {stage.text}" for stage in stages)),
    )
