"""The region page ``/region``: how a region stands, why, and who is on it."""

from dash.development.base_component import Component

from dashboard.security.caller import Caller
from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, messages, say
from layouts.parts.analysis import analysis
from layouts.parts.attention import attention_card, supervised_card
from layouts.parts.children_list import children_list
from layouts.parts.children_table import children_card
from layouts.parts.filters import Choices, filter_bar
from layouts.parts.league import league_panel
from layouts.parts.numerals import count
from layouts.parts.on_duty import on_duty_card
from layouts.parts.open_cases import open_cases_card
from layouts.parts.region_map import map_card
from layouts.parts.region_tiles import tiles
from layouts.parts.region_view import RegionView
from layouts.parts.shell import hears

__all__ = ["Choices", "RegionView", "heading_note", "layout"]


def layout(
    address: Address, view: RegionView, caller: Caller, ranking: Component | None = None, cases: Component | None = None
) -> Component:
    """The page's content in reading order; ``address.region`` may be empty where the caller's own region is meant.

    ``ranking`` stands beside the map instead of the one made of ``view.league``, if anything is ranked there;
    ``cases`` is the table of ``view.lines`` where the office's own thresholds draw it.
    """
    beside = _beside(address, view, ranking) if view.children.rows else on_duty_card(address, view, caller)
    parts = [
        attention_card(address, view),
        filter_bar(address, view.choices, view.now, view.zone),
        tiles(address, view),
        html.Div([map_card(address, view, hears(caller)), beside], className="grid-main region-main"),
        supervised_card(address, view.supervised, view.breakdown is not None),
        open_cases_card(address, view, caller, cases),
        analysis(address, view),
        *([children_card(address, view, caller), on_duty_card(address, view, caller)] if view.children.rows else []),
    ]
    return html.Div(parts, className="region")


def _beside(address: Address, view: RegionView, ranking: Component | None) -> Component:
    if view.league is None or not any(row.rank for row in view.league.rows):
        return children_list(address, view)
    return ranking or league_panel(address, view.league, address.language)


def heading_note(lang: Lang, view: RegionView) -> str:
    """How much lies below the region: "17 streets · 175 communities · 880 workers"."""
    counts = [_below(lang, level, n) for level, n in view.counts]
    workers = [] if view.workers is None else [say(lang, "region.count.workers", n=count(view.workers))]
    return " · ".join([*counts, *workers])


def _below(lang: Lang, level: str, n: int) -> str:
    key = f"count.{level}"
    return say(lang, key, n=count(n)) if key in messages(lang) else say(lang, "count.other", n=count(n), level=level)
