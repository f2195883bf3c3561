"""The first cases of the region, open ones unless the filters ask for others, and the way to the whole list."""

from dash.development.base_component import Component

from dashboard.security.caller import Caller
from layouts import html
from layouts.address import CASES, Address
from layouts.i18n import say, text
from layouts.parts.analysis import preparing
from layouts.parts.card import card
from layouts.parts.case_table import case_table
from layouts.parts.chart import exports
from layouts.parts.numerals import count
from layouts.parts.region_view import RegionView


def open_cases_card(address: Address, view: RegionView, caller: Caller, table: Component | None = None) -> Component:
    """A card with the table of cases, made here unless it is given; ``view.lines`` already holds the right ones, or
    nothing while the extract is being prepared."""
    lang = address.language
    if view.breakdown is None and not view.lines.rows:
        return card(text(lang, "region.cases.preparing"), preparing(lang, view), name="cases")
    asked = address if address.state else address.to(state="open")
    whole = asked.to(path=CASES)
    state = text(lang, f"region.state.{asked.state}")
    note = [
        html.Span(say(lang, "region.cases.shown", n=count(len(view.lines.rows)))),
        html.Link(text(lang, "region.cases.all"), href=whole.href),
        *(exports(asked, "cases") if caller.may("export") else []),
    ]
    title = say(lang, "region.cases", state=state, n=count(view.lines.total))
    body = case_table(address, view.lines, lang, zone=view.zone) if table is None else table
    return card(title, body, note=note, name="cases")
