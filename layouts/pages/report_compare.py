"""Two reports beside each other ``/reports/compare``: the choice of the two, then what differs."""

from collections.abc import Mapping, Sequence

from dash import dcc
from dash.development.base_component import Component

from dashboard.reports.archive import Entry
from dashboard.reports.comparison import Comparison
from layouts import html
from layouts.address import COMPARE, Address
from layouts.i18n import text
from layouts.parts.card import card, message
from layouts.parts.report_compare import counted_card, ranks_card, totals_card
from layouts.parts.report_forms import selection
from layouts.parts.report_words import period_words

FORM = "beside"


def layout(
    address: Address, entries: Sequence[Entry], found: Comparison | None, categories: Mapping[str, str] | None = None
) -> Component:
    """The page's content. ``entries`` are the issued reports that can be chosen, newest first, besides the two that are
    shown; ``found`` is None where there is no second one. ``categories`` are names in the page's language by code; who
    has none there keeps the name that the reports have."""
    lang = address.language
    chosen = [] if found is None else [one for one in (found.later, found.earlier) if one not in entries]
    entries = [*chosen, *entries]
    if found is None:
        nothing = message(text(lang, "reports.compare.nothing"), text(lang, "reports.compare.nothing.note"))
        return html.Div([_choice(address, entries), card(text(lang, "reports.compare"), nothing)], className="compare")
    model = [] if found.same_model else [html.P(text(lang, "reports.compare.model"), className="note warn")]
    left = [totals_card(lang, found), counted_card(lang, found, "channels", found.channels),
            counted_card(lang, found, "categories", found.categories, categories)]  # fmt: skip
    right = [ranks_card(lang, found, level) for level, moves in found.ranks.items() if moves]
    columns = [html.Div(part, className="compare-column") for part in (left, right) if part]
    return html.Div([_choice(address, entries), *model, html.Div(columns, className="grid-2")], className="compare")


def _choice(address: Address, entries: Sequence[Entry]) -> Component:
    lang = address.language
    options = [(one.id, _words(address, one)) for one in entries]
    kept = [dcc.Input(id=f"{FORM}-lang", type="hidden", name="lang", value=address.lang)] if address.lang else []
    fields = [
        selection(name, text(lang, f"reports.compare.{name}"), options, FORM, getattr(address, name)) for name in "ab"
    ]
    button = html.Button(text(lang, "reports.compare.go"), type="submit", className="button on")
    go = html.Div(button, className="field act")
    return html.Form([*kept, *fields, go], action=COMPARE, method="get", className="card report-form report-beside")


def _words(address: Address, entry: Entry) -> str:
    revised = f" · {text(address.language, 'reports.revision')}" if entry.of else ""
    return f"{period_words(address.language, entry.asked.period)}{revised}"
