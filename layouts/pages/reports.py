"""The archive of reports ``/reports``: search, list, what is being made, and the form that asks for a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dash.development.base_component import Component

from dashboard.reports.archive import Listed
from dashboard.reports.works import Work
from layouts import html
from layouts.address import Address
from layouts.i18n import text
from layouts.parts.report_forms import Options
from layouts.parts.report_list import Formats, report_list
from layouts.parts.report_make import MAKE, Making, make_button, make_card
from layouts.parts.report_search import report_search
from layouts.parts.report_words import said_words
from layouts.parts.report_works import works_card


@dataclass(frozen=True)
class Archive:
    """What the page is drawn from. ``names`` are those of regions by code in the page's language, empty code: the
    city; ``regions`` those that can be searched for; ``formats`` those of each report's files; ``making`` is None for
    whoever makes no reports."""

    listed: Listed
    works: Sequence[Work]
    names: Mapping[str, str]
    regions: Options
    zone: str
    formats: Formats = field(default_factory=dict)
    making: Making | None = None


def layout(address: Address, found: Archive, token: str) -> Component:
    """The page's content; ``token`` is what forms send back."""
    works = works_card(address, found.works, found.names)
    if found.making is not None and address.view == MAKE:
        return html.Div([make_card(address, token, found.making), works], className="reports")
    words = said_words(address.language, address.said)
    told = [html.P(words, className="report-said", role="status")] if words else []
    head = [] if found.making is None else [html.Div(make_button(address), className="report-ask")]
    listed = report_list(address, found.listed, found.names, found.zone, found.formats)
    return html.Div([*told, *head, report_search(address, found.regions), works, listed], className="reports")


def heading(address: Address, found: Archive) -> str:
    """What the page is called."""
    making = found.making is not None and address.view == MAKE
    return text(address.language, "reports.make" if making else "shell.reports")
