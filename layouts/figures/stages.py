"""Stages of one case on a time axis: bars for time taken, dashed frames for limits, hatching where no time counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from dashboard.queries.case_answers import CaseView, StageSpan
from layouts.figures.template import template
from layouts.theme import colour

STAGES = ("accepting", "dispatching", "handling", "checking", "rating")
HEIGHT = 284
HOUR, DAY = 3_600_000, 86_400_000
BEYOND = 3
"""The axis reaches at most so many times as far as the case itself took without its rating."""

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Labels:
    """Words of the figure: a line or two for each stage, and what is written at instants (epoch ms, stage, words)."""

    stages: Sequence[str]
    marks: Sequence[tuple[int, str, str]] = ()
    off_hours: str = ""


def figure(view: CaseView, labels: Labels, zone: str) -> go.Figure:
    """Five rows in order of the stages, the first on top; several passages of a stage share its row.

    Time counts on the solid parts only: what lies in a pause, or outside working hours on that clock, is dotted.
    """
    now = view.as_of.time
    first, last = axis(view.stages, now)
    drawn = [stage for stage in view.stages if stage.begin <= last]
    made = go.Figure(data=[_hatching(view.off_hours, first, last, zone), *_bars(view, drawn, last, zone)])
    made.add_traces([line for stage in drawn for line in _dots(view, stage, last, zone)])
    made.update_layout(
        template=template("light"),
        barmode="overlay",
        height=HEIGHT,
        margin={"l": 64, "r": 12, "t": 26 if labels.off_hours else 8, "b": 34},
        shapes=list(_frames(drawn, last, zone)),
        annotations=list(_words(labels, view, first, last, zone)),
        xaxis=_time_axis(first, last, zone),
        yaxis={
            "range": [4.6, -0.6], "tickvals": list(range(5)), "ticktext": list(labels.stages),
            "tickfont": {"color": colour("t1", "light"), "size": 12}, "ticklabelstandoff": 6, "automargin": True,
        },
    )  # fmt: skip
    return made


def axis(stages: Sequence[StageSpan], now: int) -> tuple[int, int]:
    """First and last instant shown: all that happened, limits and ratings as far as they are not much further."""
    if not stages:
        return now - HOUR, now
    first = min(stage.begin for stage in stages)
    happened = [_end(stage, now) for stage in stages if stage.stage != "rating"] or [now]
    core = max(*happened, first + HOUR)
    ends = [max(_end(stage, now), stage.due or 0) for stage in stages]
    return first, min(max(core, *ends), first + BEYOND * (core - first))


def _end(stage: StageSpan, now: int) -> int:
    return max(stage.begin, now if stage.end is None else stage.end)


def counted(span: tuple[int, int], holes: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of a span without some others, in order."""
    parts, at = [], span[0]
    for begin, end in sorted(holes):
        if begin >= span[1]:
            break
        if begin > at:
            parts.append((at, begin))
        at = max(at, end)
    return [*parts, (at, span[1])] if at < span[1] else parts


def _moment(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def _hatching(spans: Spans, first: int, last: int, zone: str) -> go.Bar:
    inside = [(max(begin, first), min(end, last)) for begin, end in spans if begin < last and end > first]
    return go.Bar(
        base=[_moment(begin, zone) for begin, _ in inside],
        x=[end - begin for begin, end in inside],
        y=[2.0] * len(inside),
        width=5.2,
        orientation="h",
        marker={
            "color": colour("bg1", "light"), "line": {"width": 0},
            "pattern": {"shape": "/", "size": 7, "solidity": 0.25, "fgcolor": colour("line", "light")},
        },
        name="off_hours",
    )  # fmt: skip


def _dots(view: CaseView, stage: StageSpan, last: int, zone: str) -> Iterable[go.Scatter]:
    """Where a passage went on without its time being counted."""
    begin, end = stage.begin, min(last, _end(stage, view.as_of.time))
    row = STAGES.index(stage.stage)
    for hole in _holes(stage, view):
        first, until = max(hole[0], begin), min(hole[1], end)
        if until > first:
            yield go.Scatter(
                x=[_moment(first, zone), _moment(until, zone)],
                y=[row, row],
                mode="lines",
                line={"color": colour("t2", "light"), "width": 2, "dash": "dot"},
                name="not_counted",
            )


def _bars(view: CaseView, stages: Sequence[StageSpan], last: int, zone: str) -> Iterable[go.Bar]:
    now = view.as_of.time
    for late in (False, True):
        parts = [
            (STAGES.index(stage.stage), part)
            for stage in stages
            for part in counted(_side(stage, min(last, _end(stage, now)), late), _holes(stage, view))
        ]
        yield go.Bar(
            base=[_moment(begin, zone) for _, (begin, _) in parts],
            x=[end - begin for _, (begin, end) in parts],
            y=[row for row, _ in parts],
            width=0.46,
            orientation="h",
            marker={"color": colour("crit" if late else "t2", "light"), "line": {"width": 0}},
            name="late" if late else "taken",
        )


def _side(stage: StageSpan, end: int, late: bool) -> tuple[int, int]:
    """The part of a passage before or after its limit."""
    edge = end if stage.due is None else min(max(stage.due, stage.begin), end)
    return (edge, end) if late else (stage.begin, edge)


def _holes(stage: StageSpan, view: CaseView) -> list[tuple[int, int]]:
    if stage.stage in ("accepting", "rating"):
        return []
    pauses = [(pause.begin, view.as_of.time if pause.end is None else pause.end) for pause in view.pauses]
    return [*pauses, *(view.off_hours if stage.clock == "work" else [])]


def _frames(stages: Sequence[StageSpan], last: int, zone: str) -> Iterable[dict[str, Any]]:
    """One frame for each stage with a limit, from its first passage to the limit of its last."""
    for row, name in enumerate(STAGES):
        limited = [stage for stage in stages if stage.stage == name and stage.due is not None]
        if not limited or limited[-1].due is None or limited[-1].due <= limited[0].begin:
            continue
        ends = {"x0": _moment(limited[0].begin, zone), "x1": _moment(min(limited[-1].due, last), zone)}
        line = {"color": colour("t3", "light"), "width": 1, "dash": "dash"}
        yield {"type": "rect", **ends, "y0": row - 0.27, "y1": row + 0.27, "line": line, "layer": "above"}


def _words(labels: Labels, view: CaseView, first: int, last: int, zone: str) -> Iterable[dict[str, Any]]:
    font = {"size": 12, "color": colour("t2", "light")}
    for at, stage, words in labels.marks:
        inside = min(at, last)
        anchor = "right" if inside - first > (last - first) / 2 else "left"
        yield {
            "x": _moment(inside, zone), "y": STAGES.index(stage) + 0.28, "text": words, "showarrow": False,
            "xanchor": anchor, "yanchor": "top", "font": font,
        }  # fmt: skip
    if labels.off_hours and view.off_hours:
        begin, end = view.off_hours[0]
        middle = (max(begin, first) + min(end, last)) // 2
        yield {
            "x": _moment(middle, zone), "y": 1, "yref": "paper", "yshift": 4, "text": labels.off_hours,
            "showarrow": False, "yanchor": "bottom", "font": font,
        }  # fmt: skip


def _time_axis(first: int, last: int, zone: str) -> dict[str, Any]:
    edge = (last - first) // 50
    return {
        "type": "date", "range": [_moment(first - edge, zone), _moment(last + edge, zone)],
        "showgrid": True, "gridcolor": colour("line", "light"),
        "tickfont": {"size": 12, "color": colour("t2", "light")}, **_ticks(first, last, zone),
    }  # fmt: skip


def _ticks(first: int, last: int, zone: str) -> dict[str, Any]:
    """Whole days once there are more than three, else times, with their day where it changes."""
    if last - first > 3 * DAY:
        days = -((first - last) // (11 * DAY // 2))
        return {"tickformat": "%m-%d", "tick0": _moment(first, zone)[:10], "dtick": days * DAY}
    one_day = _moment(first, zone)[:10] == _moment(last, zone)[:10]
    return {"tickformat": "%H:%M" if one_day else "%H:%M\n%m-%d"}
