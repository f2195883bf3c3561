"""What is being made now, waits or came to nothing; it asks again by itself while something runs."""

from collections.abc import Mapping, Sequence

from dash import dcc
from dash.development.base_component import Component

from dashboard.reports.works import Work
from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.frozen import ATTRIBUTE, frozen
from layouts.parts.report_words import kind_words, period_words, report_address, said_words

PULSE, WORKS, ONWARD = "report-pulse", "report-works", "report-onward"
"""Types of the ids of what asks again, of where the answer is drawn, and of what leads on once a work is done; their
names say for which report."""
EVERY = 1000
"""Milliseconds between two looks."""
ARCHIVE = "archive"
NOTHING = "[]"
"""No line, as the browser code takes it."""


def works_card(address: Address, works: Sequence[Work], names: Mapping[str, str]) -> Component:
    """A card with a line for each work; nothing where there is none."""
    if not works:
        return html.Div(hidden=True)
    name = address.id or ARCHIVE
    slot = html.Div(id={"type": WORKS, "name": name}, **{ATTRIBUTE: as_data(address, works, names)})
    asking = _asking(name) if running(works) else []
    return card(text(address.language, "reports.works"), slot, *asking, name="works")


def _asking(name: str) -> list[Component]:
    """Asks while somebody waits for a work, and ends with it: no page that only shows figures polls."""
    onward = dcc.Location(id={"type": ONWARD, "name": name}, refresh="callback-nav")
    return [dcc.Interval(id={"type": PULSE, "name": name}, interval=EVERY), onward]


def running(works: Sequence[Work]) -> bool:
    """Whether anything runs or waits."""
    return any(not work.ended for work in works)


def as_data(address: Address, works: Sequence[Work], names: Mapping[str, str]) -> str:
    """The lines as the browser code takes them (see ``frozen``)."""
    data: str = getattr(frozen(html.Div(work_lines(address, works, names))), ATTRIBUTE, NOTHING)
    return data


def work_lines(address: Address, works: Sequence[Work], names: Mapping[str, str]) -> Component:
    """One line for each work, newest first; read out when one of them changes its state."""
    return html.Ul([_work(address, work, names) for work in works], className="report-works")


def _work(address: Address, work: Work, names: Mapping[str, str]) -> Component:
    lang = address.language
    about = say(
        lang, "reports.work.about", act=text(lang, f"reports.work.act.{work.act}"),
        kind=kind_words(lang, work.asked.kind), period=period_words(lang, work.asked.period),
        region=names.get(work.asked.region, work.asked.region),
    )  # fmt: skip
    line = [html.Span(about, className="report-work-about"), *_standing(address, work)]
    return html.Li(line, className=f"work-{work.state}")


def _standing(address: Address, work: Work) -> list[Component]:
    lang = address.language
    if work.state == "failed":
        return [html.Span(say(lang, "reports.work.failed", why=_why(lang, work)), className="crit", role="alert")]
    if work.state == "done":
        link = [] if work.report in ("", address.id) else [_to(address, work.report)]
        return [html.Span(text(lang, "reports.work.done"), role="status"), *link]
    if work.state == "waiting":
        return [html.Span(text(lang, "reports.work.waiting"), className="soft")]
    share = int(work.share * 100)
    words = say(lang, "reports.work.running", share=share)
    bar = html.Progress(max="100", value=str(share), **{"aria-label": text(lang, "reports.work.progress")})
    return [bar, html.Span(words, className="soft")]


def _to(address: Address, report: str) -> Component:
    return html.Link(text(address.language, "reports.work.open"), href=report_address(address, report).href)


def _why(lang: Lang, work: Work) -> str:
    """Why a work came to nothing, by the key of its refusal; what screens know no words for, as it was said."""
    return said_words(lang, f"no.{work.key}") or work.problem
