"""The page of one case: stages against their limits, the complete record, the place and related cases."""

from dash.development.base_component import Component

from dashboard.queries.case_answers import CaseView
from layouts import html
from layouts.address import Address
from layouts.parts.case_head import head
from layouts.parts.case_marks import SOON
from layouts.parts.case_place import place_card, related_card
from layouts.parts.case_record import record_card
from layouts.parts.case_stages import stages_card
from layouts.parts.case_turns import deadlines_card, turns_card
from layouts.parts.case_words import ZONE


def layout(address: Address, view: CaseView, zone: str = ZONE, soon: int = SOON, may_export: bool = True) -> Component:
    """Content of the page. Times are shown in ``zone``; a case is due soon with less than ``soon`` ms left."""
    lang = address.language
    left = html.Div(
        [
            record_card(address, view, zone, may_export),
            html.Div([deadlines_card(lang, view, zone), turns_card(lang, view, zone)], className="grid-2"),
            related_card(address, view, "alike", view.same_kind, zone, soon),
        ],
        className="case-column",
    )
    right = html.Div(
        [
            place_card(address, view),
            related_card(address, view, "near", view.near, zone, soon),
        ],
        className="case-column",
    )
    return html.Div(
        [head(lang, view, zone, soon), stages_card(lang, view, zone), html.Div([left, right], className="grid-main")],
        className="case-page",
    )
