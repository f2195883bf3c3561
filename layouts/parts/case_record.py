"""The card 办理记录: every stored event of a case as a line; nothing is left out and nothing can be changed."""

from datetime import datetime

from dash.development.base_component import Component

from dashboard.queries.case_answers import CaseView, Entry
from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.case_distance import from_scene
from layouts.parts.case_files import export_links
from layouts.parts.case_words import MINUTE, length, local, named, stamp
from layouts.parts.names import entry_unit
from layouts.parts.numerals import count

LATE = 5 * MINUTE
"""An event that arrived later than this (ms) after it happened says when it arrived."""

_COLUMNS = ("time", "step", "who", "what", "since", "source")
_SPOKEN = ("reason", "passed", "score", "level", "due", "text")
_ELSEWHERE = frozenset({"unit", "actor"})


def record_card(address: Address, view: CaseView, zone: str, may_export: bool = True) -> Component:
    """The record in the order in which events count."""
    lang = address.language
    heads = [
        html.Th(text(lang, f"case.record.{name}"), scope="col", className="num" if name == "since" else None)
        for name in _COLUMNS
    ]
    before = [None, *(entry.time for entry in view.entries)]
    rows = [_row(lang, view, entry, then, zone) for entry, then in zip(view.entries, before, strict=False)]
    grid = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table case-record")
    notes = [html.Span(say(lang, "case.record.note", n=len(rows)))]
    if view.masked:
        notes.append(html.Span(text(lang, "case.masked"), title=text(lang, "case.masked.more")))
    notes += [export_links(address, "case")] if may_export and rows else []
    return card(text(lang, "case.record"), html.Div(grid, className="table-scroll"), note=notes, name="record")


def _row(lang: Lang, view: CaseView, entry: Entry, before: int | None, zone: str) -> Component:
    since = "" if before is None else length((entry.time - before) / MINUTE, lang)
    cells = {
        "time": _when(lang, view, entry, zone),
        "step": _step(lang, entry),
        "who": _who(lang, entry),
        "what": _what(lang, view, entry, zone),
        "since": [since],
        "source": [entry.source],
    }
    return html.Tr(
        [
            html.Td(
                cells[name],
                className=f"case-{name}{' num' if name == 'since' else ''}",
                **{"data-label": text(lang, f"case.record.{name}")},
            )
            for name in _COLUMNS
        ],
        className="" if entry.counted else "case-idle",
    )


def _when(lang: Lang, view: CaseView, entry: Entry, zone: str) -> list[Component]:
    now = view.as_of.time
    shown = html.Time(stamp(entry.time, now, zone, seconds=True), dateTime=local(entry.time, zone).isoformat())
    if entry.received - entry.time <= LATE:
        return [shown]
    late = length((entry.received - entry.time) / MINUTE, lang)
    words = say(lang, "case.record.received", time=stamp(entry.received, now, zone), late=late)
    return [shown, html.Span(words, className="case-late note")]


def _step(lang: Lang, entry: Entry) -> list[Component]:
    name = html.B(named(lang, "case.step", entry.type))
    if entry.counted:
        return [name]
    return [
        name,
        html.Span(
            text(lang, "case.record.idle"), className="chip chip-quiet", title=text(lang, "case.record.idle.why")
        ),
    ]


def _who(lang: Lang, entry: Entry) -> list[Component]:
    lines = [words for words in (entry.actor, entry_unit(lang, entry)) if words]
    return [html.Div(words) for words in lines] or [html.Span("—", className="soft case-nothing")]


def _what(lang: Lang, view: CaseView, entry: Entry, zone: str) -> list[Component]:
    told = dict(entry.details)
    spoken = [_spoken(lang, name, told[name], view, zone) for name in _SPOKEN if name in told]
    if entry.type in ("case.reported", "case.accepted") and told.get("title"):
        spoken.insert(0, told["title"])
    metres = from_scene(view.entries, entry)
    if metres is not None:
        spoken.append(say(lang, "case.record.distance", n=count(metres)))
    rest = [(name, words) for name, words in entry.details if name not in _SPOKEN and name not in _ELSEWHERE]
    sentence = ("；" if lang == "zh-CN" else "; ").join(spoken)
    parts: list[Component] = [html.Span(sentence)] if sentence else []
    return [*parts, *([_rest(lang, rest)] if rest else [])] or [html.Span("—", className="soft case-nothing")]


def _spoken(lang: Lang, name: str, words: str, view: CaseView, zone: str) -> str:
    if name == "passed":
        return text(lang, "case.record.passed" if words == "true" else "case.record.failed")
    if name == "score":
        return named(lang, "case.score", words)
    if name == "due":
        return say(lang, "case.record.due", time=_instant(words, view.as_of.time, zone))
    label = text(lang, f"case.field.{name}")
    value = named(lang, "level", words) if name == "level" else words
    return f"{label}：{value}" if lang == "zh-CN" else f"{label}: {value}"


def _instant(words: str, now: int, zone: str) -> str:
    return stamp(int(datetime.fromisoformat(words).timestamp() * 1000), now, zone)


def _rest(lang: Lang, fields: list[tuple[str, str]]) -> Component:
    pairs = [
        html.Div([html.Dt(named(lang, "case.field", name)), html.Dd(_value(lang, name, words))])
        for name, words in fields
    ]
    return html.Details(
        [html.Summary(say(lang, "case.record.more", n=len(fields))), html.Dl(pairs)], className="case-more"
    )


def _value(lang: Lang, name: str, words: str) -> str:
    prefix = {"channel": "channel", "kind": "case.kind"}.get(name)
    return named(lang, prefix, words) if prefix else words
