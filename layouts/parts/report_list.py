"""The archive as a table: what a report is about, how far it has come, its files."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from dash.development.base_component import Component

from dashboard.reports.archive import ISSUED, Entry, Listed
from layouts import html
from layouts.address import COMPARE, REPORT, Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card, message
from layouts.parts.report_words import (
    code,
    day_and_minute,
    kind_words,
    period_words,
    report_address,
    state_mark,
    title_words,
)

COLUMNS = ("period", "title", "scope", "state", "made", "issued", "code", "files")
Cell: TypeAlias = str | Sequence[Component | str] | Component


Formats = Mapping[str, Sequence[str]]


def report_list(address: Address, found: Listed, names: Mapping[str, str], zone: str, formats: Formats) -> Component:
    """The entries of a page of the archive. ``names`` are those of regions by code, empty code: the city; ``formats``
    those of each report's files by its id."""
    lang = address.language
    title, note = text(lang, "reports.archive"), say(lang, "reports.count", n=found.total)
    if not found.entries:
        return card(title, _nothing(address), note=note, name="reports")
    heads = [html.Th(text(lang, f"reports.column.{key}"), scope="col") for key in COLUMNS]
    rows = [_row(address, entry, names, zone, formats.get(entry.id, ())) for entry in found.entries]
    caption = html.Caption(title, className="unseen")
    table = html.Table([caption, html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table report-table")
    return card(title, html.Div(table, className="table-scroll"), _pages(address, found), note=note, name="reports")


def _nothing(address: Address) -> Component:
    """An archive without reports, or none that fits what is looked for."""
    lang, whole = address.language, Address(address.path, lang=address.lang)
    if address.to() == whole:
        return message(text(lang, "reports.none"), text(lang, "reports.none.note"))
    clear = html.Link(text(lang, "reports.clear"), href=whole.href)
    return message(text(lang, "reports.none_found"), text(lang, "reports.none_found.note"), clear)


def _row(
    address: Address, entry: Entry, names: Mapping[str, str], zone: str, formats: Sequence[str]
) -> Component:  # fmt: skip
    lang = address.language
    cells = _cells(address, entry, names, zone) | {"files": _files(address, entry, formats)}
    tds = [
        html.Td(cells[key], className=f"report-cell-{key}", **{"data-label": text(lang, f"reports.column.{key}")})
        for key in COLUMNS
    ]
    return html.Tr(tds, className=f"report-row-{entry.state}")


def _cells(address: Address, entry: Entry, names: Mapping[str, str], zone: str) -> dict[str, Cell]:
    lang, region = address.language, entry.asked.region
    link = html.Link(html.Span(title_words(lang, entry), lang="zh-CN"), href=report_address(address, entry.id).href)
    revised = [" ", html.Span(text(lang, "reports.revision"), className="chip")] if entry.of else []
    return {
        "period": period_words(lang, entry.asked.period),
        "title": [link, *revised],
        "scope": [
            html.Span(names.get(region, region), className="report-place"),
            html.Span(kind_words(lang, entry.asked.kind), className="soft report-kind"),
        ],
        "state": html.Span(state_mark(lang, entry.state), className=f"report-state state-{entry.state}"),
        "made": day_and_minute(entry.made, zone),
        "issued": day_and_minute(entry.issued, zone),
        "code": html.Span(code(entry), className="report-code"),
    }


def _files(address: Address, entry: Entry, formats: Sequence[str]) -> Cell:
    if entry.state != ISSUED:
        return html.Span(text(address.language, "reports.no_files"), className="soft")
    beside = Address(COMPARE, a=entry.id, lang=address.lang)
    link = html.Link(text(address.language, "reports.compare"), href=beside.href, className="report-file")
    return [*files(address.language, entry, formats), link]


def files(lang: Lang, entry: Entry, formats: Sequence[str]) -> list[Component]:
    """Links to the files of an issued report; the page opens beside this one, the others are kept."""
    return [_file(lang, entry, kind) for kind in formats]


def _file(lang: Lang, entry: Entry, kind: str) -> Component:
    name, href = kind.upper(), f"{REPORT}/{entry.id}.{kind}"
    if kind == "html":
        return html.A(name, href=href, target="_blank", className="report-file", title=text(lang, "reports.read"))
    title = say(lang, "reports.download", kind=name)
    return html.A(name, href=href, download="", className="report-file", title=title)


def _pages(address: Address, found: Listed) -> Component:
    lang, links = address.language, []
    if address.cursor:
        links.append(html.Link(text(lang, "reports.first"), href=address.to().href, className="button"))
    if found.next:
        links.append(html.Link(text(lang, "reports.more"), href=address.to(cursor=found.next).href, className="button"))
    nav = {"aria-label": text(lang, "reports.pages")}
    return html.Nav(links, className="case-pages", **nav) if links else html.Div(hidden=True)
