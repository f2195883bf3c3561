"""The wall ``/wall``: panels with their ids and empty states; the browser code fills them from the board."""

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.i18n import language
from layouts.panels import PANELS, header


def layout(region: str | None = None, lang: str | None = None, **_others: str) -> Component:
    """The page for a region code (the whole city without one) in a language (``zh-CN`` or ``en``)."""
    spoken = language(lang)
    series = [dcc.Store(id=store) for store in (ids.DAILY_SERIES, ids.HOURS_SERIES, ids.TREND_SERIES)]
    return html.Div(
        [*(build(spoken) for build in PANELS), header.banner(), header.notice(), *series],
        id=ids.WALL,
        className="wall",
        lang=spoken,
        **{"data-lang": spoken, "data-region": region or "", "data-theme": "dark"},
    )
