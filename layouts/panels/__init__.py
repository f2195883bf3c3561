"""Panels of the wall, one file each; a new panel is a file and a line in ``PANELS``."""

from collections.abc import Callable

from dash.development.base_component import Component

from layouts.i18n import Lang
from layouts.panels import districts, events, header, map, overdue, ranking, stock, strip, ticker, tiles

Builder = Callable[[Lang], Component]

PANELS: tuple[Builder, ...] = (
    header.build,
    tiles.build,
    stock.build,
    events.build,
    ranking.build,
    map.build,
    districts.build,
    overdue.build,
    ticker.build,
    strip.build,
)
