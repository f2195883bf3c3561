"""The map card: a slot for the browser code, the indicator that colours it, layers, and the same numbers as a table."""

import json
from collections.abc import Mapping, Sequence

from dash.development.base_component import Component

from dashboard.domain.indicators import BY_KEY, INDICATORS
from dashboard.queries.answers import Figure
from dashboard.queries.drill_answers import ChildRow
from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.menu import choice, menu
from layouts.parts.names import indicator_name, level_name, place_name
from layouts.parts.numerals import figure_text
from layouts.parts.region_view import RegionView

TABLED = ("workers_online", "moving", "open", "overdue_open", "due_soon")
LEGEND = ("moving", "still", "silent", "overdue", "soon")
CLASSES = 5
SUFFIX = {"share": "%", "hours": " h"}
DECIMALS = {"share": 2, "hours": 1}


def map_card(address: Address, view: RegionView, live: bool = True) -> Component:
    """Slot with its options, chooser of the shading indicator, layer switches, legend and table.

    Without ``live`` it is a map of regions: who may not hear the hub sees neither workers nor open cases there.
    """
    lang, key = address.language, shade_key(address)
    slot = html.Div(
        className="map-slot",
        **{
            "data-part": "map",
            "data-options": json.dumps(options(address, view, live), ensure_ascii=False),
            "role": "group",
            "aria-label": say(lang, "region.map.aria", name=place_name(lang, view.kpis.region)),
        },
    )
    tools = html.Div(className="map-tools", **{"data-part-tools": "map"})
    ignores = [html.Span(text(lang, "region.map.ignores"), className="soft")] if address.selection.filtered else []
    note = [*ignores, *([_legend(lang)] if live else []), html.Div([_shades(address, key), tools], className="map-bar")]
    title = text(lang, "region.map" if live else "region.map.plain")
    return card(title, slot, _table(address, view, key), note=note, name="map")


def _legend(lang: Lang) -> Component:
    entries = [
        html.Span([html.Span(className=f"sign sign-{name}", **{"aria-hidden": "true"}), text(lang, f"map.{name}")])
        for name in LEGEND
    ]
    return html.Div(entries, className="map-key")


def shade_key(address: Address) -> str:
    """The indicator that colours the map, empty for none."""
    return address.shade if address.shade in BY_KEY else ""


def options(address: Address, view: RegionView, live: bool = True) -> dict[str, object]:
    """What the browser code needs (``docs/drill-down.md``); ``CODE`` in ``href`` stands for a region's code.

    ``labels`` are the shading indicator's values as they are read, by region code.
    """
    lang, key = address.language, shade_key(address)
    return {
        "region": view.kpis.region.code,
        "level": view.children.level,
        "shade": shade(lang, key, view.children.rows) if key else None,
        "layers": [name for name in address.layers.split(",") if name in dict(view.layers)],
        "href": address.to(region="CODE").href,
        "labels": {row.place.code: _read(row, key) for row in view.children.rows} if key else {},
        "lang": lang,
        "live": live,
    }


def shade(lang: Lang, key: str, rows: Sequence[ChildRow]) -> dict[str, object]:
    """The choropleth of an indicator: values by region code (shares in percent), cut points, unit, words, places."""
    unit = BY_KEY[key].unit
    factor = 100 if unit == "share" else 1
    values = {row.place.code: value * factor for row in rows if (value := row.value(key)) is not None}
    return {
        "key": key,
        "values": values,
        "breaks": breaks(list(values.values())),
        "unit": SUFFIX.get(unit, "").strip(),
        "label": indicator_name(lang, key),
        "decimals": DECIMALS.get(unit, 0),
    }


def breaks(values: Sequence[float]) -> list[float]:
    """Cut points of up to ``CLASSES`` classes of about equal size, ascending; none where all values are equal."""
    ordered = sorted(values)
    cuts = [ordered[len(ordered) * part // CLASSES] for part in range(1, CLASSES)] if ordered else []
    return sorted({cut for cut in cuts if cut > ordered[0]})


def _read(row: ChildRow, key: str) -> str:
    found = _figure(row, key)
    return (
        figure_text(found) if found is None or found.value is None else figure_text(found) + SUFFIX.get(found.unit, "")
    )


def _figure(row: ChildRow, key: str) -> Figure | None:
    return next((figure for figure in row.figures if figure.key == key), None)


def _shades(address: Address, key: str) -> Component:
    lang = address.language
    lines = [choice(text(lang, "region.shade.off"), address.to(shade="").href, not key)]
    lines += [
        choice(indicator_name(lang, one.key), address.to(shade=one.key).href, one.key == key) for one in INDICATORS
    ]
    words = indicator_name(lang, key) if key else text(lang, "region.shade.off")
    label = html.Span(text(lang, "region.shade"), className="filter-label")
    return html.Div(
        [label, menu(words, lines, name="shade", on=bool(key), hint=text(lang, "region.shade"))],
        className="filter-group",
    )


def _table(address: Address, view: RegionView, key: str) -> Component:
    lang = address.language
    keys = [*TABLED, *([key] if key and key not in TABLED else [])]
    heads = [html.Th(level_name(lang, view.children.level))]
    heads += [html.Th(indicator_name(lang, one), className="num") for one in keys]
    body = [_row(address, row, keys) for row in view.children.rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table")
    return as_table(lang, table if body else html.P(text(lang, "districts.empty"), className="soft"))


def _row(address: Address, row: ChildRow, keys: Sequence[str]) -> Component:
    found: Mapping[str, str] = {key: _read(row, key) for key in keys}
    name = html.Link(place_name(address.language, row.place), href=address.to(region=row.place.code).href)
    return html.Tr([html.Td(name), *(html.Td(found[key], className="num") for key in keys)])


def as_table(lang: Lang, table: Component) -> Component:
    """The numbers of a chart or map for the keyboard and for screen readers, closed at first."""
    return html.Details(
        [html.Summary(text(lang, "region.table")), html.Div(table, className="table-scroll")], className="as-table"
    )
