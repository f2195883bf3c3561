"""The table of cases: sortable heads, stage bar, time limit; cards on the phone (by CSS)."""

from dash.development.base_component import Component

from dashboard.queries.drill_answers import CaseLine, CaseLines
from layouts import html
from layouts.address import CASES, Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import message
from layouts.parts.case_marks import SOON, limit_cell, stage_bar, supervised
from layouts.parts.case_place import case_href
from layouts.parts.case_words import ZONE, named, stamp
from layouts.parts.names import case_category, case_places, case_unit

COLUMNS = ("id", "event", "category", "place", "channel", "stage", "accepted", "deadline", "unit")
SORTS = {"accepted": ("-accepted", "accepted"), "deadline": ("deadline",), "category": ("category",), "unit": ("unit",)}
"""Orders that a column offers, as the address names them; a second click on its head takes the next one."""


def list_behind(address: Address) -> Address:
    """The page that a table belongs to: itself, or from another page the list of the cases that it begins with."""
    if address.path == CASES:
        return address
    state = address.state or "open"
    order = "deadline" if state == "open" else ""
    return address.to(path=CASES, state=state, sort=order, shade="", layers="", view="")


def case_table(address: Address, lines: CaseLines, lang: Lang, zone: str = ZONE, soon: int = SOON) -> Component:
    """The rows of one page of cases; without rows it says so, with a link that clears the filters."""
    if not lines.rows:
        return nothing(address, lang)
    heads = [_head(list_behind(address), lang, name) for name in COLUMNS]
    rows = [_row(address, lang, line, lines.as_of.time, zone, soon) for line in lines.rows]
    caption = html.Caption(text(lang, "case.list.caption"), className="unseen")
    grid = html.Table([caption, html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table case-table")
    return html.Div(grid, className="table-scroll")


def nothing(address: Address, lang: Lang) -> Component:
    """No case matches; without filters there is none at all (on a region's page: no open one), and nothing to clear."""
    if not (address.selection.filtered or address.state or address.q):
        if address.path != CASES:
            return message(text(lang, "case.list.all_done"))
        return message(text(lang, "case.list.empty"), text(lang, "case.list.empty.note"))
    clear = html.Link(
        text(lang, "case.list.clear"), href=address.without_filters().to(q="").href, className="button case-clear"
    )
    return message(text(lang, "case.list.none"), text(lang, "case.list.none.note"), clear)


def _head(address: Address, lang: Lang, name: str) -> Component:
    words = text(lang, f"case.list.{name}")
    if name not in SORTS:
        return html.Th(words, scope="col")
    orders, current = SORTS[name], address.sort or "-accepted"
    if current not in orders:
        return html.Th(_sort_link(address, lang, words, orders[0]), scope="col")
    following = orders[(orders.index(current) + 1) % len(orders)]
    down = current.startswith("-")
    arrow = html.Span("▼" if down else "▲", className="case-arrow", **{"aria-hidden": "true"})
    link = [words, arrow] if following == current else _sort_link(address, lang, words, following, arrow)
    return html.Th(link, scope="col", **{"aria-sort": "descending" if down else "ascending"})


def _sort_link(address: Address, lang: Lang, words: str, order: str, *mark: Component) -> Component:
    direction = "down" if order.startswith("-") else "up"
    hint = say(lang, f"case.list.sort.{direction}", what=words)
    return html.Link([words, *mark], href=address.to(sort=order).href, title=hint, className="case-sort")


def _row(address: Address, lang: Lang, line: CaseLine, now: int, zone: str, soon: int) -> Component:
    cells = {
        "id": html.Link(line.id, href=case_href(address, line.id)),
        "event": _event(lang, line),
        "category": case_category(lang, line),
        "place": " ".join(case_places(lang, line)[:2]),
        "channel": named(lang, "channel", line.channel),
        "stage": stage_bar(lang, line),
        "accepted": "—" if line.accepted_at is None else stamp(line.accepted_at, now, zone),
        "deadline": limit_cell(lang, line, now, soon),
        "unit": case_unit(lang, line) or "—",
    }
    return html.Tr(
        [
            html.Td(cells[name], className=f"case-cell-{name}", **{"data-label": text(lang, f"case.list.{name}")})
            for name in COLUMNS
        ]
    )


def _event(lang: Lang, line: CaseLine) -> list[Component]:
    title = html.B(line.title or text(lang, "case.untitled"))
    return [title, *([supervised(lang)] if line.supervised else [])]
