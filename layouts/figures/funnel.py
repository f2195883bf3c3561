"""How far the cases of a period have come: one bar for each step, all from the same line, behind it the whole."""

from collections.abc import Sequence

from layouts.figures.bars import Item
from layouts.figures.light import accent, bare_axis, category_axis, drawn, grey, label, pale, room_for
from layouts.figures.marks import Figure, bar, scatter


def figure(steps: Sequence[Item]) -> Figure:
    """Bars from accepted to rated; the pale bar is the first step, so that what is missing can be seen."""
    words, whole = [step.words for step in steps], max((step.n for step in steps), default=0)
    hrefs = [step.href for step in steps]
    behind = bar(
        x=[whole] * len(steps), y=words, orientation="h", marker={"color": pale()}, customdata=hrefs, hoverinfo="skip"
    )
    reached = bar(
        x=[step.n for step in steps], y=words, orientation="h",
        marker={"color": [accent() if step.chosen else grey() for step in steps]}, customdata=hrefs,
        hovertemplate="%{y} %{text}<extra></extra>", text=[step.text for step in steps], textposition="none",
    )  # fmt: skip
    numbers = scatter(
        x=[whole] * len(steps), y=words, mode="text", text=[f"  {step.text}" for step in steps],
        textposition="middle right", textfont=label(), cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip
    return drawn(
        behind, reached, numbers, clickable=True, barmode="overlay", bargap=0.35,
        xaxis=bare_axis(whole), yaxis=category_axis(words),
        margin=room_for(words, (f"  {step.text}" for step in steps)),
    )  # fmt: skip
