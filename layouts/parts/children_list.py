"""The regions below in tree order beside the map, where nothing is ranked."""

from dash.development.base_component import Component

from dashboard.queries.answers import Figure
from dashboard.queries.drill_answers import ChildRow
from layouts import html
from layouts.address import Address
from layouts.i18n import text
from layouts.parts.card import card
from layouts.parts.names import indicator_name, level_name, place_name
from layouts.parts.numerals import figure_text
from layouts.parts.region_view import RegionView

KEYS = ("accepted", "on_time_rate", "satisfaction", "overdue_open")


def children_list(address: Address, view: RegionView) -> Component:
    """Four figures of each region below."""
    lang, level = address.language, level_name(address.language, view.children.level)
    heads = [html.Th(level), *(html.Th(indicator_name(lang, key), className="num") for key in KEYS)]
    rows = [_row(address, row) for row in view.children.rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table")
    note = text(lang, "region.below.unranked")
    return card(level, html.Div(table, className="table-scroll list-scroll"), note=note, name="children-list")


def _row(address: Address, row: ChildRow) -> Component:
    name = html.Link(place_name(address.language, row.place), href=address.to(region=row.place.code).href)
    found = {figure.key: figure for figure in row.figures}
    cells = [_cell(key, _words(found.get(key)), bool(row.value(key))) for key in KEYS]
    return html.Tr([html.Td(name), *cells])


def _words(figure: Figure | None) -> str:
    share = figure is not None and figure.unit == "share" and figure.value is not None
    return f"{figure_text(figure)}{'%' if share else ''}"


def _cell(key: str, words: str, any_: bool) -> Component:
    late = key == "overdue_open" and any_
    mark = [html.Span(className="sign sign-overdue", **{"aria-hidden": "true"})] if late else []
    return html.Td([*mark, html.B(words) if late else words], className="num crit" if late else "num")
