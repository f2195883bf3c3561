"""The card 阶段与时限: the figure of the stages and the same numbers as a table."""

from collections.abc import Sequence

from dash import dcc
from dash.development.base_component import Component

from dashboard.queries.case_answers import CaseView, StageSpan
from layouts import html
from layouts.figures.stages import HEIGHT, STAGES, Labels, axis, figure
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.case_words import MINUTE, clock, countdown, length, short_stamp, stamp, working_length

GRAPH = "case-stages"


def stages_card(lang: Lang, view: CaseView, zone: str) -> Component:
    """The figure with its notes; a case without any stage says so."""
    if not view.stages:
        return card(text(lang, "case.stages"), html.P(text(lang, "case.stages.none"), className="soft"), name="stages")
    graph = dcc.Graph(
        id=GRAPH,
        figure=figure(view, labels(lang, view, zone), zone),
        config={"displayModeBar": False, "staticPlot": True, "responsive": True},
        responsive=True,
        style={"height": HEIGHT},
    )
    drawn = html.Div(
        html.Div(graph, **{"aria-hidden": "true"}), role="img", **{"aria-label": text(lang, "case.stages.aria")}
    )
    return card(
        text(lang, "case.stages"), drawn, _table(lang, view, zone), note=[html.Span(_note(lang, view))], name="stages"
    )


def _note(lang: Lang, view: CaseView) -> str:
    parts = [text(lang, "case.stages.note"), text(lang, f"case.stages.{view.clock}")]
    parts += [text(lang, "case.stages.paused")] if view.pauses else []
    return (" " if lang == "en" else "").join([parts[0], ("；" if lang == "zh-CN" else "; ").join(parts[1:])])


def labels(lang: Lang, view: CaseView, zone: str) -> Labels:
    """Each stage with the time taken in all its passages and the limit of the last; limits and ends off the axis."""
    first, last = axis(view.stages, view.as_of.time)
    marks = [mark for stage in view.stages for mark in _marks(lang, view, stage, last, zone)]
    off_hours = ""
    if len(view.off_hours) == 1:
        begin, end = view.off_hours[0]
        ends = {"from": clock(max(begin, first), zone), "to": clock(end, zone)}
        off_hours = say(lang, "case.off_hours", **ends) if (end - begin) * 4 > last - first else ""
    return Labels([_label(lang, view.stages, stage) for stage in STAGES], marks, off_hours)


def _label(lang: Lang, stages: Sequence[StageSpan], name: str) -> str:
    """Name and limit, under them how often the case was in the stage and for how long in all."""
    found = [stage for stage in stages if stage.stage == name]
    words = text(lang, f"case.passage.{name}")
    if not found:
        return f"{words}<br>—"
    limit = f" ≤ {_short(lang, found[0])}" if len(found) == 1 and found[0].limit else ""
    taken = length_of(lang, found[-1].clock, sum(one.minutes for one in found))
    if len(found) > 1:
        taken = say(lang, "case.passage.times", n=len(found), taken=taken)
    return f"<b>{words}</b>{limit}<br>{taken}"


def _short(lang: Lang, stage: StageSpan) -> str:
    """The limit as countdowns are written; working hours are not made days of."""
    minutes = int((stage.limit or 0.0) + 0.5)
    if stage.clock == "natural" and minutes >= 24 * 60:
        return countdown(minutes * MINUTE, lang)
    return say(lang, "case.length.short", h=minutes // 60, m=f"{minutes % 60:02d}")


def length_of(lang: Lang, clock_: str, minutes: float) -> str:
    """A length on a clock."""
    return working_length(minutes, lang) if clock_ == "work" else length(minutes, lang)


def _marks(lang: Lang, view: CaseView, stage: StageSpan, last: int, zone: str) -> list[tuple[int, str, str]]:
    now = view.as_of.time
    others = [other for other in view.stages if other.stage == stage.stage and other is not stage]
    if stage.due is not None and all(other.begin < stage.begin for other in others):
        time = say(lang, "case.due_at", time=short_stamp(stage.due, stage.begin, now, zone))
        return [(stage.due, stage.stage, f"{time} →" if stage.due > last else time)]
    if stage.end is not None and stage.end > last:
        time = short_stamp(stage.end, stage.begin, now, zone)
        return [(stage.end, stage.stage, say(lang, "case.until_beyond", time=time))]
    return []


_COLUMNS = ("stage", "begin", "end", "taken", "limit", "due", "clock")


def _table(lang: Lang, view: CaseView, zone: str) -> Component:
    heads = [
        html.Th(
            text(lang, f"case.passage.{name}"), scope="col", className="num" if name in ("taken", "limit") else None
        )
        for name in _COLUMNS
    ]
    rows = [_row(lang, view, stage, zone) for stage in view.stages]
    grid = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table")
    return html.Details(
        [html.Summary(text(lang, "case.stages.table")), html.Div(grid, className="table-scroll")], className="as-table"
    )


def _row(lang: Lang, view: CaseView, stage: StageSpan, zone: str) -> Component:
    now = view.as_of.time
    end = text(lang, "case.passage.still") if stage.end is None else stamp(stage.end, now, zone, seconds=True)
    cells = [
        html.Td(text(lang, f"case.passage.{stage.stage}")),
        html.Td(stamp(stage.begin, now, zone, seconds=True)),
        html.Td(end),
        html.Td(length_of(lang, stage.clock, stage.minutes), className="num"),
        html.Td("—" if stage.limit is None else length_of(lang, stage.clock, stage.limit), className="num"),
        html.Td("—" if stage.due is None else stamp(stage.due, now, zone)),
        html.Td(text(lang, f"case.clock.{stage.clock}")),
    ]
    return html.Tr(cells)
