"""The wall ``/wall``: panels with their ids and empty states; the browser code fills them from the board."""

from dash import dcc
from dash.development.base_component import Component

from layouts import html, ids
from layouts.figures import wall_figures
from layouts.i18n import language
from layouts.panels import PANELS, header


def layout(region: str | None = None, lang: str | None = None, **_others: str) -> Component:
    """The page for a region code (the whole city without one) in a language (``zh-CN`` or ``en``)."""
    spoken = language(lang)
    figures = [dcc.Store(id=ids.FIGURES, data=wall_figures()), dcc.Store(id=ids.FIGURES_TAKEN)]
    return html.Div(
        [*(build(spoken) for build in PANELS), header.banner(), header.notice(), *figures],
        id=ids.WALL,
        className="wall",
        lang=spoken,
        **{"data-lang": spoken, "data-region": region or "", "data-theme": "dark"},
    )
