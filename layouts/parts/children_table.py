"""All indicators of the regions below as one table that people sort, filter and take away."""

from typing import Any

import dash_ag_grid as dag
from dash.development.base_component import Component

from dashboard.domain.indicators import BY_KEY, INDICATORS, Indicator
from dashboard.queries.answers import Figure
from dashboard.queries.drill_answers import ChildRow
from dashboard.security.caller import Caller
from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.chart import exports, picture
from layouts.parts.names import indicator_name, level_name, place_name
from layouts.parts.numerals import figure_text
from layouts.parts.region_view import RegionView

GRID = "grid"
"""Type of the ids of grids whose lines carry an address as their row id; a click on the name goes there."""
GRID_BOX = "children-table"
ROW, HEAD, MOST = 30, 52, 18
NAME: dict[Lang, int] = {"zh-CN": 150, "en": 204}
"""Width of the names, px: English ones are longer."""
PER_UNIT = {"share": "%", "hours": "h"}
WORDS = (
    "contains", "notContains", "equals", "notEqual", "startsWith", "endsWith", "blank", "notBlank", "noRowsToShow",
    "filterOoo", "applyFilter", "lessThan", "greaterThan", "lessThanOrEqual", "greaterThanOrEqual", "inRange",
    "inRangeStart", "inRangeEnd", "andCondition", "orCondition",
)  # fmt: skip
FIRST = (
    "accepted", "due_to_close", "on_time_rate", "closure_rate", "satisfaction", "open", "overdue_open", "due_soon",
    "supervised", "workers_online", "moving",
)  # fmt: skip
"""Indicators that people compare most often; the others follow in their own order."""
COLUMNS = [BY_KEY[key] for key in FIRST] + [one for one in INDICATORS if one.key not in FIRST]
DEFAULTS = {
    "sortable": True, "filter": True, "resizable": True, "suppressMovable": True, "wrapHeaderText": True, "width": 124,
}  # fmt: skip


def children_card(address: Address, view: RegionView, caller: Caller) -> Component:
    """The grid in a card, with its exports for those who may take files."""
    lang = address.language
    title = say(lang, "region.children", level=level_name(lang, view.children.level))
    note = [*exports(address, "children"), picture(GRID_BOX, title)] if caller.may("export") else []
    return card(
        title,
        _grid(address, view),
        html.P(text(lang, "region.children.hint"), className="note"),
        note=note,
        name="children",
    )


def _grid(address: Address, view: RegionView) -> Component:
    lang, rows = address.language, view.children.rows
    shown = min(len(rows), MOST)
    return html.Div(
        dag.AgGrid(
            id={"type": GRID, "name": "children"},
            columnDefs=[_name_column(lang, view.children.level), *(_column(lang, one) for one in COLUMNS)],
            rowData=[_row(address, row) for row in rows],
            defaultColDef=DEFAULTS,
            getRowId="params.data.href",
            dashGridOptions={
                "rowHeight": ROW, "headerHeight": HEAD, "animateRows": False, "enableCellTextSelection": True,
                "localeText": {word: text(lang, f"region.grid.{word}") for word in WORDS},
            },
            style={"height": shown * ROW + HEAD + 20},
            className="ag-theme-quartz children-grid",
        ),
        id=GRID_BOX,
        lang=lang,
    )  # fmt: skip


def _name_column(lang: Lang, level: str) -> dict[str, Any]:
    return {
        "field": "name",
        "headerName": level_name(lang, level),
        "pinned": "left",
        "width": NAME[lang],
        "cellClass": "cell-link",
        "filter": "agTextColumnFilter",
    }


def _column(lang: Lang, indicator: Indicator) -> dict[str, Any]:
    """A column of raw numbers (shares in percent, so that a filter takes what is read) drawn as texts made here."""
    key = indicator.key
    unit = f" {PER_UNIT[indicator.unit]}" if indicator.unit in PER_UNIT else ""
    return {
        "field": key,
        "headerName": indicator_name(lang, key) + unit,
        "headerTooltip": indicator.definition_zh if lang == "zh-CN" else indicator.definition_en,
        "type": "rightAligned",
        "filter": "agNumberColumnFilter",
        "valueFormatter": {"function": f"params.data.text_{key}"},
    }


def _row(address: Address, row: ChildRow) -> dict[str, Any]:
    cells: dict[str, Any] = {
        "name": place_name(address.language, row.place),
        "href": address.to(region=row.place.code).href,
    }
    for figure in row.figures:
        cells[figure.key] = _raw(figure)
        cells[f"text_{figure.key}"] = figure_text(figure)
    return cells


def _raw(figure: Figure) -> float | None:
    if figure.value is None:
        return None
    return figure.value * 100 if figure.unit == "share" else figure.value
