"""The list of cases: filters, search, one page of a sorted table, the way to the next one and to files."""

from collections.abc import Sequence

from dash import dcc
from dash.development.base_component import Component

from dashboard.queries.drill_answers import MOST_HITS, TOLD_EVENTS, CaseLines, Hit
from layouts import html
from layouts.address import CASE, CASES, REGION, WORKER, Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.case_files import export_links
from layouts.parts.case_marks import SOON
from layouts.parts.case_table import case_table
from layouts.parts.case_words import ZONE, named
from layouts.parts.chart import picture
from layouts.parts.cut_off import cut_off
from layouts.parts.numerals import count

TABLE = "cases-table"


def layout(
    address: Address, lines: CaseLines, hits: Sequence[Hit] = (), filters: Component | None = None, *,
    may_export: bool = True, zone: str = ZONE, soon: int = SOON, personal: bool = False,
) -> Component:  # fmt: skip
    """Content of the page. ``hits`` are regions, cases and workers found by ``address.q``; ``filters`` is the bar.

    ``personal``: the search looks at what citizens told of themselves too, as far back as it says.
    """
    lang = address.language
    listed = {line.id for line in lines.rows}
    others = [hit for hit in hits if hit.kind != "case" or hit.id not in listed]
    found = [_hits(address, others, len(hits) >= MOST_HITS)] if address.q and others else []
    if address.q and personal and lines.as_of.seq > TOLD_EVENTS:
        found.append(html.P(say(lang, "case.search.reach", n=count(TOLD_EVENTS)), className="note"))
    title = say(lang, "case.list.open" if address.state == "open" else "case.list.title", n=count(lines.total))
    note = [cut_off(lang, lines.as_of, zone)]
    note += [export_links(address, "cases"), picture(TABLE, title)] if may_export and lines.rows else []
    table = card(
        title,
        html.Div(case_table(address, lines, lang, zone=zone, soon=soon), id=TABLE),
        _pages(address, lines),
        note=note,
        name="case-list",
    )
    return html.Div(
        [*([filters] if filters is not None else []), _search(address, lang), *found, table], className="cases-page"
    )


def _search(address: Address, lang: Lang) -> Component:
    """A plain GET form: the words become part of the address, everything else in it stays."""
    words = text(lang, "case.search")
    box = dcc.Input(
        name="q",
        type="search",
        id="cases-search",
        value=address.q,
        placeholder=words,
        maxLength=100,
        className="search-box",
    )
    kept = [
        dcc.Input(name=name, type="hidden", value=value, id=f"cases-kept-{name}")
        for name, value in address.to(q="").parameters
    ]
    label = html.Label(words, htmlFor="cases-search", className="unseen")
    button = html.Button(text(lang, "case.search.go"), type="submit")
    clear = (
        [html.Link(text(lang, "case.search.clear"), href=address.to(q="").href, className="case-search-clear")]
        if address.q
        else []
    )
    return html.Form(
        [label, box, *kept, button, *clear], action=CASES, method="get", className="case-search", role="search"
    )


_KINDS = {"region": (REGION, "region"), "case": (CASE, "id"), "worker": (WORKER, "id")}


def _hits(address: Address, hits: Sequence[Hit], cut: bool) -> Component:
    lang = address.language
    rows = [_hit(address, lang, hit) for hit in hits]
    note = say(lang, "case.search.cut" if cut else "case.search.for", q=address.q)
    return card(text(lang, "case.search.found"), html.Ul(rows, className="case-hits"), note=note, name="hits")


def _hit(address: Address, lang: Lang, hit: Hit) -> Component:
    path, field = _KINDS[hit.kind]
    target = Address(path, lang=address.lang).to(**{field: hit.id})
    kind = html.Span(text(lang, f"case.hit.{hit.kind}"), className="chip chip-quiet")
    words = {"region": _region_note(lang, hit.note), "case": f"{hit.id} · {hit.note}"}.get(hit.kind, hit.note)
    note = [html.Span(words, className="soft")] if words else []
    return html.Li([kind, html.Link(hit.title or hit.id, href=target.href), *note])


def _region_note(lang: Lang, note: str) -> str:
    """A region's level in words before the regions above it."""
    level, _, above = note.partition(" ")
    return f"{named(lang, 'level', level)} {above}".strip()


def _pages(address: Address, lines: CaseLines) -> Component:
    lang = address.language
    links = []
    if address.cursor:
        links.append(html.Link(text(lang, "case.list.first"), href=address.to().href, className="button"))
    if lines.next is not None:
        links.append(
            html.Link(text(lang, "case.list.next"), href=address.to(cursor=lines.next).href, className="button")
        )
    return (
        html.Nav(links, className="case-pages", **{"aria-label": text(lang, "case.list.pages")})
        if links
        else html.Div(hidden=True)
    )
