"""Where a case is, and which others are close by or alike."""

import json

from dash.development.base_component import Component

from dashboard.queries.case_answers import CaseView
from dashboard.queries.drill_answers import CaseLine
from layouts import html
from layouts.address import CASE, Address
from layouts.i18n import text
from layouts.parts.card import card, message
from layouts.parts.case_marks import SOON, limit_cell, stage_bar, supervised
from layouts.parts.case_words import stamp
from layouts.parts.names import case_places


def place_card(address: Address, view: CaseView) -> Component:
    """A slot for the browser code's map of the place."""
    lang = address.language
    where = " ".join(case_places(lang, view.line))
    if view.lon is None or view.lat is None:
        body = message(text(lang, "case.place.none"), text(lang, "case.place.none.note"))
        return card(text(lang, "case.place"), body, note=where, name="case-place")
    options = {
        "lon": view.lon,
        "lat": view.lat,
        "region": view.line.region,
        "state": map_state(view.line),
        "lang": lang,
    }
    slot = html.Div(
        className="case-map",
        role="group",
        **{
            "data-part": "case-map",
            "data-options": json.dumps(options, ensure_ascii=False),
            "aria-label": text(lang, "case.place.aria"),
        },
    )
    return card(text(lang, "case.place"), slot, note=where, name="case-place")


def map_state(line: CaseLine) -> str:
    """``supervised`` ``overdue`` before the stage's own state, as a map draws the most severe."""
    if line.supervised and line.overdue:
        return "supervised"
    return "overdue" if line.overdue else line.state


def related_card(
    address: Address, view: CaseView, key: str, lines: list[CaseLine], zone: str, soon: int = SOON
) -> Component:
    """``key`` is ``near`` or ``alike``: a short list with links."""
    lang = address.language
    if not lines:
        body: Component = html.P(text(lang, f"case.{key}.none"), className="soft")
    else:
        body = html.Ul([_line(address, view, line, zone, soon) for line in lines], className="case-related")
    return card(text(lang, f"case.{key}"), body, note=text(lang, f"case.{key}.note"), name=f"case-{key}")


def _line(address: Address, view: CaseView, line: CaseLine, zone: str, soon: int) -> Component:
    lang, now = address.language, view.as_of.time
    link = html.Link(line.title or line.id, href=case_href(address, line.id))
    tags = [supervised(lang)] if line.supervised else []
    note = " · ".join(filter(None, (line.id, "" if line.accepted_at is None else stamp(line.accepted_at, now, zone))))
    words = html.Div([html.Div([link, *tags]), html.Div(note, className="note")], className="case-related-words")
    return html.Li([words, stage_bar(lang, line), limit_cell(lang, line, now, soon)])


def case_href(address: Address, case_id: str) -> str:
    """The address of a case's page."""
    return Address(CASE, id=case_id, lang=address.lang).href
