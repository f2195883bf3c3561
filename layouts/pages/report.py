"""One report ``/report``: how far it has come, what may be done with it, what it says, its appeals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dash.development.base_component import Component

from dashboard.reports.archive import Entry
from dashboard.reports.document import Document
from dashboard.reports.works import Work
from layouts import html
from layouts.address import Address
from layouts.parts.report_acts import acts_of
from layouts.parts.report_appeals import Hearing, appeals_card
from layouts.parts.report_document import contents_card, document_view
from layouts.parts.report_state import checks_card, state_card
from layouts.parts.report_works import running, works_card


@dataclass(frozen=True)
class ReportView:
    """What the page is drawn from. ``makes``: the caller makes reports of this region and may know of ``faults``,
    (where, what) of each; ``whole``: the document is all of it, not the caller's own rows; ``names`` of regions by code
    in the page's language."""

    entry: Entry
    document: Document
    names: Mapping[str, str]
    zone: str
    formats: Sequence[str] = ()
    acts: Sequence[str] = ()
    works: Sequence[Work] = ()
    makes: bool = False
    whole: bool = True
    faults: Sequence[tuple[str, str]] = ()
    hearing: Hearing = field(default_factory=Hearing)


def layout(address: Address, view: ReportView, token: str) -> Component:
    """The page's content; ``token`` is what forms send back. While a report is worked on nothing else can be done."""
    entry = view.entry
    scope = view.names.get(entry.asked.region, entry.asked.region)
    forms = acts_of(address, entry, view.acts, token, view.makes, bool(view.faults))
    acts = [] if running(view.works) else forms
    side = [
        state_card(address, entry, scope, view.zone, view.formats, acts, view.makes),
        works_card(address, view.works, view.names),
        *([checks_card(address, view.faults)] if view.makes else []),
        appeals_card(address, entry, view.hearing, token, view.zone),
        contents_card(address, view.document),
    ]
    paper = document_view(address, view.document, view.whole)
    return html.Div([html.Div(side, className="report-side"), paper], className="report")
