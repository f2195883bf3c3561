"""Cards beside the record: how the deadline came about, and everything that held the case up or pushed it on."""

from dash.development.base_component import Component

from dashboard.queries.case_answers import CaseView, DeadlineChange, Entry, Pause
from layouts import html
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.case_words import MINUTE, length, named, short_stamp, stamp
from layouts.parts.names import entry_unit

_TURNS = frozenset({"case.returned", "case.urged", "case.supervised", "case.escalated", "case.reopened"})
_COLUMNS = ("at", "why", "before", "after")


def deadlines_card(lang: Lang, view: CaseView, zone: str) -> Component:
    """Every deadline the case has had, and why it changed."""
    title = text(lang, "case.deadlines")
    if not view.deadlines:
        return card(title, html.P(text(lang, "case.deadlines.none"), className="soft"), name="deadlines")
    heads = [html.Th(text(lang, f"case.deadlines.{name}"), scope="col") for name in _COLUMNS]
    rows = [_change(lang, view, change, zone) for change in view.deadlines]
    grid = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table")
    return card(title, html.Div(grid, className="table-scroll"), name="deadlines")


def _change(lang: Lang, view: CaseView, change: DeadlineChange, zone: str) -> Component:
    now = view.as_of.time
    before, after = ("—" if at is None else stamp(at, now, zone) for at in (change.before, change.after))
    cells = [stamp(change.at, now, zone), text(lang, f"case.deadlines.{change.reason}"), before, html.B(after)]
    return html.Tr([html.Td(cell) for cell in cells])


def turns_card(lang: Lang, view: CaseView, zone: str) -> Component:
    """Suspensions with their length, then returns, urgings, supervision, escalations and reopenings."""
    title = text(lang, "case.turns")
    lines = [(pause.begin, _pause(lang, view, pause, zone)) for pause in view.pauses]
    lines += [
        (entry.time, _turn(lang, view, entry, zone)) for entry in view.entries if entry.type in _TURNS and entry.counted
    ]
    if not lines:
        return card(title, html.P(text(lang, "case.turns.none"), className="soft"), name="turns")
    ordered = [line for _, line in sorted(lines, key=lambda line: line[0])]
    return card(title, html.Ul(ordered, className="case-turns"), name="turns")


def _pause(lang: Lang, view: CaseView, pause: Pause, zone: str) -> Component:
    now = view.as_of.time
    begin = stamp(pause.begin, now, zone)
    if pause.end is None:
        words = say(lang, "case.turns.paused", **{"from": begin})
    else:
        taken = length((pause.end - pause.begin) / MINUTE, lang)
        end = short_stamp(pause.end, pause.begin, now, zone)
        words = say(lang, "case.turns.pause", **{"from": begin, "to": end}, length=taken)
    return _line(text(lang, "case.chip.suspended"), words, pause.reason)


def _turn(lang: Lang, view: CaseView, entry: Entry, zone: str) -> Component:
    told = dict(entry.details)
    who = " ".join(filter(None, (entry_unit(lang, entry), entry.actor)))
    level = named(lang, "level", told["level"]) if "level" in told else ""
    return _line(
        named(lang, "case.step", entry.type), stamp(entry.time, view.as_of.time, zone),
        " · ".join(filter(None, (level, told.get("reason", ""), who))),
    )  # fmt: skip


def _line(what: str, when: str, why: str) -> Component:
    reason = [html.Span(why, className="case-why")] if why else []
    return html.Li([html.B(what), html.Span(when, className="soft"), *reason])
