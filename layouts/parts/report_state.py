"""How far a report has come, what it is about, and what the checks say."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.reports.archive import ISSUED, STATES, Entry
from layouts import html
from layouts.address import COMPARE, Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.report_list import Cell, files
from layouts.parts.report_words import (
    code,
    day_and_minute,
    kind_words,
    period_words,
    report_address,
    said_words,
    state_words,
    who_words,
)

FAULTS_SHOWN = 100


def state_card(
    address: Address, entry: Entry, scope: str, zone: str, formats: Sequence[str] = (),
    acts: Sequence[Component] = (), makes: bool = False,
) -> Component:  # fmt: skip
    """The steps behind and before a report, what it is about, its files in ``formats``, and ``acts`` that may be done
    now. ``scope`` is the region's name; who made and issued it is for those who ``make`` reports themselves."""
    lang, words = address.language, said_words(address.language, address.said)
    told = [html.P(words, role="status", className="report-said")] if words else []
    facts = _facts(address, entry, scope, zone, makes)
    parts = [*told, _steps(lang, entry, zone), *acts, *_files(address, entry, formats), facts]
    return card(text(lang, "reports.progress"), *parts, name="report-state")


def _steps(lang: Lang, entry: Entry, zone: str) -> Component:
    here = STATES.index(entry.state)
    times = {
        "draft": day_and_minute(entry.made, zone),
        "appeals": say(lang, "reports.until", at=day_and_minute(entry.until, zone)) if entry.until else "",
        "frozen": day_and_minute(entry.frozen, zone) if entry.frozen else "",
        "issued": day_and_minute(entry.issued, zone) if entry.issued else "",
    }
    steps = []
    for place, state in enumerate(STATES):
        current = {"aria-current": "step"} if place == here else {}
        words = [html.B(state_words(lang, state)), html.Span(times[state] if place <= here else "", className="soft")]
        steps.append(html.Li(words, className="reached" if place <= here else "ahead", **current))
    return html.Ol(steps, className="report-steps", **{"aria-label": text(lang, "reports.progress")})


def _files(address: Address, entry: Entry, formats: Sequence[str]) -> list[Component]:
    """Downloads of an issued report, and the way to the one before it."""
    lang = address.language
    if entry.state != ISSUED:
        return []
    beside = Address(COMPARE, a=entry.id, lang=address.lang)
    link = html.Link(text(lang, "reports.compare"), href=beside.href, className="report-file")
    label = html.Span(say(lang, "reports.files", n=len(formats)), className="soft")
    return [html.Div([label, *files(lang, entry, formats), link], className="report-files")]


def _facts(address: Address, entry: Entry, scope: str, zone: str, makes: bool) -> Component:
    lang = address.language
    rows: list[tuple[str, Cell]] = [
        ("kind", kind_words(lang, entry.asked.kind)),
        ("period", period_words(lang, entry.asked.period)),
        ("scope", scope),
        ("cut", say(lang, "reports.cut.value", seq=entry.cut.seq, at=day_and_minute(entry.cut.time, zone))),
        ("code", html.Span(code(entry), className="report-code")),
        ("hash", html.Span(entry.hash, className="report-hash")),
        *([(key, who_words(lang, name)) for key, name in _people(entry)] if makes else []),
        *([("of", html.Link(entry.of, href=report_address(address, entry.of).href))] if entry.of else []),
    ]
    pairs = [html.Div([html.Dt(text(lang, f"reports.fact.{key}")), html.Dd(value)]) for key, value in rows]
    return html.Dl(pairs, className="report-facts")


def _people(entry: Entry) -> list[tuple[str, str]]:
    return [(key, name) for key, name in (("made_by", entry.made_by), ("issued_by", entry.issued_by)) if name]


def checks_card(address: Address, faults: Sequence[tuple[str, str]]) -> Component:
    """The result of the checks: (where, what) of each fault."""
    lang = address.language
    title = text(lang, "reports.checks")
    if not faults:
        good = html.P(html.B(text(lang, "reports.checks.good")))
        counted = html.P(text(lang, "reports.checks.what"), className="note")
        return card(title, good, counted, name="report-checks")
    head = html.P(html.B(say(lang, "reports.checks.bad", n=len(faults))), className="crit", role="alert")
    lines = [html.Li([html.B(where), html.Span(what)]) for where, what in faults[:FAULTS_SHOWN]]
    left = len(faults) - FAULTS_SHOWN
    more = [html.P(say(lang, "reports.checks.more", n=left), className="note")] if left > 0 else []
    return card(title, head, html.Ul(lines, className="report-faults"), *more, name="report-checks", tone="crit")
