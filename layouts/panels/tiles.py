"""The six KPI tiles: label, scope, number with unit, sparkline, two lines of judgement and comparison."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text

UNITS = {
    "workers": "unit.persons",
    "accepted": "unit.cases",
    "open": "unit.cases",
    "on_time": "unit.percent",
    "overdue": "unit.cases",
    "satisfaction": "unit.percent",
}


def tile(lang: Lang, key: str) -> Component:
    """One tile in its loading state: the label stays, grey blocks stand for number and lines."""
    head = [
        html.H2(text(lang, f"tile.{key}"), className="tile-label"),
        html.Span(id=ids.tile(key, "scope"), className="tile-scope"),
    ]
    main = [
        html.Span(id=ids.tile(key, "mark"), className="tile-mark", hidden=True),
        html.Span(id=ids.tile(key, "value"), className="tile-value"),
        html.Span(text(lang, UNITS[key]), id=ids.tile(key, "unit"), className="tile-unit"),
        html.Span(id=ids.tile(key, "spark"), className="tile-spark"),
    ]
    lines = [html.Div(id=ids.tile(key, name), className="tile-line") for name in ("first", "second")]
    children = [
        html.Header(head, className="tile-head"),
        html.Div(main, className="tile-main"),
        html.Div(lines, className="tile-lines"),
    ]
    return html.Section(children, id=ids.tile(key), className=f"panel tile tile-{key}", **{"data-state": "loading"})


def build(lang: Lang) -> Component:
    """All six in reading order."""
    return html.Div([tile(lang, key) for key in ids.TILES], className="tiles")
