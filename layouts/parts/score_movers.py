"""What moved a score and what still can: single cases, regions below, changes that are still possible."""

from dash.development.base_component import Component

from dashboard.queries.score_answers import CaseMover, Explanation, Mover, WhatIf
from layouts import html
from layouts.address import CASE, SCORE, Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.case_words import countdown
from layouts.parts.names import place_name
from layouts.parts.numerals import MINUS, MISSING, count, decimal

WORST, BEST = 5, 3
"""How many regions below are named at either end."""


def signed(points: float) -> str:
    """Points with their sign: two decimals, more where they would read 0.00."""
    places = 2 if not points or abs(points) >= 0.005 else 4 if abs(points) >= 0.00005 else 6
    sign = "+" if points > 0 else MINUS if points < 0 else ""
    return f"{sign}{decimal(abs(points), places)}"


def cases_card(address: Address, told: Explanation) -> Component:
    """The cases that cost most, each with the points it costs by itself."""
    lang = address.language
    if not told.cases:
        return card(
            text(lang, "score.cases.none"), html.P(text(lang, "score.cases.empty"), className="soft"), name="movers"
        )
    heads = {"id": "wide", "title": None, "ways": None, "length": "num", "points": "num"}
    head = html.Tr(
        [html.Th(text(lang, f"score.case.{key}"), className=name, scope="col") for key, name in heads.items()]
    )
    rows = [_case(address, mover, told.as_of.time) for mover in told.cases]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="table")
    title = say(lang, "score.cases", n=len(told.cases))
    note = html.P(text(lang, "score.cases.note"), className="note")
    return card(title, html.Div(table, className="table-scroll"), note, name="movers")


def _case(address: Address, mover: CaseMover, now: int) -> Component:
    lang, case = address.language, mover.case
    link = html.Link(case.id, href=address.plain(CASE, id=case.id).href)
    title = html.Link(case.title or case.id, href=address.plain(CASE, id=case.id).href, className="case-title")
    return html.Tr(
        [
            html.Td(link, className="wide"),
            html.Td(title),
            html.Td(_ways(lang, mover)),
            html.Td(_length(lang, mover, now), className="num soft"),
            html.Td(html.B(signed(mover.points)), className="num"),
        ]
    )


def _ways(lang: Lang, mover: CaseMover) -> Component:
    words = [text(lang, f"score.way.{way}") for way in mover.ways]
    if mover.case.supervised:
        words.append(text(lang, "score.way.supervised"))
    joined = ("，" if lang == "zh-CN" else ", ").join(words)
    if not mover.open:
        return html.Span(joined)
    return html.Span([html.Span("▲ ", **{"aria-hidden": "true"}), joined], className="crit")


def _length(lang: Lang, mover: CaseMover, now: int) -> str:
    deadline, handled = mover.case.deadline, mover.case.handled_at
    if deadline is None or not {"late", "overdue"} & set(mover.ways):
        return MISSING
    over = countdown((now if handled is None else handled) - deadline, lang)
    return say(lang, "score.over" if mover.open else "score.late", length=over)


def children_card(address: Address, told: Explanation) -> list[Component]:
    """The regions below at both ends; none where there are none."""
    lang = address.language
    if not told.children:
        return []
    ends = told.children if len(told.children) <= WORST + BEST else [*told.children[:WORST], *told.children[-BEST:]]
    heads = {"": None, "due": "num", "score": "num", "points": "num"}
    head = [
        html.Th(text(lang, f"score.child.{key}" if key else "score.child"), className=name, scope="col")
        for key, name in heads.items()
    ]
    table = html.Table(
        [html.Thead(html.Tr(head)), html.Tbody([_child(address, mover) for mover in ends])], className="table"
    )
    note = html.P(text(lang, "score.children.note"), className="note")
    return [card(text(lang, "score.children"), html.Div(table, className="table-scroll"), note, name="movers")]


def _child(address: Address, mover: Mover) -> Component:
    link = address.plain(SCORE, region=mover.place.code, model=address.model)
    return html.Tr(
        [
            html.Td(html.Link(place_name(address.language, mover.place), href=link.href)),
            html.Td(count(mover.due), className="num"),
            html.Td(decimal(mover.score, 2), className="num"),
            html.Td(html.B(signed(mover.points)), className="num"),
        ]
    )


def what_if_card(lang: Lang, told: Explanation, *notes: Component) -> Component:
    """What the open cases can still change, line upon line, and what nothing can."""
    if not told.what_if:
        empty = html.P(text(lang, "score.what_if.empty"), className="soft")
        return card(text(lang, "score.what_if"), empty, *notes, name="what-if")
    heads = [
        html.Th(text(lang, f"score.what_if.{key}"), className="num" if key != "case" else None, scope="col")
        for key in ("case", "change", "score", "rank")
    ]
    rows = [_chance(lang, chance, first=place == 0) for place, chance in enumerate(told.what_if)]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table")
    note = text(lang, "score.what_if.note")
    return card(
        text(lang, "score.what_if"), html.Div(table, className="table-scroll"), *notes, note=note, name="what-if"
    )


def _chance(lang: Lang, chance: WhatIf, first: bool) -> Component:
    words = say(lang, f"score.what_if.{chance.key}", n=count(chance.n))
    return html.Tr(
        [
            html.Td(words if first else say(lang, "score.what_if.and", words=words)),
            html.Td(html.B(signed(chance.change)), className="num"),
            html.Td(decimal(chance.score, 2), className="num"),
            html.Td(html.B(MISSING if chance.rank is None else str(chance.rank)), className="num"),
        ]
    )
