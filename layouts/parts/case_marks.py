"""Where a case stands, as chips, as a bar of five stages and as its time limit; each with a shape and a word."""

from dash.development.base_component import Component

from dashboard.domain.case import Stage
from dashboard.queries.drill_answers import CaseLine
from layouts import html
from layouts.i18n import Lang, say, text
from layouts.parts.case_words import HOUR, countdown

SOON = 2 * HOUR
"""A case is 临期 with less than this (ms) left, unless the office has set something else."""

_REACHED = {
    Stage.UNACCEPTED: 0,
    Stage.PENDING: 1,
    Stage.HANDLING: 3,
    Stage.VERIFYING: 4,
    Stage.CLOSED: 5,
    Stage.VOID: 0,
}


def mark(shape: str) -> Component:
    """A drawn symbol: ``check`` ``late`` ``soon`` ``pause`` ``ring`` ``cross``."""
    return html.Span(className=f"case-mark case-mark-{shape}", **{"aria-hidden": "true"})


def chip(words: str, shape: str = "", tone: str = "") -> Component:
    """A state as a word in a frame, with a symbol."""
    shapes = [mark(shape)] if shape else []
    return html.Span([*shapes, words], className=f"chip {tone}".strip())


def state_chips(lang: Lang, line: CaseLine, now: int, soon: int = SOON) -> list[Component]:
    """Stage and time limit: two axes, so at least one chip each where both are known."""
    found = [chip(text(lang, f"case.stage.{line.stage}"), _stage_shape(line))]
    limit = _limit_chip(lang, line, now, soon)
    if limit is not None:
        found.append(limit)
    if line.suspended:
        found.append(chip(text(lang, "case.chip.suspended"), "pause"))
    if line.supervised:
        found.append(supervised(lang))
    return found


def supervised(lang: Lang) -> Component:
    """The tag 督办."""
    return html.Span(text(lang, "case.chip.supervised"), className="chip tag-dub")


def _stage_shape(line: CaseLine) -> str:
    return {Stage.CLOSED: "check", Stage.VOID: "cross"}.get(Stage(line.stage), "")


def _limit_chip(lang: Lang, line: CaseLine, now: int, soon: int) -> Component | None:
    standing = limit_standing(line, now, soon)
    if standing in ("", "running"):
        return None
    shape, tone = {"on_time": ("check", ""), "soon": ("soon", "chip-warn")}.get(standing, ("late", "chip-crit"))
    return chip(text(lang, f"case.chip.{standing}"), shape, tone)


def limit_standing(line: CaseLine, now: int, soon: int = SOON) -> str:
    """``on_time`` or ``late`` once handled, else ``overdue`` ``soon`` ``running``; empty where no limit counts."""
    if line.deadline is None or line.state in ("void", "unaccepted"):
        return ""
    if line.handled_at is not None:
        return "on_time" if line.handled_at <= line.deadline else "late"
    if line.suspended:
        return ""
    if line.overdue or line.deadline < now:
        return "overdue"
    return "soon" if line.deadline - now < soon else "running"


def stage_bar(lang: Lang, line: CaseLine) -> Component:
    """受理 派遣 处置 核实 评价 as five segments, filled as far as the case has come, and the stage in words."""
    reached = _REACHED[Stage(line.stage)]
    words = text(lang, f"case.stage.{line.stage}")
    segments = [html.I(className="reached" if n < reached else "") for n in range(5)]
    bar = html.Span(
        segments,
        className="case-bar",
        role="img",
        **{"aria-label": say(lang, "case.stage.reached", stage=words, n=reached)},
    )
    return html.Span([bar, html.Span(words)], className="case-stage")


def limit_cell(lang: Lang, line: CaseLine, now: int, soon: int = SOON) -> Component:
    """Time over or left with its symbol; the browser code keeps a running countdown going."""
    standing = limit_standing(line, now, soon)
    if standing == "" or line.deadline is None:
        key = "case.chip.suspended" if line.suspended else "case.list.no_limit"
        return html.Span(text(lang, key if line.state != "void" else "case.stage.5"), className="soft")
    if standing == "on_time":
        return html.Span([mark("check"), text(lang, "case.list.done")], className="case-limit soft")
    if standing == "late":
        over = countdown((line.handled_at or 0) - line.deadline, lang)
        return html.Span([mark("late"), say(lang, "case.list.done_late", length=over)], className="case-limit soft")
    return _running(lang, line.deadline, now, standing)


def _running(lang: Lang, deadline: int, now: int, standing: str) -> Component:
    """Both words are there: the style sheet shows the one that fits when the browser code counts past the deadline."""
    shape = {"overdue": "late", "soon": "soon"}.get(standing)
    tone = {"overdue": "crit", "soon": "warn"}.get(standing, "")
    over = html.Span(text(lang, "case.list.late"), className="case-over")
    left = html.Span(text(lang, "case.list.left"), className="case-left")
    time = html.Span(countdown(abs(deadline - now), lang), **{"data-countdown": str(deadline)})
    ordered = [over, left, time] if lang == "zh-CN" else [over, time, left]
    shapes = [mark(shape)] if shape else []
    return html.Span([*shapes, *ordered], className=f"case-limit case-limit-{standing} {tone}".strip())
