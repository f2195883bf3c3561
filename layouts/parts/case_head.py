"""The head of a case: title, where it stands, whose it is, how long it took."""

from dash.development.base_component import Component

from dashboard.domain.case import Stage
from dashboard.queries.case_answers import CaseView
from layouts import html
from layouts.i18n import Lang, say, text
from layouts.parts.case_marks import SOON, chip, state_chips
from layouts.parts.case_words import MINUTE, length, named, short_stamp, stamp
from layouts.parts.names import case_category, case_places, case_unit


def head(lang: Lang, view: CaseView, zone: str, soon: int = SOON) -> Component:
    """A card without a title line of its own: the case's title is its title."""
    line = view.line
    chips = [*state_chips(lang, line, view.as_of.time, soon), *_history(lang, view)]
    kind = [case_category(lang, line), named(lang, "case.kind", view.kind) if view.kind else ""]
    where = [html.Span(" / ".join(filter(None, kind))), html.Span(" ".join(case_places(lang, line)))]
    first = html.Div(
        [html.H2(line.title or text(lang, "case.untitled")), *chips, *where, _total(lang, view, zone)],
        className="case-head-line",
    )
    return html.Section([first, html.Dl(_facts(lang, view)), *_told(lang, view)], className="card card-case-head")


def _history(lang: Lang, view: CaseView) -> list[Component]:
    found = [name for name, has in (("reworked", view.reworked), ("reopened", view.reopened)) if has]
    found += ["urgent"] if view.urgency == "urgent" else []
    return [chip(text(lang, f"case.chip.{name}")) for name in found]


def first_instant(view: CaseView) -> tuple[str, int] | None:
    """When the case began, and whether by a report or its acceptance; None before either."""
    reports = [entry.time for entry in view.entries if entry.type == "case.reported"]
    accepted = view.line.accepted_at
    if reports and (accepted is None or reports[0] <= accepted):
        return "reported", reports[0]
    return None if accepted is None else ("accepted", accepted)


def _total(lang: Lang, view: CaseView, zone: str) -> Component:
    began = first_instant(view)
    if began is None:
        return html.Span(className="case-total")
    ended, end = _end(view)
    now = view.as_of.time
    words = say(
        lang, "case.from_to",
        **{"from": text(lang, f"case.first.{began[0]}"), "to": text(lang, f"case.last.{ended}")},
        first=stamp(began[1], now, zone), last=short_stamp(end, began[1], now, zone),
    )  # fmt: skip
    label = text(lang, "case.so_far" if ended == "now" else "case.whole")
    taken = length((end - began[1]) / MINUTE, lang)
    return html.Span([f"{label} ", html.B(taken), html.Span(f" {words}", className="soft")], className="case-total")


def _end(view: CaseView) -> tuple[str, int]:
    line = view.line
    if line.stage == Stage.VOID:
        voids = [
            entry.time for entry in view.entries if entry.type in ("case.rejected", "case.cancelled") and entry.counted
        ]
        return "void", voids[0] if voids else view.as_of.time
    return ("now", view.as_of.time) if line.closed_at is None else ("closed", line.closed_at)


def _facts(lang: Lang, view: CaseView) -> list[Component]:
    line = view.line
    reporter = " ".join(filter(None, (view.reporter, view.phone)))
    facts = [
        ("case.channel", named(lang, "channel", line.channel)),
        ("case.reporter", reporter),
        ("case.unit", case_unit(lang, line) or text(lang, "case.none")),
        ("case.supervision", text(lang, "case.yes" if steps(view, "case.supervised") else "case.none")),
        ("case.rework", _times(lang, steps(view, "case.checked", ("passed", "false")))),
        ("case.returned", _times(lang, steps(view, "case.returned"))),
        ("case.extended", _times(lang, steps(view, "case.extended"))),
        ("case.urged", _times(lang, view.urged)),
        ("case.rating", text(lang, f"case.score.{line.score}") if line.score else ""),
        ("case.tags", "、".join(view.tags) if lang == "zh-CN" else ", ".join(view.tags)),
    ]
    return [html.Div([html.Dt(text(lang, key)), html.Dd(words)]) for key, words in facts if words]


def steps(view: CaseView, type_: str, detail: tuple[str, str] | None = None) -> int:
    """How many counted events of a type the case has, optionally with a detail."""
    found = (entry for entry in view.entries if entry.type == type_ and entry.counted)
    return sum(detail is None or detail in entry.details for entry in found)


def _times(lang: Lang, n: int) -> str:
    return say(lang, "case.times", n=n) if n else text(lang, "case.none")


def _told(lang: Lang, view: CaseView) -> list[Component]:
    lines = []
    if view.address:
        lines.append(html.P([html.Span(text(lang, "case.address"), className="soft"), f" {view.address}"]))
    if view.text:
        quoted = say(lang, "case.quoted", text=view.text)
        lines.append(
            html.P([html.Span(text(lang, "case.text"), className="soft"), f" {quoted}"], className="case-told")
        )
    return lines
